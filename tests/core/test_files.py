"""Files that people send: taken by what they are, kept whole or not at all, given out as attachments only."""

import io
import struct
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from portage.config import Settings
from portage.core import files
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.files import DOCX, HEIC, JPEG, ODT, PDF, PNG, TEXT, FileRefused, Kept, keep, media_type_of, shown_name

Council = Callable[..., AbstractContextManager[UUID]]

A_PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
A_JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + bytes(64) + b"\xff\xd9"
A_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(17) + b"\x00\x00\x00\x00IEND\xaeB`\x82"
A_HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)
AN_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
A_PAGE = b"<!doctype html><script>alert(1)</script>"


def archive(**parts: bytes) -> bytes:
    """A zip archive; `__` in a name stands for a slash, `_dot_` for a dot."""
    return archive_of({name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()})


def archive_of(parts: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return content.getvalue()


WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
OPEN_TEXT = {"mimetype": ODT.encode(), "content.xml": b"<office:document-content/>"}
A_DOCX, AN_ODT = archive_of(WORD), archive_of(OPEN_TEXT)


@pytest.fixture
def folder(app: Flask, settings: Settings) -> Path:
    """Where the application under test keeps files, empty."""
    for path in on_disk(settings.files):
        path.unlink()
    return settings.files


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("content", "name", "is_"),
    [
        (A_PDF, "report.pdf", PDF),
        (A_JPEG, "photo.JPG", JPEG),
        (A_PNG, "screen.png", PNG),
        (A_HEIC, "IMG_0001.HEIC", HEIC),
        (A_DOCX, "plan.docx", DOCX),
        (AN_ODT, "plan.odt", ODT),
        ("Zoë says “hello”.\r\n".encode(), "notes.txt", TEXT),
        ("Zo\xeb says hello.".encode("cp1252"), "notes.TXT", TEXT),
        (A_JPEG, "report.pdf", JPEG),  # a wrong ending does not matter: the content counts
        (A_PDF, "no ending", PDF),
        (A_PDF + A_DOCX, "both.pdf", PDF),  # a polyglot is what it begins as, and is never shown by a browser
    ],
)
def test_a_file_is_taken_for_what_it_is(content: bytes, name: str, is_: str) -> None:
    assert media_type_of(content, name) == is_


def lying(parts: dict[str, bytes], declared: int) -> bytes:
    """An archive that declares another unpacked size than it has."""
    content = bytearray(archive_of(parts))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset : at + offset + 4] = struct.pack("<I", declared)
            at = content.find(signature, at + 4)
    return bytes(content)


def locked(parts: dict[str, bytes]) -> bytes:
    content = bytearray(archive_of(parts))
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(signature)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(signature, at + 4)
    return bytes(content)


BOMB = bytes(files.LARGEST_UNPACKED + 1)
REFUSED = {
    "a picture that runs scripts": (AN_SVG, "drawing.svg"),
    "the same, called a photo": (AN_SVG, "drawing.png"),
    "the same, called text": (AN_SVG, "drawing.txt"),
    "a page": (A_PAGE, "letter.html"),
    "a page called text": (A_PAGE, "letter.txt"),
    "a page called a report": (A_PAGE, "report.pdf"),
    "a page with a report inside": (A_PAGE + A_PDF, "report.pdf"),
    "a program": (b"MZ" + bytes(200), "setup.exe"),
    "a program called a photo": (b"\x7fELF" + bytes(200), "photo.jpg"),
    "text with control characters": (b"abc\x00\x01", "notes.txt"),
    "text without its ending": (b"just words", "notes"),
    "an archive": (archive(readme_dot_md=b"x"), "papers.zip"),
    "an archive called a document": (archive(readme_dot_md=b"x"), "plan.docx"),
    "a spreadsheet": (archive_of({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"}), "list.xlsx"),
    "a document with macros": (archive_of({**WORD, "word/vbaProject.bin": b"x"}), "plan.docx"),
    "a document that says it has macros": (
        archive_of(
            {**WORD, "[Content_Types].xml": b'<Types ContentType="application/vnd.ms-word.document.macroEnabled"/>'}
        ),
        "plan.docx",
    ),
    "an open document with macros": (archive_of({**OPEN_TEXT, "Basic/Standard/Module1.xml": b"x"}), "plan.odt"),
    "a document that climbs out": (archive_of({**WORD, "../../etc/passwd": b"x"}), "plan.docx"),
    "a document with an absolute part": (archive_of({**WORD, "/etc/passwd": b"x"}), "plan.docx"),
    "a document with a Windows path": (archive_of({**WORD, "..\\..\\boot.ini": b"x"}), "plan.docx"),
    "a bomb": (archive_of({**WORD, "word/media/a.bin": BOMB}), "plan.docx"),
    "a bomb that lies about its size": (lying({**WORD, "word/media/a.bin": BOMB}, 10), "plan.docx"),
    "a bomb of many parts": (archive_of({**WORD, **{f"p{n}": b"" for n in range(files.MOST_PARTS)}}), "plan.docx"),
    "a locked document": (locked(WORD), "plan.docx"),
    "a damaged document": (A_DOCX[:-30], "plan.docx"),
    "a film": (b"\x00\x00\x00\x18ftypisom" + bytes(64), "film.heic"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_anything_else_is_refused_with_a_sentence(case: str) -> None:
    content, name = REFUSED[case]
    with pytest.raises(FileRefused) as refused:
        media_type_of(content, name)
    assert name in refused.value.sentence
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\robin\\report.pdf", "report.pdf"),
        ("report\r\nSet-Cookie: x.pdf", "reportSet-Cookie: x.pdf"),
        ("photo\u202efdp.pdf", "photofdp.pdf"),
        ("", "paper"),
        ("...", "paper"),
        ("x" * 300 + ".pdf", "x" * 90 + ".pdf"),
    ],
)
def test_a_name_keeps_no_folder_and_no_tricks(sent: str, kept: str) -> None:
    assert shown_name(sent) == kept


def test_a_kept_file_is_whole_under_a_random_key(council: Council, folder: Path) -> None:
    with council() as tenant_id:
        first, second = keep(io.BytesIO(A_PDF), "../a.pdf"), keep(io.BytesIO(A_PDF), "a.pdf")
        db.session.commit()
        assert first.key != second.key
        assert (first.name, first.media_type, first.size) == ("a.pdf", PDF, len(A_PDF))
        assert files.path_of(first.key).read_bytes() == A_PDF
        assert files.path_of(first.key).is_relative_to(folder / str(tenant_id))
        assert Kept.from_json(first.as_json()) == first
    assert not [path for path in on_disk(folder) if path.suffix == ".part"]


def test_the_ending_follows_the_content(council: Council, folder: Path) -> None:
    with council():
        assert keep(io.BytesIO(A_JPEG), "report.pdf").name == "report.jpg"
        assert keep(io.BytesIO(A_JPEG), "photo.jpeg").name == "photo.jpeg"
        assert keep(io.BytesIO(A_PDF), "Dr. Example").name == "Dr. Example.pdf"


def test_a_file_goes_with_the_transaction_that_brought_it(council: Council, folder: Path) -> None:
    with council():
        db.session.connection()
        keep(io.BytesIO(A_PDF), "a.pdf")
        db.session.rollback()
    assert on_disk(folder) == []


def test_a_file_is_forgotten_only_when_that_is_committed(council: Council, folder: Path) -> None:
    with council():
        db.session.connection()
        kept = keep(io.BytesIO(A_PDF), "a.pdf")
        db.session.commit()
        db.session.connection()
        files.forget_after_commit(kept.key)
        db.session.rollback()
        assert len(on_disk(folder)) == 1
        db.session.connection()
        files.forget_after_commit(kept.key)
        db.session.commit()
    assert on_disk(folder) == []


@pytest.mark.parametrize(
    ("content", "says"), [(b"", "is empty"), (A_PDF + bytes(files.LARGEST), "is larger than 10 MB")]
)
def test_an_empty_and_a_huge_file_are_refused(content: bytes, says: str, council: Council, folder: Path) -> None:
    with council(), pytest.raises(FileRefused, match=says):
        keep(io.BytesIO(content), "report.pdf")
    assert on_disk(folder) == []


@pytest.mark.parametrize("key", ["../../../etc/passwd", "", "x" * 43, "a/" * 21 + "a"])
def test_a_key_that_is_none_opens_nothing(key: str, council: Council, folder: Path) -> None:
    with council(), pytest.raises(NotHere):
        files.path_of(key)


def test_another_council_cannot_open_a_file_by_its_key(council: Council, folder: Path) -> None:
    with council("larkshire"):
        kept = keep(io.BytesIO(A_PDF), "a.pdf")
        db.session.commit()
    with council("mossborough"), pytest.raises(NotHere):
        files.path_of(kept.key)


def test_a_file_is_given_out_as_an_attachment_that_runs_nothing(app: Flask, council: Council, folder: Path) -> None:
    with council():
        kept = keep(io.BytesIO(A_PDF), "Zoë's plan.pdf")
        db.session.commit()
        with app.test_request_context("/"):
            answer = files.attachment(kept.key, name=kept.name, media_type="text/html")
            answer.direct_passthrough = False
            assert answer.data == A_PDF
            answer.close()
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
