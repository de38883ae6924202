"""Files on disk that no row names go away after a safe time; every file that a row names stays."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portage.config import Settings
from portage.core import clock, outbox, stray_files
from portage.core.db import db
from portage.core.files import keep
from portage.core.jobs import periodic_work
from support.asking import submit, walk
from support.background import WorkOff
from support.forms import form_to, send

Council = Callable[..., AbstractContextManager[UUID]]
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ROUTE = "request-for-support"
PATH = f"/ask/{ROUTE}/papers"


@pytest.fixture
def folder(app: Flask, settings: Settings) -> Path:
    """Where the application under test keeps files, empty."""
    for path in settings.files.rglob("*"):
        if path.is_file():
            path.unlink()
    return settings.files


def names(folder: Path) -> set[str]:
    """What lies in the folder."""
    return {path.name for path in folder.rglob("*") if path.is_file()}


def with_paper(client: FlaskClient) -> None:
    """A parent adds one paper to a request that is not sent yet."""
    walk(client, ROUTE, "parent", until="papers", evidence=[])
    form = form_to(client.get(PATH), PATH)
    assert send(client, form, {"kind": "asq", "more": "yes"}, [("papers", ("a.pdf", PDF))]).status_code == 303


def left_behind(council: Council, slug: str) -> str:
    """A file whose process ended between writing it and committing the row; answers its name on disk."""
    with council(slug):
        kept = keep(BytesIO(PDF), "a.pdf")
        db.session.info.pop("kept_files", None)
    return kept.key


def age(folder: Path, name: str, by: timedelta) -> None:
    """Let a file be older."""
    (path,) = folder.rglob(name)
    then = (clock.now() - by).timestamp()
    os.utime(path, (then, then))


def test_the_sweep_takes_old_files_that_no_row_names_and_nothing_else(
    client_of: Callable[[str], FlaskClient],
    council: Council,
    folder: Path,
    db_admin: psycopg.Connection,
    work_off: WorkOff,
) -> None:
    sent, unsent = client_of("west-northants"), client_of("west-northants")
    with_paper(sent)
    submit(sent, sent.get(send(sent, form_to(sent.get(PATH), PATH)).headers["Location"]))
    with_paper(unsent)
    (evidence,) = (key for (key,) in db_admin.execute("select object_key from evidence"))
    (draft,) = (key for (key,) in db_admin.execute("select files->0->>'key' from ask_draft where files <> '[]'"))
    old, fresh, elsewhere = (left_behind(council, slug) for slug in ("west-northants", "west-northants", "leeds"))
    half = f"{old}.part"
    (kept,) = folder.rglob(old)
    kept.with_name(half).write_bytes(b"%PDF")
    for name in (evidence, draft, old, elsewhere, half):
        age(folder, name, stray_files.SAFE + timedelta(hours=1))
    age(folder, fresh, stray_files.SAFE - timedelta(hours=1))
    kinds = [work.kind for work in periodic_work() if "stray" in work.kind]
    assert len(kinds) == 1
    with council("west-northants") as tenant_id:
        outbox.put(kinds[0], tenant_id)
        db.session.commit()
    work_off()
    assert names(folder) == {evidence, draft, fresh, elsewhere}
