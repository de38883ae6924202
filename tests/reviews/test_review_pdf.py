"""The papers of a review and of a pack are PDF/UA: tagged, titled, in a language, in order, and nothing untagged."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from portage.core.db import db
from portage.messages import pdf
from reviews.conftest import CELEBRATE, PARENT, Visited, allow, reviewed
from reviews.test_packs import put_together
from support.episodes import Council
from support.forms import form_to, send
from support.pdf_ua import findings, headings, words

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


def test_the_review_as_pdf_passes_every_check_of_pdf_ua_and_is_read_in_order_lan_08(
    visited: Visited, council: Council
) -> None:
    case = visited(done=3)
    with council("lancashire"):
        review_id = reviewed(case, kind="block")
        db.session.commit()
    client = case.visitor.client
    added = {"says": "It was Dad who was there.", "asked_by": "Sam Canarychild"}
    path = f"/reviews/{review_id}"
    send(client, form_to(client.get(path), f"{path}/corrections"), added)
    paper = client.get(f"{path}/pdf")
    assert (paper.status_code, paper.mimetype) == (200, "application/pdf")
    assert findings(paper.data) == []
    assert headings(paper.data)[:4] == ["H1", "H2", "H2", "H2"]
    said, at = words(paper.data), 0
    in_order = ("Review with Kit Canarychild, 2 March 2026", CELEBRATE, PARENT, "The cup", "Achieved", "Agreed", "Dad")
    for wanted in in_order:
        assert wanted in said[at:], (wanted, said)
        at = said.index(wanted, at)


def test_the_copy_for_the_family_and_a_review_to_sign_pass_too(visited: Visited, council: Council) -> None:
    case = visited(done=2)
    with council("lancashire"):
        reviewed(case)
        allow(case)
        db.session.commit()
    client = case.visitor.client
    pack = client.get(put_together(case) + "/pdf")
    assert findings(pack.data) == []
    assert "Nobody else has seen it." in words(pack.data)
    new = f"/episodes/{case.episode_id}/reviews/new"
    path = send(
        client, form_to(client.get(new), new), {"kind": "block", "who_was_there": "Sam", "celebrate": "A song."}
    ).headers["Location"]
    unsigned = client.get(f"{path}/pdf")
    assert findings(unsigned.data) == []
    assert "Name, signature and date" in words(unsigned.data)


@pytest.mark.parametrize(
    ("page", "clause"),
    [
        ("<html><title>T</title><h1>A</h1></html>", "7.2"),
        ("<html lang='en-GB'><title>T</title><h1>A</h1><h3>B</h3></html>", "7.4.2"),
        ("<html lang='en-GB'><title>T</title><p>A</p></html>", "7.4"),
        ("<html lang='en-GB'><h1>A</h1></html>", "7.1"),
    ],
)
def test_the_checks_find_what_is_wrong(page: str, clause: str) -> None:
    assert any(each.startswith(clause) for each in findings(pdf.made_of(page)))
