"""Files that people send: taken by what they are, kept on disk under a random key, given out as attachments only."""

import hashlib
import io
import os
import re
import secrets
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, ClassVar

import puremagic
from flask import Flask, Response, current_app, send_file
from sqlalchemy import event
from sqlalchemy.orm import Session

from portage.core.db import db
from portage.core.errors import NotHere, PortageError
from portage.core.tenancy import current_tenant_id

LARGEST = 10 * 1024 * 1024
LARGEST_UNPACKED = 60 * 1024 * 1024
MOST_PARTS = 2000
_CHUNK = 64 * 1024

PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
TEXT = "text/plain"
ENDINGS = {PDF: ".pdf", JPEG: ".jpg", PNG: ".png", HEIC: ".heic", DOCX: ".docx", ODT: ".odt", TEXT: ".txt"}
ACCEPT = (
    ".pdf,.jpg,.jpeg,.png,.heic,.heif,.docx,.odt,.txt"  # a hint for the browser's file window; nothing relies on it
)
_SAME = {"image/heif": HEIC, "image/heic": HEIC, "image/pjpeg": JPEG}
_STARTS = ((b"%PDF-", PDF), (b"\xff\xd8\xff", JPEG), (b"\x89PNG\r\n\x1a\n", PNG))
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"})
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_MARKUP = re.compile(
    rb"<\s*(!doctype|\?xml|html|head|body|script|svg|iframe|object|embed|meta|style|math)\b", re.IGNORECASE
)


class FileRefused(PortageError):
    """A file that cannot be taken; the sentence says why and what to send instead."""

    status: ClassVar[HTTPStatus] = HTTPStatus.UNPROCESSABLE_ENTITY
    code = "file-refused"
    message = "{sentence}"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence=sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it was kept: its key on disk, what people call it, and what it is."""

    key: str
    name: str
    media_type: str
    size: int
    sha256: bytes

    def as_json(self) -> dict[str, Any]:
        """For a draft that holds files before there is a request."""
        return {
            "key": self.key,
            "name": self.name,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256.hex(),
        }

    @classmethod
    def from_json(cls, held: dict[str, Any]) -> "Kept":
        return cls(held["key"], held["name"], held["media_type"], held["size"], bytes.fromhex(held["sha256"]))


def use_folder(app: Flask, folder: Path) -> None:
    """Let an application keep files under this folder, one folder inside for each council."""
    app.extensions["portage.files"] = folder.absolute()


def keep(stream: IO[bytes], name: str) -> Kept:
    """Check a file and keep it for this council; raises `FileRefused` with a sentence for the person.

    The file is complete on disk under its key, or not there at all, whenever the process ends; it goes away again with
    a transaction that is rolled back.
    """
    shown = shown_name(name)
    content = _read_within_limit(stream, shown)
    media_type = media_type_of(content, shown)
    key = secrets.token_urlsafe(32)
    _write(_path(key), content)
    db.session().info.setdefault("kept_files", []).append(_path(key))
    named = _with_ending(shown, media_type)
    return Kept(key, named, media_type, len(content), hashlib.sha256(content).digest())


def path_of(key: str) -> Path:
    """Where this council's file lies; raises `NotHere` for a key that is none or a file that is gone."""
    if not _KEY.fullmatch(key) or not (path := _path(key)).is_file():
        raise NotHere
    return path


def forget_after_commit(key: str) -> None:
    """Remove a file once this transaction is committed, so that a rolled-back one never lost a paper."""
    if _KEY.fullmatch(key):
        db.session().info.setdefault("forgotten_files", []).append(_path(key))


def attachment(key: str, *, name: str, media_type: str) -> Response:
    """Answer with a file that the browser saves and never shows: its type is fixed and it may run nothing."""
    known = media_type if media_type in ENDINGS else "application/octet-stream"
    response = send_file(path_of(key), mimetype=known, as_attachment=True, download_name=shown_name(name), max_age=0)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def shown_name(name: str) -> str:
    """A file's name without folders, control characters and tricks of direction, at most 100 characters."""
    last = re.split(r"[\\/]", name)[-1]
    plain = "".join(
        char for char in unicodedata.normalize("NFC", last) if unicodedata.category(char)[0] not in "CZ" or char == " "
    )
    stem, dot, ending = plain.strip(" .").rpartition(".")
    short = f"{stem[:90]}{dot}{ending[:8]}" if dot else plain.strip(" .")[:100]
    return short or "paper"


def media_type_of(content: bytes, name: str) -> str:
    """What a file is, by its content; raises `FileRefused` for anything but `ENDINGS`."""
    for start, media_type in _STARTS:
        if content.startswith(start):
            return _agreed(content, media_type, name)
    if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS:
        return _agreed(content, HEIC, name)
    if content.startswith(b"PK\x03\x04"):
        return _document_type(content, name)
    if name.lower().endswith(".txt") and _is_plain_text(content):
        return TEXT
    raise _not_taken(name)


def _not_taken(name: str) -> FileRefused:
    return FileRefused(
        f"“{name}” is not a kind of file that we can take. Send a PDF, a photo (JPEG, PNG or HEIC), "
        "a Word or OpenDocument text, or plain text."
    )


def _agreed(content: bytes, media_type: str, name: str) -> str:
    """A second opinion on a file's first bytes, from a library of signatures."""
    try:
        found = {_SAME.get(match.mime_type, match.mime_type) for match in puremagic.magic_string(content[: 64 * 1024])}
    except (puremagic.PureError, ValueError):
        found = set()
    if media_type not in found:
        raise _not_taken(name)
    return media_type


def _is_plain_text(content: bytes) -> bool:
    """Words in UTF-8 or the old Windows alphabet, without control characters or anything that a browser would run."""
    if any(byte < 32 and byte not in b"\t\n\r\f" for byte in content) or _MARKUP.search(content):
        return False
    for alphabet in ("utf-8-sig", "cp1252"):
        try:
            content.decode(alphabet)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _document_type(content: bytes, name: str) -> str:
    """Word or OpenDocument text; raises `FileRefused` for other archives, traps, and documents that hold programs."""
    damaged = FileRefused(f"“{name}” seems to be damaged. Save it again, or send it as a PDF.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_traps(parts, name)
            _unpack_within_limit(archive, parts, name)
            names = {part.filename for part in parts}
            if {"[Content_Types].xml", "word/document.xml"} <= names:
                return _without_programs(DOCX, names, archive.read("[Content_Types].xml"), name)
            if "content.xml" in names and archive.read("mimetype").strip() == ODT.encode():
                return _without_programs(ODT, names, b"", name)
    except KeyError:
        raise _not_taken(name) from None
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error):
        raise damaged from None
    raise _not_taken(name)


def _refuse_traps(parts: list[zipfile.ZipInfo], name: str) -> None:
    if any(part.flag_bits & 1 for part in parts):
        raise FileRefused(f"“{name}” is locked with a password. Take the password off, or send it as a PDF.")
    for part in parts:
        inside = part.filename.replace("\\", "/")
        if inside.startswith("/") or ".." in inside.split("/") or ":" in inside:
            raise _not_taken(name)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise _too_large_inside(name)


def _unpack_within_limit(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], name: str) -> None:
    """Read every part through once: what an archive declares of itself may be a lie."""
    unpacked = 0
    for part in parts:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > LARGEST_UNPACKED:
                    raise _too_large_inside(name)


def _too_large_inside(name: str) -> FileRefused:
    return FileRefused(f"“{name}” is far too large once it is unpacked. Send it as a PDF.")


def _without_programs(media_type: str, names: set[str], types: bytes, name: str) -> str:
    programs = any("vbaproject" in part.lower() or part.startswith(("Basic/", "Scripts/")) for part in names)
    if programs or b"macroEnabled" in types:
        raise FileRefused(f"“{name}” holds a program (macros). Save it without macros, or send it as a PDF.")
    return media_type


def _read_within_limit(stream: IO[bytes], name: str) -> bytes:
    content = stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise FileRefused(f"“{name}” is larger than {LARGEST // 1024 // 1024} MB. Send a smaller one, or call us.")
    if not content:
        raise FileRefused(f"“{name}” is empty. Choose the file again.")
    return content


def _with_ending(name: str, media_type: str) -> str:
    """The name with the ending that fits the content: a photo called report.pdf becomes report.jpg."""
    stem, dot, ending = name.rpartition(".")
    fits = {JPEG: ("jpg", "jpeg"), HEIC: ("heic", "heif")}.get(media_type, (ENDINGS[media_type][1:],))
    if dot and ending.lower() in fits:
        return name
    return (stem if dot and len(ending) <= 5 else name) + ENDINGS[media_type]


def folder_of_council() -> Path:
    """Where this council's files lie: each in a folder of the first two letters of its key."""
    folder: Path | None = current_app.extensions.get("portage.files")
    if folder is None:
        raise RuntimeError("no folder for files was set")
    return folder / str(current_tenant_id())


def _path(key: str) -> Path:
    return folder_of_council() / key[:2] / key


def _write(path: Path, content: bytes) -> None:
    """Write beside the place, force it to the disk, then move it there in one step."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    unfinished = path.with_name(path.name + ".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@event.listens_for(Session, "after_commit")
def _forget(session: Session) -> None:
    session.info.pop("kept_files", None)
    for path in session.info.pop("forgotten_files", ()):
        path.unlink(missing_ok=True)


@event.listens_for(Session, "after_soft_rollback")
def _remember(session: Session, _previous: object) -> None:
    if not session.in_nested_transaction():
        session.info.pop("forgotten_files", None)
        for path in session.info.pop("kept_files", ()):
            path.unlink(missing_ok=True)
