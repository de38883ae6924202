"""The policy as a council runs it: read, compared, drafted, published by a second person, corrected, withdrawn."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core import clock
from portage.core.db import db
from portage.editions.operations import edition_on
from support.episodes import Accepted, AcceptedOf, put_on_list
from support.forms import form_to, forms_on, send
from support.people import Hired

SignIn = Callable[..., Hired]
Within = Callable[..., AbstractContextManager[UUID]]
TODAY = clock.today()
SOON = TODAY + timedelta(days=60)
BEFORE = date(2025, 9, 30)
SUPPORT = 5  # the number of a part: service, contact, routes, offers, support


def text(page: TestResponse) -> str:
    return page.get_data(as_text=True)


def day(name: str, value: date) -> dict[str, str]:
    return {f"{name}-day": str(value.day), f"{name}-month": str(value.month), f"{name}-year": str(value.year)}


def answers(effective_from: date = SOON, **changed: Any) -> dict[str, Any]:
    """Everything that publishing asks."""
    return {
        **day("effective_from", effective_from),
        **day("decided_on", TODAY),
        "decided_body": "committee",
        "decided_by": "Children and Families Committee",
        "minute_reference": "Minute 27",
        "call_in": "none",
        "equality_assessment": "EIA 2026/11",
        "source": "Leaflet of the autumn",
        "source_address": "https://council.example/portage",
        "local_offer": "updated",
        "kind": "ordinary",
        **changed,
    }


def begin(client: FlaskClient, name: str = "Changes for the autumn") -> str:
    """Begin a draft of the edition in force; answers its address."""
    page = client.get("/policy/drafts")
    started = send(client, form_to(page, "/policy/drafts"), {"copy_of": in_force_of(client), "source": name})
    assert started.status_code == 303, text(started)
    return started.headers["Location"]


def in_force_of(client: FlaskClient) -> str:
    page = text(client.get("/policy"))
    return page.partition("/policy/drafts?copy_of=")[2][:36]


def change(client: FlaskClient, draft: str, number: int = SUPPORT, **typed: str | list[str]) -> TestResponse:
    """Save one part of a draft with some inputs changed."""
    address = f"{draft}/terms/{number}"
    return send(client, form_to(client.get(address), address), typed)


def shorter(client: FlaskClient, months: str = "9") -> str:
    """A draft with another longest support, handed over."""
    draft = begin(client)
    assert change(client, draft, **{"support.longest_months": months}).status_code == 303
    assert send(client, form_to(client.get(draft), f"{draft}/ready")).status_code == 303
    return draft


def publish(client: FlaskClient, draft: str, values: dict[str, Any] | None = None) -> TestResponse:
    return send(client, form_to(client.get(f"{draft}/publish"), f"{draft}/publish"), values or answers())


@pytest.fixture
def author(sign_in: SignIn) -> Hired:
    """An administrator."""
    return sign_in("leeds", "tenant-administrator", name="Ada Author")


@pytest.fixture
def publisher(sign_in: SignIn) -> Hired:
    """A service manager."""
    return sign_in("leeds", "service-manager", name="Mo Manager")


def test_the_policy_in_force_stands_first_with_its_sources_and_the_editions_after_it(author: Hired) -> None:
    page = text(author.client.get("/policy"))
    assert page.index("Longest support") < page.index('id="editions"')
    assert "6 months" in page
    assert "(LDS-" in page
    for state in ("In force", "No longer in force", "Waiting for a date"):
        assert state in page[page.index('id="editions"') :]


def test_any_two_editions_lie_side_by_side_and_only_what_differs_is_shown_at_first(author: Hired) -> None:
    chosen = author.client.get("/policy?edition=2025-10-01")
    link = text(chosen).partition('href="/policy/compare?left=')[2].partition('"')[0].replace("&amp;", "&")
    page = text(author.client.get(f"/policy/compare?left={link}"))
    assert "12 months" in page
    assert "6 months" in page
    assert "Age at request" not in page
    assert "Age at request" in text(author.client.get(f"/policy/compare?left={link}&show=all"))


def test_another_councils_published_edition_lies_beside_ones_own_and_its_drafts_never(
    author: Hired, sign_in: SignIn, council: Within
) -> None:
    other = sign_in("lancashire", "tenant-administrator")
    secret = begin(other.client, "Secret plans")
    assert change(other.client, secret, 2, **{"contact.words": "Secret words."}).status_code == 303
    page = author.client.get("/policy/compare")
    assert "Secret plans" not in text(page)
    theirs = next(option for option in forms_on(page)[1].fields["right"].options if option.startswith("lancashire:"))
    both = text(author.client.get(f"/policy/compare?left=own:{in_force_of(author.client)}&right={theirs}"))
    assert "Lancashire" in both
    assert "Secret words" not in both
    draft_id = secret.rpartition("/")[2]
    for name in (f"own:{draft_id}", "lancashire:2030-01-01:0", "nobody:2025-01-01:0", "x", f"lancashire:{draft_id}:0"):
        refused = text(author.client.get(f"/policy/compare?left={name}&right={theirs}"))
        assert "cannot be shown" in refused
        assert "Secret" not in refused


def test_what_a_council_that_has_left_published_is_no_longer_offered(
    author: Hired, db_admin: psycopg.Connection
) -> None:
    assert "lancashire:" in text(author.client.get("/policy/compare"))
    db_admin.execute("update tenant set active = false where slug = 'lancashire'")
    assert "lancashire:" not in text(author.client.get("/policy/compare"))


def test_a_draft_that_changed_after_it_was_read_is_not_published_unread(author: Hired, publisher: Hired) -> None:
    draft = shorter(author.client)
    form = form_to(publisher.client.get(f"{draft}/publish"), f"{draft}/publish")
    wrong = send(publisher.client, form, answers(minute_reference=""))
    assert change(author.client, draft, **{"support.longest_months": "3"}).status_code == 303
    assert send(author.client, form_to(author.client.get(draft), f"{draft}/ready")).status_code == 303
    refused = send(publisher.client, form_to(wrong, f"{draft}/publish"), answers())
    assert refused.status_code == 409
    assert "It was changed after you opened it" in text(refused)


def test_a_draft_is_written_by_one_and_published_by_another_and_holds_from_its_day(
    author: Hired, publisher: Hired, council: Within, db_admin: psycopg.Connection
) -> None:
    draft = shorter(author.client)
    assert "9 months" in text(author.client.get(draft))
    published = publish(publisher.client, draft)
    assert published.status_code == 303, text(published)
    with council("leeds"):
        assert edition_on(SOON)[1].terms.support.longest_months == 9
        assert edition_on(SOON - timedelta(days=1))[1].terms.support.longest_months == 6
        db.session.rollback()
    page = text(publisher.client.get("/policy"))
    assert "Coming" in page
    assert "by Mo Manager" in page
    read = text(publisher.client.get(published.headers["Location"]))
    for said in ("A committee: Children and Families Committee", "Minute 27", "EIA 2026/11", "None applied"):
        assert said in read
    done = db_admin.execute(
        "select action, actor from audit_event where subject_id = %s and action not like 'row.%%' order by at",
        (draft.rpartition("/")[2],),
    ).fetchall()
    by_author, by_publisher = f"person:{author.id}", f"person:{publisher.id}"
    assert [row for row in done if "seen" not in row[0]] == [
        ("draft.begun", by_author),
        ("draft.changed", by_author),
        ("draft.handed-over", by_author),
        ("edition.published", by_publisher),
    ]


def test_nobody_publishes_what_they_wrote_even_with_every_right(sign_in: SignIn) -> None:
    both = sign_in("leeds", "tenant-administrator", "service-manager")
    draft = shorter(both.client)
    assert "another person has to publish it" in text(both.client.get(draft))
    refused = publish(both.client, draft)
    assert refused.status_code == 403
    assert "Another person" in text(refused)


def test_whoever_changed_one_word_last_is_an_author_too(author: Hired, sign_in: SignIn) -> None:
    draft = shorter(author.client)
    second = sign_in("leeds", "tenant-administrator", "service-manager")
    assert change(second.client, draft, 2, **{"contact.words": "Write to us."}).status_code == 303
    assert send(second.client, form_to(second.client.get(draft), f"{draft}/ready")).status_code == 303
    assert publish(second.client, draft).status_code == 403


@pytest.mark.parametrize("role", ["team-administrator", "home-visitor", "panel-chair", "auditor", "volunteer"])
def test_others_read_the_policy_and_neither_draft_nor_publish(role: str, author: Hired, sign_in: SignIn) -> None:
    draft = shorter(author.client)
    other = sign_in("leeds", role).client
    assert other.get("/policy").status_code == 200
    for address in ("/policy/drafts", f"{draft}/terms/{SUPPORT}", f"{draft}/publish"):
        assert other.get(address).status_code == 403, address


def test_a_manager_publishes_and_does_not_draft(publisher: Hired) -> None:
    assert publisher.client.get("/policy/drafts").status_code == 403


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


def test_everything_that_publishing_asks_is_asked(author: Hired, publisher: Hired) -> None:
    draft = shorter(author.client)
    empty = dict.fromkeys(answers(), "")
    page = text(publish(publisher.client, draft, empty))
    for name in ("effective_from", "decided_body", "decided_by", "decided_on", "minute_reference", "call_in",
                 "equality_assessment", "source", "local_offer", "kind"):  # fmt: skip
        assert f'href="#{name}"' in page, name
    later = answers(call_in="ends", local_offer="later", kind="correction", source_address="nowhere")
    page = text(publish(publisher.client, draft, later))
    for name in ("call_in_ends_on", "local_offer_on", "corrects", "correction_reason", "source_address"):
        assert f'href="#{name}"' in page, name


@pytest.mark.parametrize("days", [0, -400])
def test_a_day_that_is_not_in_the_future_is_refused_at_its_field(days: int, author: Hired, publisher: Hired) -> None:
    draft = shorter(author.client)
    refused = publish(publisher.client, draft, answers(TODAY + timedelta(days=days)))
    assert refused.status_code == 422
    assert "An edition holds from a day in the future" in text(refused)
    assert 'value="Minute 27"' in text(refused)


def test_two_who_publish_at_once_one_wins_and_the_other_is_told(
    author: Hired, publisher: Hired, sign_in: SignIn
) -> None:
    draft = shorter(author.client)
    second = sign_in("leeds", "service-manager").client
    form = form_to(second.get(f"{draft}/publish"), f"{draft}/publish")
    assert publish(publisher.client, draft).status_code == 303
    told = send(second, form, answers())
    assert told.status_code == 409
    assert "Somebody published this draft" in text(told)


def test_a_correction_lists_every_request_that_it_touches_and_none_changes(
    author: Hired, publisher: Hired, accepted_of: AcceptedOf, council: Within, db_admin: psycopg.Connection
) -> None:
    case = accepted_of("leeds", received_on=TODAY)
    before = edition_of(db_admin, case)
    draft = shorter(author.client)
    values = answers(date(2025, 10, 1), kind="correction", corrects=in_force_of(author.client),
                     correction_reason="Six was a slip of the pen.")  # fmt: skip
    listed = publish(publisher.client, draft, values)
    assert listed.status_code == 422
    reference = db_admin.execute("select reference from referral where id = %s", (case.referral_id,)).fetchone()
    assert reference is not None
    assert reference[0] in text(listed)
    form = form_to(listed, f"{draft}/publish")
    accepted_of("leeds", received_on=TODAY)
    changed = send(publisher.client, form, {"seen": "yes"})
    assert changed.status_code == 422
    assert "The list of cases changed" in text(changed)
    done = send(publisher.client, form_to(changed, f"{draft}/publish"), {"seen": "yes"})
    assert done.status_code == 303, text(done)
    assert edition_of(db_admin, case) == before
    page = text(publisher.client.get("/policy"))
    assert "This edition corrects an earlier one: Six was a slip of the pen." in page
    assert "9 months" in page


def edition_of(db_admin: psycopg.Connection, case: Accepted) -> object:
    return db_admin.execute("select edition_id, outcome from referral where id = %s", (case.referral_id,)).fetchone()


def test_whom_a_choice_touches_is_listed_before_it_is_made_with_a_letter_for_each(
    author: Hired, publisher: Hired, accepted_of: AcceptedOf, council: Within, db_admin: psycopg.Connection
) -> None:
    case = accepted_of("leeds", received_on=BEFORE)
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    draft = shorter(author.client)
    sent = db_admin.execute("select count(*) from message where recipient_kind <> 'person'").fetchone()
    page = publisher.client.get(f"{draft}/publish")
    assert "Longest support in months: move 1 child who waits" in text(page)
    address = f"/policy/editions/{draft.rpartition('/')[2]}/letters/{entry_id}"
    assert f"{address}?move=support.longest_months" in text(page)
    letter = text(publisher.client.get(f"{address}?move=support.longest_months"))
    assert "Kit Canarychild" in letter
    assert "until now 12 months; from then on 9 months" in letter
    assert publish(publisher.client, draft, answers(waiting_moves=["support.longest_months"])).status_code == 303
    assert db_admin.execute("select count(*) from message where recipient_kind <> 'person'").fetchone() == sent
    moved = db_admin.execute("select waiting_moves from policy_edition where status = 'published' and "
                             "jsonb_array_length(waiting_moves) > 0").fetchall()  # fmt: skip
    assert moved == [(["support.longest_months"],)]
    assert "9 months" in text(publisher.client.get(address))


def test_an_administrator_sees_references_and_opens_no_familys_letter(
    author: Hired, sign_in: SignIn, accepted_of: AcceptedOf, council: Within
) -> None:
    case = accepted_of("leeds", received_on=BEFORE)
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    draft = shorter(author.client)
    other = sign_in("leeds", "tenant-administrator").client
    page = text(other.get(f"{draft}/publish"))
    assert "move 1 child who waits" in page
    assert "Canarychild" not in page
    address = f"/policy/editions/{draft.rpartition('/')[2]}/letters/{entry_id}"
    assert other.get(f"{address}?move=support.longest_months").status_code == 403


def test_a_choice_that_nobody_offered_is_refused(author: Hired, publisher: Hired) -> None:
    draft = shorter(author.client)
    refused = publish(publisher.client, draft, answers(waiting_moves=["eligibility.age_months_max"]))
    assert refused.status_code == 422
    assert "Choose from the terms that are listed." in text(refused)


def test_one_whose_day_has_not_come_is_withdrawn_with_a_reason(author: Hired, publisher: Hired) -> None:
    draft = shorter(author.client)
    assert publish(publisher.client, draft).status_code == 303
    address = f"/policy/editions/{draft.rpartition('/')[2]}/withdraw"
    assert address in text(publisher.client.get("/policy"))
    assert send(publisher.client, form_to(publisher.client.get(address), address)).status_code == 422
    done = send(publisher.client, form_to(publisher.client.get(address), address), {"reason": "The figure is wrong."})
    assert done.status_code == 303
    page = text(author.client.get("/policy"))
    assert "by Mo Manager: The figure is wrong." in page


def test_one_that_holds_is_not_withdrawn(publisher: Hired, author: Hired) -> None:
    address = f"/policy/editions/{in_force_of(author.client)}/withdraw"
    page = publisher.client.get(address)
    assert "is followed by a correcting edition" in text(page)
    refused = send(publisher.client, form_to(page, address), {"reason": "No."})
    assert refused.status_code == 409


def test_those_who_may_publish_hear_of_it_by_a_mail_that_holds_nothing(
    author: Hired, publisher: Hired, db_admin: psycopg.Connection
) -> None:
    draft = shorter(author.client)
    told = db_admin.execute(
        "select kind, reference, referral_id, child_id from message where recipient_id = %s", (publisher.id,)
    ).fetchall()
    assert [row[0] for row in told] == ["draft"]
    assert told[0][1].startswith("policy draft ")
    assert told[0][2:] == (None, None)
    assert db_admin.execute("select count(*) from message where recipient_id = %s", (author.id,)).fetchone() == (0,)
    assert "A draft of the policy is ready for a second person." in text(publisher.client.get("/today"))
    assert publish(publisher.client, draft).status_code == 303
    assert "ready for a second person" not in text(publisher.client.get("/today"))


def test_a_draft_that_is_put_away_stays_in_the_history(author: Hired) -> None:
    draft = begin(author.client)
    done = send(author.client, form_to(author.client.get(draft), f"{draft}/give-up"), {"reason": "Not needed."})
    assert done.status_code == 303
    assert "Put away" in text(author.client.get("/policy"))
    assert author.client.get(draft).status_code == 303


def test_the_undated_page_waits_for_a_date_and_gets_one_when_it_is_published(publisher: Hired, author: Hired) -> None:
    page = text(author.client.get("/policy"))
    waiting = page[: page.index("Waiting for a date")].rpartition('href="')[2][: len("/policy/drafts/") + 36]
    published = publish(publisher.client, waiting)
    assert published.status_code == 303, text(published)
    assert "Waiting for a date" not in text(author.client.get("/policy"))


def test_no_council_opens_drafts_of_another(author: Hired, sign_in: SignIn) -> None:
    other = sign_in("lancashire", "tenant-administrator", "service-manager").client
    draft = shorter(author.client)
    for address in (draft, f"{draft}/terms/1", f"{draft}/publish", f"/policy?edition={draft.rpartition('/')[2]}"):
        assert other.get(address).status_code == 404, address
