"""Hands one e-mail to the mail server of PORTAGE_SMTP_URL, and says honestly what became of it."""

import contextlib
import smtplib
import ssl
from email import policy
from email.message import EmailMessage
from enum import StrEnum
from urllib.parse import unquote, urlsplit

PATIENCE = 10.0  # seconds for the connection and for each answer


class Delivery(StrEnum):
    """What became of an e-mail."""

    SENT = "sent"
    LATER = "later"  # not taken now; trying again may help
    REFUSED = "refused"  # the server will never take it
    UNKNOWN = "unknown"  # the server went away after it had the text, so it may have been taken


def deliver(url: str, mail: EmailMessage, *, patience: float = PATIENCE) -> Delivery:
    """Send one e-mail to its one recipient; raises nothing that a mail server can cause.

    `url` is smtp://user:password@host:port, smtp+starttls://... or smtps://...
    """
    try:
        server = _connect(url, patience)
    except (OSError, smtplib.SMTPException):
        return Delivery.LATER
    try:
        return _hand_over(server, mail)
    finally:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _connect(url: str, patience: float) -> smtplib.SMTP:
    at = urlsplit(url)
    host, name = at.hostname or "localhost", "portage"
    if at.scheme == "smtps":
        safe = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, at.port or 465, name, timeout=patience, context=safe)
    else:
        server = smtplib.SMTP(host, at.port or 25, name, timeout=patience)
    try:
        if at.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if at.username:
            server.login(unquote(at.username), unquote(at.password or ""))
        server.ehlo_or_helo_if_needed()
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> Delivery:
    try:
        if server.mail(_bare(mail["From"]))[0] >= 400:
            return Delivery.LATER  # our own address or login is what it minds: no recipient is wrong for that
        if (code := server.rcpt(_bare(mail["To"]))[0]) >= 400:
            return _by_code(code)
    except UnicodeError:  # an address in letters that mail servers do not take: waiting for days would not help
        return Delivery.REFUSED
    except (OSError, smtplib.SMTPException):
        return Delivery.LATER
    try:
        code, _ = server.data(mail.as_bytes(policy=policy.SMTP))
    except smtplib.SMTPDataError as refused:
        return _by_code(refused.smtp_code)
    except (OSError, smtplib.SMTPException):
        return Delivery.UNKNOWN
    return Delivery.SENT if code < 400 else _by_code(code)


def _by_code(code: int) -> Delivery:
    return Delivery.REFUSED if code >= 500 else Delivery.LATER


def _bare(header: object) -> str:
    return str(getattr(header, "addresses", [])[0].addr_spec)
