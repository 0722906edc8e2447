"""Mail where there is no mail server: a file a message, for its recipient to read on the local outbox page."""

import hashlib
import os
import re
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage as ReadMessage
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


def folder_of(address: str) -> Path:
    """The folder of an address: a name no address can lead out of, and no two addresses share."""
    address = address.strip().lower()
    readable = re.sub(r"[^a-z0-9@._+-]", "_", address).lstrip(".")[:80]
    return Path(settings.LOCAL_OUTBOX) / f"{readable}-{hashlib.sha256(address.encode()).hexdigest()[:10]}"  # type: ignore[arg-type]


def file_of(address: str, message_id: str) -> Path:
    return folder_of(address) / (re.sub(r"[^A-Za-z0-9@._-]", "_", message_id.strip("<>")).lstrip(".")[:200] + ".eml")


def read(address: str, message_id: str) -> ReadMessage | None:
    """The message kept for `address` under `message_id`; None when there is none."""
    try:
        return message_from_bytes(file_of(address, message_id).read_bytes(), policy=policy.default)
    except FileNotFoundError:
        return None


class LocalOutboxBackend(BaseEmailBackend):
    """Writes messages into LOCAL_OUTBOX. The same Message-ID overwrites itself: a second try leaves one message."""

    same_id_overwrites = True

    def send_messages(self, email_messages):
        """Keeps each message once for each recipient; returns how many messages. Raises OSError when it cannot write."""
        for message in email_messages:
            parsed = message.message()
            for address in message.recipients():
                self._keep(file_of(address, str(parsed["Message-ID"])), parsed.as_bytes(linesep="\r\n"))
        return len(email_messages)

    def _keep(self, path: Path, content: bytes):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)  # whole or not at all
