"""The pages on which a council runs its policy are valid, hold no barrier, and fit a small phone."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page

from portage.core import clock
from portage.core.db import db
from support.axe import assert_accessible_at_every_width
from support.episodes import Accepted, AcceptedOf, accepted_of, put_on_list
from support.forms import form_to, forms_on, send
from support.keyboard import assert_works_by_keyboard
from support.nu import Nu
from support.people import Hired

__all__ = ["accepted_of"]
STATIC = Path(__file__).resolve().parents[2] / "platform" / "portage" / "web" / "static"
STYLES = ("govuk/govuk-frontend.min.css", "portage.css")
SOON = clock.today() + timedelta(days=60)
Within = Callable[..., AbstractContextManager[UUID]]


@pytest.fixture
def pages(accepted_of: AcceptedOf, council: Within, sign_in: Callable[..., Hired]) -> dict[str, str]:
    """The pages by name, as they are sent."""
    author = sign_in("leeds", "tenant-administrator", name="Ada Author").client
    manager = sign_in("leeds", "service-manager", name="Mo Manager").client
    with council("leeds"):
        entry_id = put_on_list(accepted_of_before(accepted_of))
        db.session.commit()
    made = {"in force": author.get("/policy").text, "begin": author.get("/policy/drafts").text}
    held = made["in force"].partition("/policy/drafts?copy_of=")[2][:36]
    begun = send(author, form_to(author.get("/policy/drafts"), "/policy/drafts"), {"copy_of": held, "source": "Autumn"})
    draft = begun.headers["Location"]
    made["new draft"] = author.get(draft).text
    for number in range(1, 12):
        made[f"part {number}"] = author.get(f"{draft}/terms/{number}").text
    support = f"{draft}/terms/5"
    form = form_to(author.get(support), support)
    made["wrong"] = send(author, form, {"support.longest_months": "seventy", "support.review_when": ""}).text
    offers = f"{draft}/terms/4"
    added = send(author, form_to(author.get(offers), offers), {"do": "add:offers"})
    made["one entry more"] = added.text
    made["one assumption more"] = send(author, form, {"do": "add:_assumed"}).text
    other = form_to(author.get(support), support)
    send(author, form_to(author.get(support), support), {"support.longest_months": "9"})
    made["both versions"] = send(author, other, {"support.longest_months": "8"}).text
    send(author, form_to(author.get(draft), f"{draft}/ready"))
    made["handed over"] = author.get(draft).text
    asking = manager.get(f"{draft}/publish")
    made["publish"] = asking.text
    made["publish, empty"] = send(manager, form_to(asking, f"{draft}/publish")).text
    correcting = {"kind": "correction", "corrects": held, "effective_from-day": "1", "effective_from-month": "10",
                  "effective_from-year": "2025"}  # fmt: skip
    made["publish, a correction"] = send(manager, form_to(asking, f"{draft}/publish"), correcting).text
    letter = f"/policy/editions/{draft.rpartition('/')[2]}/letters/{entry_id}?move=support.longest_months"
    made["letter"] = manager.get(letter).text
    options = forms_on(author.get("/policy/compare"))[1].fields["right"].options
    theirs = next(option for option in options if option.startswith("lancashire:"))
    made["compare"] = author.get(f"/policy/compare?left=own:{held}&right={theirs}").text
    assert send(manager, form_to(asking, f"{draft}/publish"), published()).status_code == 303
    made["withdraw"] = manager.get(f"/policy/editions/{draft.rpartition('/')[2]}/withdraw").text
    made["coming"] = manager.get("/policy").text
    return made


def accepted_of_before(accepted_of: AcceptedOf) -> Accepted:
    """A family that waits under the edition before the one in force."""
    return accepted_of("leeds", received_on=date(2025, 9, 30))


def published() -> dict[str, str]:
    """Everything that publishing asks."""
    days = {"effective_from": SOON, "decided_on": clock.today()}
    typed = {
        f"{name}-{part}": str(getattr(day, part)) for name, day in days.items() for part in ("day", "month", "year")
    }
    return typed | {
        "decided_body": "committee", "decided_by": "Invented committee", "minute_reference": "27", "call_in": "none",
        "equality_assessment": "EIA 3", "source": "Leaflet", "local_offer": "updated", "kind": "ordinary",
    }  # fmt: skip


def test_they_are_valid_accessible_at_both_widths_and_by_keyboard(pages: dict[str, str], nu: Nu, page: Page) -> None:
    assert len(pages) == 26
    style = "".join((STATIC / name).read_text(encoding="utf-8") for name in STYLES)
    for name, sent in pages.items():
        nu.assert_valid(sent)
        page.set_content(re.sub(r"<link rel=\"stylesheet\".*?>|<script.*?</script>", "", sent))
        page.add_style_tag(content=style)
        try:
            assert_accessible_at_every_width(page)
            assert_works_by_keyboard(page)
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from error
