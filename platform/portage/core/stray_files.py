"""Files on disk that no row names: what a process left that ended between writing a file and committing its row.

A table names a file by a column `object_key`; every such table is asked without more. Whoever keeps keys elsewhere
(drafts hold them in their JSON) registers a statement with `names_files`.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select, union_all

from portage.core.db import Model, db
from portage.core.files import folder_of_council
from portage.core.tenancy import current_tenant_id

SAFE = timedelta(days=7)  # a row is committed within seconds of its file; the rest is for whoever restores a backup
_AT_ONCE = 1000

Keys = Select[str]
_others: list[Callable[[], Keys]] = []


def names_files(keys: Callable[[], Keys]) -> Callable[[], Keys]:
    """Register a statement that answers the keys of files of this council that are named elsewhere."""
    _others.append(keys)
    return keys


def sweep(at: datetime) -> int:
    """Delete this council's files that are older than `SAFE` and that no row names; answers how many.

    All rows are asked in one statement, so a file that a request takes over from its draft meanwhile is seen in one
    of the two.
    """
    gone, old = 0, _older_than(at - SAFE)
    while paths := list(islice(old, _AT_ONCE)):
        named = _named({_key(path) for path in paths})
        for path in paths:
            if path.suffix or path.name not in named:  # with an ending: one that was never finished
                path.unlink(missing_ok=True)
                gone += 1
    return gone


def _older_than(before: datetime) -> Iterator[Path]:
    for path in folder_of_council().glob("*/*"):
        if path.is_file() and path.stat().st_mtime < before.timestamp():
            yield path


def _key(path: Path) -> str:
    return path.stem if path.suffix else path.name


def _named(keys: set[str]) -> set[str]:
    """Which of these keys some row of this council names."""
    tables: list[Any] = [
        select(table.c.object_key.label("key")).where(table.c.tenant_id == current_tenant_id())
        for table in Model.metadata.sorted_tables
        if "object_key" in table.c
    ]
    every = union_all(*tables, *(keys_of() for keys_of in _others)).subquery()
    column = every.c[0]
    return set(db.session.scalars(select(column).where(column.in_(keys))))
