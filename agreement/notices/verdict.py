"""What a mail server's answer means for the message, the row and the channel."""

import smtplib

from django.core.mail import BadHeaderError

SENT = "sent"
TEMPORARY = "temporary"  # certainly not sent; try again later
UNCERTAIN_TRY = "uncertain_try"  # perhaps sent: the line went dead after we had begun
PERMANENT = "permanent"  # no use trying this message again
CHANNEL = "channel"  # no message would get through now
UNCERTAIN = "uncertain"  # twice perhaps sent: enough
LOST = "lost"  # somebody else holds the row now


def of(error: Exception) -> str:
    """The verdict on an error raised after the connection stood."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return PERMANENT if codes and min(codes) >= 500 else TEMPORARY
    if isinstance(error, smtplib.SMTPSenderRefused):
        return CHANNEL if error.smtp_code >= 500 else TEMPORARY  # the same sender writes every mail
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return UNCERTAIN_TRY
    if isinstance(error, smtplib.SMTPResponseException):
        return PERMANENT if error.smtp_code >= 500 else TEMPORARY
    if isinstance(error, (BadHeaderError, ValueError, smtplib.SMTPNotSupportedError)):
        return PERMANENT  # an address or text no server can take
    return UNCERTAIN_TRY


def in_words(error: Exception) -> str:
    """The error for the ledger: its kind and what the server said, on one line, without any secret of ours."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{code} {text!r}" for code, text in error.recipients.values())
    elif isinstance(error, smtplib.SMTPResponseException):
        said = f"{error.smtp_code} {error.smtp_error!r}"
    else:
        said = str(error)
    return " ".join(f"{type(error).__name__}: {said}".split())[:200]
