"""A draft, term by term: typed fields, what is wrong said at its field, and two people at once."""

import psycopg
import pytest

from support.forms import form_to, send
from support.people import Hired
from support.publishing import SUPPORT, SignIn, begin, change, publish, text


def test_what_is_wrong_is_said_at_its_field_and_everything_typed_stays(author: Hired) -> None:
    draft = begin(author.client)
    typed = {"support.longest_months": "seventy", "support.play_plan": "We agree it with you."}
    page = change(author.client, draft, **typed)
    assert page.status_code == 422
    assert 'href="#support.longest_months"' in text(page)
    assert "enter a whole number from 1 to 72" in text(page)
    for value in typed.values():
        assert value in text(page)
    assert "6" in form_to(author.client.get(f"{draft}/terms/{SUPPORT}"), f"{draft}/terms/{SUPPORT}").typed(
        "support.longest_months"
    )


def test_an_entry_is_added_filled_in_moved_and_taken_away_without_javascript(author: Hired) -> None:
    draft = begin(author.client)
    address = f"{draft}/terms/4"
    form = form_to(author.client.get(address), address)
    added = send(author.client, form, {"do": "add:offers"})
    assert added.status_code == 422
    form = form_to(added, address)
    new = max(int(name.split(".")[1]) for name in form.fields if name.startswith("offers.") and "_rows" not in name)
    rows = [str(number) for number in range(new + 1)]
    filled = {f"offers.{new}._key": "group-play", f"offers.{new}.name": "Group play",
              f"offers.{new}.explanation": "We play together.", "offers._rows": " ".join(rows)}  # fmt: skip
    moved = send(author.client, form, {**filled, "do": f"up:offers.{new}"})
    assert "Group play" in text(moved)
    saved = send(author.client, form_to(moved, address), {"offers._rows": " ".join([*rows[:-2], rows[-1], rows[-2]])})
    assert saved.status_code == 303, text(saved)
    page = text(author.client.get(address))
    assert page.index("group-play") < page.index(text_of_last(page))
    last = form_to(author.client.get(address), address)
    assert send(author.client, last, {"offers._rows": " ".join(rows[:-1])}).status_code == 303


def text_of_last(page: str) -> str:
    """The short name of the last entry."""
    return page.rpartition("Short name: ")[2].partition("<")[0]


@pytest.mark.parametrize("slug", ["leeds", "portsmouth"])
def test_each_part_sent_back_as_it_was_shown_changes_nothing_and_makes_nobody_an_author(
    slug: str, sign_in: SignIn, db_admin: psycopg.Connection
) -> None:
    client, second = (sign_in(slug, "tenant-administrator").client for _ in range(2))
    draft = begin(client)
    kept = "select terms::text, assumptions, authors, version from policy_edition where id = %s"
    before = db_admin.execute(kept, (draft.rpartition("/")[2],)).fetchone()
    parts = [form.partition('"')[0] for form in text(client.get(draft)).split(f'href="{draft}/terms/')[1:]]
    assert len(parts) > 10
    for number in parts:
        address = f"{draft}/terms/{number}"
        page = second.get(address)
        assert page.status_code == 200, address
        sent = send(second, form_to(page, address))
        assert sent.status_code == 303, (address, text(sent))
    assert db_admin.execute(kept, (draft.rpartition("/")[2],)).fetchone() == before


def test_two_who_change_one_part_both_see_what_the_other_wrote(author: Hired, sign_in: SignIn) -> None:
    second = sign_in("leeds", "tenant-administrator").client
    draft = begin(author.client)
    address = f"{draft}/terms/{SUPPORT}"
    mine, theirs = form_to(author.client.get(address), address), form_to(second.get(address), address)
    assert send(second, theirs, {"support.longest_months": "8"}).status_code == 303
    conflict = send(author.client, mine, {"support.longest_months": "7"})
    assert conflict.status_code == 409
    for value in (">8<", ">7<"):
        assert value in text(conflict)


def test_an_assumption_is_set_and_cleared(author: Hired) -> None:
    draft = begin(author.client)
    address = f"{draft}/terms/{SUPPORT}"
    more = send(author.client, form_to(author.client.get(address), address), {"do": "add:_assumed"})
    form = form_to(more, address)
    number = max(
        int(name.split(".")[1]) for name in form.fields if name.startswith("_assumed.") and "_rows" not in name
    )
    rows = [str(row) for row in range(number + 1)]
    marked = {f"_assumed.{number}.term": "support.visit_minutes", f"_assumed.{number}.says": "Nobody says how long.",
              "_assumed._rows": " ".join(rows)}  # fmt: skip
    assert send(author.client, form, marked).status_code == 303
    assert "Nobody says how long." in text(author.client.get(address))
    cleared = {**{f"_assumed.{row}.says": "" for row in rows}, "_assumed._rows": " ".join(rows)}
    assert send(author.client, form_to(author.client.get(address), address), cleared).status_code == 303
    assert "Nobody says how long." not in text(author.client.get(address))


def test_terms_that_do_not_fit_together_are_listed_on_the_draft_and_stop_it(author: Hired, publisher: Hired) -> None:
    draft = begin(author.client)
    key = "first-meeting"
    address = f"{draft}/terms/6"
    form = form_to(author.client.get(address), address)
    wrong = {"clocks.0.routes": "no-such-route"}
    assert send(author.client, form, wrong).status_code == 303, key
    page = text(author.client.get(draft))
    assert "What does not fit together yet" in page
    assert "no-such-route" in page
    refused = send(author.client, form_to(author.client.get(draft), f"{draft}/ready"))
    assert refused.status_code == 422
    assert publish(publisher.client, draft).status_code == 409


def test_a_draft_that_is_put_away_stays_in_the_history(author: Hired) -> None:
    draft = begin(author.client)
    done = send(author.client, form_to(author.client.get(draft), f"{draft}/give-up"), {"reason": "Not needed."})
    assert done.status_code == 303
    assert "Put away" in text(author.client.get("/policy"))
    assert author.client.get(draft).status_code == 303
