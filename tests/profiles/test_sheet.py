"""A spreadsheet of steps: read as it is meant, every problem named with its row and column, formulas never followed."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from portage.core.spreadsheet import LARGEST, NotASpreadsheet
from portage.profiles.operations import example_areas
from portage.profiles.sheet import (
    COLUMNS,
    MOST_IN_AREA,
    MOST_ROWS,
    Problem,
    ReadArea,
    ReadStep,
    as_csv,
    read_sheet,
)
from support.lengths import examples

HEAD = "Area,Step,From months,To months\n"


def book(*rows: tuple[object, ...]) -> bytes:
    """A workbook with these rows on its first sheet."""
    made, out = Workbook(), io.BytesIO()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    made.save(out)
    return out.getvalue()


def said(content: bytes | str, name: str = "list.csv") -> list[Problem]:
    """The problems of a file."""
    return read_sheet(content.encode() if isinstance(content, str) else content, name)[1]


def test_the_example_has_seven_areas_of_twelve_to_twenty_steps_from_birth_to_five_years() -> None:
    """WNC-06: an instrument of our own words, with areas as settings know them."""
    areas = example_areas()
    assert len(areas) == 7
    assert {area.name for area in areas} >= {"Communication and language", "Physical development", "Literacy"}
    assert all(12 <= len(area.steps) <= 20 for area in areas)
    ages = [(step.from_months, step.to_months) for area in areas for step in area.steps]
    assert all(first is not None and last is not None and 0 <= first < last <= 60 for first, last in ages)
    for area in areas:
        begins = [step.from_months or 0 for step in area.steps]
        assert begins == sorted(begins), area.name


def test_no_step_of_the_example_says_what_a_child_cannot_do() -> None:
    words = " ".join(step.wording.lower() for area in example_areas() for step in area.steps)
    assert [each for each in ("cannot", "can't", "unable", "fails", "does not") if each in words] == []


def test_a_list_is_read_back_as_it_was_written() -> None:
    areas = [ReadArea("Play", (ReadStep("=1+1"[1:], 0, 6), ReadStep("-waves", None, 12), ReadStep("'tis a step")))]
    assert read_sheet(as_csv(areas).encode(), "list.csv") == (areas, [])
    example = list(example_areas())
    assert read_sheet(as_csv(example).encode(), "list.csv") == (example, [])


def test_a_workbook_and_a_semicolon_file_read_alike_and_an_empty_area_is_the_one_above() -> None:
    rows = (
        COLUMNS,
        ("Play", "Bangs a drum", 6, 14),
        (None, "Shakes", 3.0, None),
        ("Talk", "Babbles", None, 9),
    )
    lines = "Area;Step;From months;To months\nPlay;Bangs a drum;6;14\n;Shakes;3;\nTalk;Babbles;;9\n"
    areas, problems = read_sheet(book(*rows), "list.xlsx")
    assert problems == []
    assert (areas, problems) == read_sheet(lines.encode("utf-8-sig"), "list.csv")
    assert [(area.name, len(area.steps)) for area in areas] == [("Play", 2), ("Talk", 1)]


def test_every_problem_is_named_at_once_with_its_row_and_column() -> None:
    found = said(
        HEAD
        + ",Waves,,\nPlay,,never,\nPlay,Bangs,soon,\nPlay,bangs,12,6\nPlay,Sings,900,-1\n"
        + f"Play,{'x' * 301},,\nPlay,Hops,,\nplay,HOPS,,\n"
    )
    assert [(each.row, each.column) for each in found] == [
        (2, "Area"), (3, "Step"), (3, "From months"), (4, "From months"), (5, "To months"), (5, "Step"),
        (6, "From months"), (6, "To months"), (7, "Step"), (9, "Step"),
    ]  # fmt: skip
    assert "row 8" in found[-1].says
    assert "301" in found[-2].says


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_a_formula_is_refused_and_never_followed(name: str) -> None:
    rows = (COLUMNS, ("Play", '=HYPERLINK("https://x.example","Waves")', "=1+1", 6))
    lines = HEAD + 'Play,"=HYPERLINK(""https://x.example"",""Waves"")",=1+1,6\n'
    found = said(book(*rows) if name == "xlsx" else lines, f"list.{name}")
    assert [(each.row, each.column) for each in found] == [(2, "Step"), (2, "From months")]
    assert all("formula" in each.says for each in found)


def test_too_many_steps_for_a_phone_are_a_problem_and_too_many_rows_are_refused() -> None:
    many = HEAD + "".join(f"Play,Step {number},,\n" for number in range(MOST_IN_AREA + 1))
    assert [each.column for each in said(many)] == ["Step"]
    with pytest.raises(NotASpreadsheet, match=str(MOST_ROWS)):
        said(HEAD + "".join(f"Area {number % 15},Step {number},,\n" for number in range(MOST_ROWS + 1)))


def bomb() -> bytes:
    """A workbook that is small outside and large inside."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (21 * 1024 * 1024))
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "headings: Area, Step"),
        (b"Name,Words\nPlay,Waves\n", "headings: Area, Step"),
        (b"Area,Step,Step\nPlay,Waves,Waves\n", "twice: Step"),
        (HEAD.encode(), "no row under"),
        (b"\0\1\2", "no spreadsheet"),
        (b"PK\x03\x04 and no more", "damaged"),
        (bomb(), "too large inside"),
        (b"x" * (LARGEST + 1), "larger than 2 MB"),
        (HEAD.encode() + b'Play,"' + b"x" * 140_000 + b'",,', "cannot be read as CSV"),
    ],
)
def test_a_file_that_is_no_list_is_answered_in_a_sentence(content: bytes, why: str) -> None:
    with pytest.raises(NotASpreadsheet, match=why):
        read_sheet(content, "list.csv")


def answered(content: bytes, name: str) -> list[str]:
    """What a person is told of a file: the refusal, or the problem of each cell."""
    try:
        areas, problems = read_sheet(content, name)
    except NotASpreadsheet as refused:
        return [str(refused)]
    assert areas or problems
    assert all(each.row >= 1 and each.column in COLUMNS for each in problems)
    return [each.says for each in problems]


ROWS = st.text(max_size=300).map(lambda text: (HEAD + text).encode("utf-8", "replace"))


@settings(max_examples=examples(40), deadline=None)
@given(st.one_of(st.binary(max_size=300), ROWS))
def test_whatever_is_sent_is_read_or_refused_in_sentences(content: bytes) -> None:
    assert all(says.endswith((".", "?")) for says in answered(content, "list.csv"))


@settings(max_examples=examples(15), deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_never_a_crash(data: st.DataObject) -> None:
    whole = bytearray(book(COLUMNS, ("Play", "Waves", 1, 2)))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.integers(0, 255))
    assert all(says.endswith((".", "?")) for says in answered(bytes(whole), "list.xlsx"))
