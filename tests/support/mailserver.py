"""A real mail server for tests (aiosmtpd) that can refuse, hang, and go away after it has the message."""

import asyncio
import random
import socket
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller


class MailServer:
    """`mode` is take, drop (goes away after the text), hang, later (a 4xx answer), refuse (a 5xx answer), or unwelcome
    (a 5xx answer to the sender's own address)."""

    def __init__(self) -> None:
        self.mode = "take"
        self.mails: list[EmailMessage] = []
        self.seen: list[EmailMessage] = []  # also those that were not taken
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port(), ready_timeout=10)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"

    @property
    def ids(self) -> list[str]:
        """The Message-IDs of the mails that were taken."""
        return [str(mail["Message-ID"]) for mail in self.mails]

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._controller.stop()

    async def handle_MAIL(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.mode == "unwelcome":
            return "550 this sender may not send here"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802  aiosmtpd's name
        if self.mode == "refuse":
            return "550 no such mailbox"
        if self.mode == "later":
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.seen.append(mail)
        if self.mode == "hang":
            await asyncio.sleep(60)
        if self.mode == "drop":
            self.mails.append(mail)
            server.transport.abort()
            return "250 never arrives"
        self.mails.append(mail)
        return "250 OK"


def free_port() -> int:
    """A port below the range from which systems take the near ends of connections."""
    for port in random.sample(range(21_000, 32_000), 200):
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)):
                return port
    raise OSError("no free port")
