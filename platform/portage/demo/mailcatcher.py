"""Takes every e-mail and text that the service sends, delivers none, and shows them on a small page.

Each mail is one file in a folder, written before its receipt is confirmed. Pages show text alone: an HTML part is
never rendered, an attachment is named and not opened.
"""

import argparse
import html
import itertools
import os
import re
import time
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

MOST_KEPT = 2_000
SECURITY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
STYLE = """
body { font: 1.1rem/1.5 Arial, sans-serif; max-width: 60rem; margin: 1rem auto; padding: 0 1rem; color: #0b0c0c }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .4rem; border-bottom: 1px solid #b1b4b6 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }
pre { border-left: 5px solid #b1b4b6; padding-left: 1rem }
"""
PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css"></head>
<body><main><h1>{title}</h1>{body}</main></body></html>"""
LINK = re.compile(r"https?://[^\s<>&\"']+(?:&amp;[^\s<>&\"']+)*")


class Mailbox:
    """The folder of caught mails; names begin with the time of arrival, so that sorting them sorts the mails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._number = itertools.count()

    def keep(self, raw: bytes, recipients: list[str]) -> None:
        """Write one mail as it came, with the recipients of its envelope, and drop the oldest beyond the most kept."""
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(self._number)}"
        envelope = "".join(f"X-Caught-For: {recipient}\r\n" for recipient in recipients)
        unfinished = self.folder / f"{name}.part"
        unfinished.write_bytes(envelope.encode("ascii", "replace") + raw)
        unfinished.rename(self.folder / f"{name}.eml")
        for old in self.names()[MOST_KEPT:]:
            (self.folder / f"{old}.eml").unlink(missing_ok=True)

    def names(self) -> list[str]:
        """The names of the mails, the newest first."""
        return sorted((file.stem for file in self.folder.glob("*.eml")), reverse=True)

    def mail(self, name: str) -> EmailMessage:
        """One mail; raises `FileNotFoundError` for a name that is not in the list."""
        if name not in self.names():
            raise FileNotFoundError(name)
        raw = (self.folder / f"{name}.eml").read_bytes()
        return message_from_bytes(raw, policy=policy.default)


class Receiver:
    """The SMTP side, as aiosmtpd calls it."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        """Keep the mail, then say so."""
        self._mailbox.keep(envelope.content, list(envelope.rcpt_tos))
        return "250 Kept; it will not be delivered"


def mail_list(mailbox: Mailbox) -> str:
    """The page that lists the newest 200 mails."""
    rows = []
    for name in mailbox.names()[:200]:
        mail = mailbox.mail(name)
        arrived = time.strftime("%d %B %H:%M:%S", time.localtime(int(name[:20]) / 1e9))
        subject = html.escape(str(mail["Subject"] or "(no subject)"))
        to = html.escape(", ".join(mail.get_all("X-Caught-For", [])))
        rows.append(f'<tr><td>{arrived}</td><td>{to}</td><td><a href="/mail/{name}">{subject}</a></td></tr>')
    head = "<tr><th scope='col'>Arrived</th><th scope='col'>To</th><th scope='col'>Subject</th></tr>"
    body = f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>" if rows else "<p>No mail yet.</p>"
    return PAGE.format(title="E-mails and texts that were not delivered", body=body)


def mail_page(mail: EmailMessage) -> str:
    """The page of one mail: who, what, and its text with the links made to work."""
    part = mail.get_body(preferencelist=("plain",))
    text = html.escape(part.get_content() if part is not None else "(this mail has no plain text)")
    text = LINK.sub(lambda found: f'<a rel="noreferrer" href="{found.group()}">{found.group()}</a>', text)
    facts = [f"<p>{name}: {html.escape(str(mail[name]))}</p>" for name in ("From", "To", "Date") if mail[name]]
    files = [html.escape(part.get_filename() or "without a name") for part in mail.iter_attachments()]
    attached = f"<p>Attached: {', '.join(files)}</p>" if files else ""
    body = f'{"".join(facts)}<pre>{text}</pre>{attached}<p><a href="/">All e-mails</a></p>'
    return PAGE.format(title=html.escape(str(mail["Subject"] or "(no subject)")), body=body)


class Pages(BaseHTTPRequestHandler):
    """The list, one mail, and the style."""

    mailbox: Mailbox

    def do_GET(self) -> None:
        """Answer one request."""
        if self.path == "/style.css":
            self._answer(STYLE, kind="text/css")
        elif self.path == "/":
            self._answer(mail_list(self.mailbox))
        else:
            try:
                self._answer(mail_page(self.mailbox.mail(self.path.removeprefix("/mail/"))))
            except FileNotFoundError:
                missing = PAGE.format(title="There is no such e-mail", body='<p><a href="/">All e-mails</a></p>')
                self._answer(missing, status=HTTPStatus.NOT_FOUND)

    def _answer(self, text: str, *, kind: str = "text/html", status: HTTPStatus = HTTPStatus.OK) -> None:
        body = text.encode()
        self.send_response(status)
        headers = {"Content-Type": f"{kind}; charset=utf-8", "Content-Length": str(len(body))}
        headers |= {"Content-Security-Policy": SECURITY, "X-Content-Type-Options": "nosniff"}
        headers |= {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing: addresses of pages are of no interest."""


def text_as_mail(number: str, body: str) -> bytes:
    """A text in the form in which the folder keeps mails."""
    mail = EmailMessage()
    mail["Subject"], mail["Date"] = f"Text to {number}", format_datetime(datetime.now(UTC))
    mail.set_content(body + "\n")
    return mail.as_bytes()


def take_texts(mailbox: Mailbox, services: Path, port: int) -> None:
    """Stand in for GOV.UK Notify on a port, for the services that a file names."""
    from portage.demo.texts import desk_of, in_background  # only where texts are taken: it needs a good deal more

    in_background(desk_of(services, lambda number, body: mailbox.keep(text_as_mail(number, body), [number])), port)


def serve(folder: Path, smtp_port: int, port: int, texts: tuple[Path, int] | None = None) -> None:
    """Take mails on one port and show them on the other, on this machine alone, until ended; `texts` on a third."""
    mailbox = Mailbox(folder)
    if texts is not None:
        take_texts(mailbox, *texts)
    receiver = Controller(Receiver(mailbox), hostname="127.0.0.1", port=smtp_port)
    receiver.start()
    pages = type("BoundPages", (Pages,), {"mailbox": mailbox})
    ThreadingHTTPServer(("127.0.0.1", port), pages).serve_forever()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(description="Takes every e-mail, delivers none, shows them on a page.")
    parser.add_argument("--folder", type=Path, required=True, help="where mails are kept, one file each")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--port", type=int, required=True, help="where the page is")
    parser.add_argument("--texts", type=Path, help="file that names the services at GOV.UK Notify")
    parser.add_argument("--texts-port", type=int, help="where texts are taken")
    told = parser.parse_args()
    serve(told.folder, told.smtp_port, told.port, (told.texts, told.texts_port) if told.texts else None)


if __name__ == "__main__":
    main()
