"""A preview as files: the list with references and no names, and counts that may leave the team."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

from portage.core.spreadsheet import guarded
from portage.previews.results import MET, WORDS, Result
from portage.referrals.stage_words import STAGE_WORDS

LIST_COLUMNS = (
    "Reference", "Received on", "Age in years", "Area team", "Stage", "Now", "By the draft", "Findings that differ",
    "Too old from", "Too old from, by the draft",
)  # fmt: skip
MOST_IN_A_WORKBOOK = 20_000  # rows; making a longer one would keep a web process busy for too long
Cells = Sequence[Any]


def list_rows(changes: Iterable[Any], areas: dict[UUID, str]) -> Iterator[Cells]:
    """Yield the heading and a row for each request that changes."""
    yield LIST_COLUMNS
    for each in changes:
        turned = "; ".join(f"{rule}: {MET[was]}, by the draft {MET[now]}" for rule, was, now in each.turned)
        yield (
            each.reference, each.received_on, each.age, areas.get(each.area_id, ""), STAGE_WORDS[each.stage].name,
            WORDS[each.was], WORDS[each.now], turned, each.aged_out_on or "", each.ages_out_on or "",
        )  # fmt: skip


def count_rows(result: Result) -> Iterator[Cells]:
    """Yield the counts, of which small ones are hidden already."""
    yield "Table", "Row", "Now", "By the draft"
    for table in result.tables:
        for row in table.rows:
            yield f"{table.title}: {table.counts.lower()}", row.label, _shown(row.now), _shown(row.then)
    for move in result.moves:
        yield "Would change", f"{WORDS[move.was]}, by the draft: {WORDS[move.now]}", "", _shown(move.cases)
    yield "Note", "Counts from 1 to 4 are hidden, and one more where a single one could be reckoned.", "", ""


def _shown(number: int | None) -> int | str:
    return "hidden" if number is None else number


def as_csv(rows: Iterable[Cells]) -> bytes:
    """Write rows as CSV that a spreadsheet opens as UTF-8 and takes no cell of for a formula."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_workbook(rows: Iterable[Cells], title: str) -> bytes:
    """Write rows as a workbook of one sheet."""
    from openpyxl import Workbook  # only here: it takes memory that a process which makes no workbook need not give

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append([_plain(cell) for cell in row])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _plain(cell: Any) -> Any:
    return guarded(cell) if isinstance(cell, str) else cell
