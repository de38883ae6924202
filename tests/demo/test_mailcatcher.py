"""The mail catcher: keeps each mail before it says so, delivers none, and shows text alone."""

import smtplib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from portage.demo.mailcatcher import Mailbox
from portage.demo.processes import answers

SMTP, PAGE = 21_325, 21_326


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a running mail catcher."""
    folder = tmp_path_factory.mktemp("mails")
    command = [sys.executable, "-m", "portage.demo.mailcatcher", "--folder", str(folder)]
    with subprocess.Popen([*command, "--smtp-port", str(SMTP), "--port", str(PAGE)]) as process:
        deadline = time.monotonic() + 30
        while not (answers("127.0.0.1", SMTP) and answers("127.0.0.1", PAGE)):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield folder
        process.terminate()


def send(subject: str, text: str) -> None:
    """Send one mail to the catcher."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "service@council.example", "family@home.example", subject
    mail.set_content(text)
    with smtplib.SMTP("127.0.0.1", SMTP, timeout=10) as connection:
        connection.send_message(mail)


def page(path: str = "/") -> str:
    """A page of the catcher."""
    with urllib.request.urlopen(f"http://127.0.0.1:{PAGE}{path}", timeout=10) as answer:
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        return str(answer.read().decode())


def newest(folder: Path) -> str:
    """The path of the newest mail's page."""
    return f"/mail/{Mailbox(folder).names()[0]}"


def test_a_mail_is_listed_and_its_link_works(folder: Path) -> None:
    send("Your request LDS-7 was received", "Look: http://council.localhost:8080/link/abc?a=1&b=2\n")
    assert "Your request LDS-7 was received" in page()
    assert "family@home.example" in page()
    assert '<a rel="noreferrer" href="http://council.localhost:8080/link/abc?a=1&amp;b=2">' in page(newest(folder))


def test_what_a_mail_says_is_shown_as_text_and_never_run(folder: Path) -> None:
    send("<img src=x onerror=alert(1)>", "<script>alert(1)</script>\n")
    for shown in (page(), page(newest(folder))):
        assert "<img" not in shown
        assert "<script" not in shown
        assert "&lt;img src=x" in shown


@pytest.mark.parametrize("path", ["/mail/none", "/mail/../mailcatcher", "/mail/..%2f..%2fetc", "/favicon.ico"])
def test_a_page_that_is_not_there_says_so(path: str, folder: Path) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404") as refused:
        page(path)
    with refused.value as answer:
        assert "There is no such e-mail" in answer.read().decode()


def test_the_oldest_are_dropped_beyond_the_most_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portage.demo.mailcatcher.MOST_KEPT", 2)
    mailbox = Mailbox(tmp_path)
    for number in range(4):
        mailbox.keep(f"Subject: {number}\r\n\r\nx".encode(), ["a@b.example"])
    assert [mailbox.mail(name)["Subject"] for name in mailbox.names()] == ["3", "2"]
