"""A spreadsheet of services: every error at once, shown before it is taken, and the same one may come again."""

import io
import zipfile
from datetime import date, datetime
from uuid import uuid4

import psycopg
import pytest
from openpyxl import Workbook
from werkzeug.test import TestResponse

from portage.core.spreadsheet import NotASpreadsheet
from portage.directory import sheet
from portage.directory.sheet import read_sheet
from support.forms import form_to, send
from support.people import Hired
from support.staff import SignIn

from .conftest import ServiceOf

HEADINGS = list(sheet.COLUMNS)
TODAY = date(2026, 11, 22)
GOOD = ["Sleep clinic", "For tired families", "birth", "4", "01632 960 666", "sleep@x.example", "https://x.example/s",
        "North", "01/09/2026"]  # fmt: skip


def as_csv(*rows: list[str], divider: str = ",") -> bytes:
    """A file as a spreadsheet program saves it."""
    quoted = [divider.join(f'"{cell}"' for cell in row) for row in [HEADINGS, *rows]]
    return "\r\n".join(quoted).encode("utf-8-sig")


def as_workbook(*rows: list[object]) -> bytes:
    """The same as a workbook."""
    book, out = Workbook(), io.BytesIO()
    for row in [HEADINGS, *rows]:
        book.worksheets[0].append(row)
    book.save(out)
    return out.getvalue()


@pytest.fixture
def keeper(sign_in: SignIn) -> Hired:
    """Somebody in the office who keeps the directory."""
    return sign_in("leeds", "team-administrator", name="Olu Office")


def bring(keeper: Hired, content: bytes, name: str = "services.csv") -> TestResponse:
    """Send a file, and open what became of it."""
    form = form_to(keeper.client.get("/services/lists"), "/services/lists/file")
    answer = send(keeper.client, form, files=[("sheet", (name, content))])
    return keeper.client.get(answer.location) if answer.status_code == 303 else answer


def take(keeper: Hired, page: TestResponse, **changed: list[str]) -> TestResponse:
    """Take what is ticked."""
    return send(keeper.client, form_to(page, f"{page.request.path}/take"), changed)


def names(db_admin: psycopg.Connection) -> list[str]:
    return [name for (name,) in db_admin.execute("select name from service where withdrawn_on is null order by name")]


@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_csv_and_workbook_say_the_same(divider: str) -> None:
    written = [*GOOD[:8], datetime(2026, 9, 1)]  # noqa: DTZ001 - a cell of a workbook has no time zone
    found, problems = read_sheet(as_csv(GOOD, divider=divider), "s.csv", today=TODAY)
    assert problems == []
    assert (found, problems) == read_sheet(as_workbook(written), "s.xlsx", today=TODAY)
    said = found[0].particulars
    assert (said.age_from_months, said.age_to_months, said.area) == (0, 48, "North")
    assert found[0].last_checked_on == date(2026, 9, 1)


def test_every_error_of_every_row_is_named_at_once() -> None:
    bad = ["", "x", "soon", "99", "nobody", "@", "ftp://x", "", "31/02/2026"]
    late = [*GOOD[:8], "23/11/2026"]
    backwards = ["Group", "Play", "4", "2", "", "", "", "", ""]
    found, problems = read_sheet(as_csv(bad, GOOD, GOOD, late, backwards), "s.csv", today=TODAY)
    assert [entry.particulars.name for entry in found] == ["Sleep clinic", "Sleep clinic"]
    assert [(problem.row, problem.column) for problem in problems] == [
        (2, "Name"), (2, "From age"), (2, "To age"), (2, "Telephone"), (2, "E-mail"), (2, "Web page"),
        (2, "Last checked on"), (4, "Name"), (5, "Last checked on"), (6, "To age"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0\0\0", b"Who,What\r\nx,y", b"PK\x03\x04broken", as_csv(), b"\xff\xfe\x00",
        as_csv(*([f"S {number}", "x", *[""] * 7] for number in range(301))), b"x" * (2 * 1024 * 1024 + 1),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(NotASpreadsheet):
        read_sheet(content, "s", today=TODAY)


def test_a_workbook_that_unpacks_to_far_more_than_it_says_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b"0" * (21 * 1024 * 1024))
    with pytest.raises(NotASpreadsheet, match="too large inside"):
        read_sheet(out.getvalue(), "s.xlsx", today=TODAY)


def test_nothing_changes_before_a_person_takes_it_and_then_what_is_ticked(
    keeper: Hired, db_admin: psycopg.Connection
) -> None:
    page = bring(keeper, as_csv(GOOD, ["Toy library", "Toys", *[""] * 7], ["", "Nameless", *[""] * 7]))
    assert "New: 2" in page.text
    assert "Row 4" in page.text
    assert names(db_admin) == []
    boxes = form_to(page, f"{page.request.path}/take").fields["take"]
    assert sorted(boxes.values) == ["0", "1"]
    assert take(keeper, page, take=["0"]).status_code == 303
    assert names(db_admin) == ["Sleep clinic"]
    checked = db_admin.execute("select last_checked_on, last_checked_by from service").fetchone()
    assert checked == (date(2026, 9, 1), None)
    again = take(keeper, page, take=["1"], _key=[str(uuid4())])
    assert again.status_code == 409
    assert names(db_admin) == ["Sleep clinic"]


def test_the_same_list_again_changes_nothing_and_a_changed_one_says_what(
    keeper: Hired, db_admin: psycopg.Connection
) -> None:
    take(keeper, bring(keeper, as_csv(GOOD)))
    same = bring(keeper, as_csv(GOOD))
    assert "The same: 1" in same.text
    take(keeper, same)
    assert names(db_admin) == ["Sleep clinic"]
    moved = bring(keeper, as_csv([GOOD[0], "For all families", *GOOD[2:4], "01632 960 777", *GOOD[5:]]))
    assert "Changed: 1" in moved.text
    assert "Changes: what it is for, telephone." in moved.text
    take(keeper, moved)
    found = db_admin.execute("select count(*), max(telephone), max(version) from service").fetchone()
    assert found == (1, "01632 960 777", 2)


def test_the_directory_itself_is_a_list_that_can_be_brought_in(
    keeper: Hired, service_of: ServiceOf, db_admin: psycopg.Connection
) -> None:
    service_of(name="=1+1", what_for="Sums", telephone="+44 1632 960 888", age_from_months=0, age_to_months=30)
    sent = keeper.client.get("/services/directory.csv")
    assert "'=1+1" in sent.text
    assert sent.headers["Content-Disposition"] == "attachment; filename=services.csv"
    page = bring(keeper, sent.data)
    assert "The same: 1" in page.text
    assert names(db_admin) == ["=1+1"]


def test_a_withdrawn_service_in_a_list_is_offered_back_and_a_list_can_be_put_away(
    keeper: Hired, db_admin: psycopg.Connection
) -> None:
    take(keeper, bring(keeper, as_csv(GOOD)))
    (service_id,) = db_admin.execute("select id from service").fetchone() or ()
    here = f"/services/{service_id}"
    send(keeper.client, form_to(keeper.client.get(here), f"{here}/withdraw"), {"reason": "It closed."})
    page = bring(keeper, as_csv(GOOD))
    assert "Was withdrawn: 1" in page.text
    away = form_to(page, f"{page.request.path}/put-away")
    assert send(keeper.client, away).status_code == 303
    assert names(db_admin) == []
    take(keeper, bring(keeper, as_csv(GOOD)))
    assert names(db_admin) == ["Sleep clinic"]


def test_a_file_that_is_no_list_or_none_is_named(keeper: Hired) -> None:
    assert "lacks the headings: Name, What it is for" in bring(keeper, b"x,y\r\n1,2").text
    form = form_to(keeper.client.get("/services/lists"), "/services/lists/file")
    assert send(keeper.client, form).status_code == 422
