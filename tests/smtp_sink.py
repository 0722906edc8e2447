"""A mail server that writes down what it was given and fails as it is told to."""

import socket
from collections import Counter
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Sink:
    """`answers` maps an address to the reply its RCPT gets; `after_data` is the reply to a finished message."""

    def __init__(self):
        self.answers: dict[str, list[str] | str] = {}
        self.after_data: list[str] = []
        self.mails = []
        self.refuse_sender = ""

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        answer = self.answers.get(address, "250 OK")
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else "250 OK"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        answer = self.after_data.pop(0) if self.after_data else "250 OK"
        if answer == "hang up after taking it":
            self.mails.append((envelope.rcpt_tos, mail))
            server.transport.abort()
            return "250 too late"
        if answer.startswith("2"):
            self.mails.append((envelope.rcpt_tos, mail))
        return answer

    def ids(self) -> Counter:
        return Counter(mail["Message-ID"] for _, mail in self.mails)


class SinkServer:
    def __init__(self):
        self.sink = Sink()
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.controller = Controller(self.sink, hostname="127.0.0.1", port=self.port)
        self.controller.start()

    def stop(self):
        self.controller.stop()
