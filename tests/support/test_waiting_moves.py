"""Moving a child on the waiting list, clocks while a family waits, and the forecast of a child's turn (LAN-11)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from portage.core import clock as service_clock
from portage.core.db import db
from portage.core.identity import NOBODY
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.editions.folders import TenantPolicy, read_tenant_policy
from portage.editions.operations import load_editions
from portage.messages.models import Alert, Message
from portage.policy import describe, policy_named
from portage.referrals.models import Referral
from portage.support.forecast import Free, Load, likely_starts, places
from portage.support.models import Episode, VisitorProfile, WaitingEntry, WaitingMove
from portage.support.next_for_family import while_they_wait
from portage.support.operations import (
    Leaving,
    NewContact,
    PriorityNote,
    entry_here,
    leave_list,
    record_contact,
    remind_of_contacts,
    write_note,
)
from portage.support.operations.waiting import forget_moves
from support.episodes import AcceptedOf, Council, SignIn, SupportedOf, accepted_of, actor, put_on_list, supported_of
from support.forms import form_to, send
from support.later_age import look_at_the_age_again
from support.people import Hired
from support.policies import TENANTS

__all__ = ["accepted_of", "supported_of"]
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


@pytest.fixture
def three(accepted_of: AcceptedOf, council: Council) -> tuple[Hired, list[UUID]]:
    """Three children who wait, the first asked for first, and their manager."""
    manager, places = None, []
    for number, name in enumerate(("Ada", "Bea", "Cem")):
        with service_clock.frozen(AT.replace(day=3 + number)):
            case = accepted_of("lancashire", given_name=name, manager=manager)
            manager = case.manager
            with council("lancashire"):
                places.append(put_on_list(case))
                db.session.commit()
    assert manager is not None
    return manager, places


def names_on(page: str) -> list[str]:
    """The three children in the order of the page."""
    return sorted(("Ada", "Bea", "Cem"), key=lambda name: page.index(f"{name} Canarychild"))


def move(manager: Hired, entry: UUID, before: UUID | str, reason: str = "A place in May.", **sent: str) -> Any:
    """Send the form that moves a child."""
    page = manager.client.get(f"/waiting-list/{entry}")
    form = form_to(page, f"/waiting-list/{entry}/move")
    return send(manager.client, form, {"before": str(before), "why": reason, **sent})


def test_an_order_that_no_source_states_is_a_term_shown_as_an_assumption_lan_11(
    three: tuple[Hired, list[UUID]],
) -> None:
    manager, _ = three
    page = manager.client.get("/waiting-list").get_data(as_text=True)
    assert names_on(page) == ["Ada", "Bea", "Cem"]
    assert "Who comes first is an assumption." in page
    assert "The page leaves the order of the waiting list to the Lancashire Portage Protocol" in page
    assert page.count("not among our sources") == 1
    assert "Third: asked on 5 March 2026; two asked earlier." in page
    policy = " ".join(manager.client.get("/policy").get_data(as_text=True).split())
    assert "The page leaves the order of the waiting list to the Lancashire Portage Protocol" in policy
    edition = read_tenant_policy("lancashire", TENANTS).published[-1]
    assert edition.given["terms"]["waiting_list"]["order"] == ["date"]
    assert edition.assumed("waiting_list.order")


@pytest.mark.parametrize("slug", sorted(each.name for each in TENANTS.iterdir() if each.is_dir()))
def test_every_councils_order_is_a_term_that_is_assumed_until_its_documents_say_lan_11(slug: str) -> None:
    told = read_tenant_policy(slug, TENANTS)
    for edition in told.editions:
        stated = told.policy.arrangements(edition.terms).waiting_list
        assert stated is not None
        assert stated.order == ("date",)
        assert edition.assumed("waiting_list.order")
        assert edition.assumed("waiting_list.too_old")
        said = {line.text for part in describe(told.policy, edition) for line in part.lines}
        assert edition.assumed("waiting_list.order") in said


def test_where_the_policy_is_silent_the_first_request_comes_first_and_that_is_said(
    accepted_of: AcceptedOf, council: Council
) -> None:
    """Every council here states an order; a policy need not."""
    case = accepted_of("leeds")
    with council("leeds"):
        put_on_list(case)
        silent("leeds")
        db.session.commit()
    assert "The policy does not say who comes first." in case.manager.client.get("/waiting-list").get_data(as_text=True)


def test_a_manager_moves_a_child_with_a_reason_and_undoes_it_lan_11(three: tuple[Hired, list[UUID]]) -> None:
    manager, (first, _, last) = three
    assert move(manager, last, first, reason="").status_code == 422
    assert move(manager, last, first).status_code == 303
    page = manager.client.get("/waiting-list").get_data(as_text=True)
    assert names_on(page) == ["Cem", "Ada", "Bea"]
    assert "First: moved here by a person; third by the policy alone." in page
    assert "Moved by Ines Manager on 2 Mar 2026" in page
    assert "A place in May." in page
    assert "one was put ahead by a person" in page
    place = manager.client.get(f"/waiting-list/{last}")
    assert send(manager.client, form_to(place, f"/waiting-list/{last}/move/undo"), {}).status_code == 303
    page = manager.client.get("/waiting-list").get_data(as_text=True)
    assert names_on(page) == ["Ada", "Bea", "Cem"]
    assert "A place in May." not in page
    history = manager.client.get(f"/waiting-list/{last}").get_data(as_text=True)
    assert "A place in May." in history
    assert "undone on 2 March 2026" in history


def test_undoing_the_second_move_brings_the_first_back(three: tuple[Hired, list[UUID]], council: Council) -> None:
    manager, (first, second, last) = three
    move(manager, last, second)
    move(manager, last, first)
    place = manager.client.get(f"/waiting-list/{last}")
    send(manager.client, form_to(place, f"/waiting-list/{last}/move/undo"), {})
    assert names_on(manager.client.get("/waiting-list").get_data(as_text=True)) == ["Ada", "Cem", "Bea"]
    with council("lancashire"):
        assert sorted(row.in_force for row in db.session.scalars(scoped(WaitingMove))) == [False, True]


def test_a_move_on_an_old_page_is_refused_and_keeps_what_a_colleague_did(three: tuple[Hired, list[UUID]]) -> None:
    manager, (first, second, last) = three
    old = form_to(manager.client.get(f"/waiting-list/{last}"), f"/waiting-list/{last}/move")
    move(manager, last, first)
    late = send(manager.client, old, {"before": str(second), "why": "Another.", "_key": str(new_id())})
    assert late.status_code == 409
    assert names_on(manager.client.get("/waiting-list").get_data(as_text=True)) == ["Cem", "Ada", "Bea"]


def test_a_child_who_has_the_place_already_or_a_place_that_is_gone_is_said(three: tuple[Hired, list[UUID]]) -> None:
    manager, (first, second, last) = three
    assert "has this place already" in move(manager, second, last).get_data(as_text=True)
    assert "behind everybody" in manager.client.get(f"/waiting-list/{first}").get_data(as_text=True)
    assert move(manager, first, "last").status_code == 303
    assert names_on(manager.client.get("/waiting-list").get_data(as_text=True)) == ["Bea", "Cem", "Ada"]
    assert "not on the waiting list any more" in move(manager, second, new_id()).get_data(as_text=True)


def test_why_a_child_was_moved_is_read_by_managers_of_the_childs_area_alone(
    three: tuple[Hired, list[UUID]], sign_in: SignIn
) -> None:
    manager, (first, _, last) = three
    move(manager, last, first, reason="For a reason that is in the record.")
    elsewhere = sign_in("lancashire", "service-manager", areas=["north"])
    page = elsewhere.client.get("/waiting-list?area=all").get_data(as_text=True)
    assert "Moved by Ines Manager" in page
    assert "For a reason that is in the record." not in page


def test_a_child_who_joins_anew_comes_by_the_policys_order(three: tuple[Hired, list[UUID]], council: Council) -> None:
    manager, (first, _, last) = three
    move(manager, last, first)
    with council("lancashire"):
        forget_moves(last)
        db.session.commit()
    assert names_on(manager.client.get("/waiting-list").get_data(as_text=True)) == ["Ada", "Bea", "Cem"]


def stated(slug: str, **waiting: Any) -> None:
    """Bring in an edition that states a waiting list; the council is in scope, the caller commits."""
    policy = policy_named("standard")
    given = dict(read_tenant_policy(slug, TENANTS).published[-1].given)
    terms = {**given["terms"], "waiting_list": {"order": ["date"], "too_old": "a-person-decides", **waiting}}
    edition = policy.edition(slug, {**given, "terms": terms, "effective_from": date(2026, 1, 15)})
    load_editions(TenantPolicy(slug, policy, (edition,)))


def silent(slug: str) -> None:
    """Bring in an edition that says nothing of a waiting list; the council is in scope, the caller commits."""
    told = read_tenant_policy(slug, TENANTS)
    given = dict(told.published[-1].given)
    terms = {name: each for name, each in given["terms"].items() if name != "waiting_list"}
    assumptions = [each for each in given["assumptions"] if not each["term"].startswith("waiting_list")]
    changed = {"terms": terms, "assumptions": assumptions, "effective_from": date(2026, 1, 15)}
    load_editions(TenantPolicy(slug, told.policy, (told.policy.edition(slug, {**given, **changed}),)))


def test_where_the_policy_asks_for_it_somebody_gets_in_touch_while_a_family_waits(
    accepted_of: AcceptedOf, council: Council, clock: Callable[[datetime], None], sign_in: SignIn
) -> None:
    with council("hampshire"):
        stated("hampshire", monitoring_weeks=6)
        db.session.commit()
    case = accepted_of("hampshire")
    with council("hampshire"):
        entry_id = put_on_list(case)
        db.session.commit()
    client, path = case.manager.client, f"/waiting-list/{entry_id}/contact"
    assert "13 Apr 2026" in client.get("/waiting-list").get_data(as_text=True)
    clock(datetime(2026, 4, 20, 9, tzinfo=UTC))
    client = sign_in("hampshire", "service-manager").client
    assert "Overdue since 13 Apr 2026" in client.get("/waiting-list").get_data(as_text=True)
    page = client.get(f"/waiting-list/{entry_id}")
    day = {"made_on-day": "20", "made_on-month": "4", "made_on-year": "2026"}
    assert send(client, form_to(page, path), {**day, "how": "telephone", "news": ""}).status_code == 422
    answer = send(client, form_to(page, path), {**day, "how": "telephone", "news": "All well.", "_key": str(new_id())})
    assert answer.status_code == 303
    assert "All well." in client.get(f"/waiting-list/{entry_id}").get_data(as_text=True)
    assert "1 Jun 2026" in client.get("/waiting-list").get_data(as_text=True)


def test_a_contact_that_is_overdue_raises_one_alert_that_settles_itself(
    accepted_of: AcceptedOf, council: Council
) -> None:
    with council("hampshire"):
        stated("hampshire", monitoring_weeks=6)
        db.session.commit()
    case = accepted_of("hampshire")
    with council("hampshire"):
        entry_id = put_on_list(case)
        db.session.commit()
    other = accepted_of("hampshire", given_name="Bea", manager=case.manager)
    with council("hampshire"):
        gone_id = put_on_list(other)
        write_note(entry_id, PriorityNote("A plan that few may know of.", entry_here(entry_id).version))
        assert remind_of_contacts(date(2026, 4, 13)) == 0, "the last day is still in time"
        assert remind_of_contacts(date(2026, 4, 14)) == 2
        assert remind_of_contacts(date(2026, 4, 20)) == 0, "one that stands is not raised again"
        db.session.commit()
        late = standing("waiting-contact")
        reference = db.session.scalars(scoped(Referral).where(Referral.id == case.referral_id)).one().reference
        assert late[f"/waiting-list/{entry_id}"] == (
            f"{reference}: getting in touch while the family waits was due on 13 April 2026."
        )
        assert "Canarychild" not in str(late)
        assert "plan" not in str(late)
        mails = db.session.scalars(scoped(Message).where(Message.kind == "clock", Message.child_id == case.child_id))
        assert [each.recipient_id for each in mails] == [case.manager.id]
        contact = NewContact(date(2026, 4, 20), "telephone", "All well.")
        record_contact(entry_id, contact, by=actor(case.manager), on=date(2026, 4, 20))
        assert [*standing("waiting-contact")] == [f"/waiting-list/{gone_id}"]
        leaving = Leaving("They moved away.", entry_here(gone_id).version)
        leave_list(gone_id, leaving, by=actor(case.manager), at=AT + timedelta(weeks=7))
        assert standing("waiting-contact") == {}
        assert remind_of_contacts(date(2026, 6, 2)) == 1, "six weeks after the contact"


def test_a_manager_sees_the_alert_until_somebody_has_been_in_touch(
    accepted_of: AcceptedOf, council: Council, clock: Callable[[datetime], None], sign_in: SignIn
) -> None:
    with council("hampshire"):
        stated("hampshire", monitoring_weeks=6)
        db.session.commit()
    case = accepted_of("hampshire")
    with council("hampshire"):
        entry_id = put_on_list(case)
        db.session.commit()
        remind_of_contacts(date(2026, 4, 20))
        db.session.commit()
    clock(datetime(2026, 4, 20, 9, tzinfo=UTC))
    client = sign_in("hampshire", "service-manager").client
    words = "getting in touch while the family waits was due on 13 April 2026."
    page = client.get("/today")
    assert words in page.get_data(as_text=True)
    with council("hampshire"):
        alert_id = db.session.scalars(scoped(Alert).where(Alert.kind == "waiting-contact")).one().id
    send(client, form_to(page, f"/alerts/{alert_id}/seen"), {})
    assert words in client.get("/today").get_data(as_text=True), "who only looked has not been in touch"
    page, path = client.get(f"/waiting-list/{entry_id}"), f"/waiting-list/{entry_id}/contact"
    day = {"made_on-day": "20", "made_on-month": "4", "made_on-year": "2026"}
    send(client, form_to(page, path), {**day, "how": "telephone", "news": "All well."})
    assert words not in client.get("/today").get_data(as_text=True)


def standing(kind: str) -> dict[str, str]:
    """The alerts of a kind that nobody settled: where each leads, and what it says."""
    rows = db.session.scalars(scoped(Alert).where(Alert.kind == kind, Alert.seen_at.is_(None)))
    return {row.path: row.sentence for row in rows}


def test_a_council_whose_policy_does_not_ask_for_it_has_no_form_for_a_contact(three: tuple[Hired, list[UUID]]) -> None:
    manager, (first, *_) = three
    assert "Getting in touch while" not in manager.client.get(f"/waiting-list/{first}").get_data(as_text=True)


def test_what_suits_a_family_is_kept(three: tuple[Hired, list[UUID]], council: Council) -> None:
    manager, (first, *_) = three
    page = manager.client.get(f"/waiting-list/{first}")
    form = form_to(page, f"/waiting-list/{first}/wishes")
    assert send(manager.client, form, {"half_days": ["tue-am", "mon-pm"]}).status_code == 303
    with council("lancashire"):
        entry = db.session.scalars(scoped(WaitingEntry).where(WaitingEntry.id == first)).one()
        assert entry.half_days == ["mon-pm", "tue-am"]


def test_a_turn_comes_by_free_places_and_known_ends_where_the_age_counts(
    accepted_of: AcceptedOf, supported_of: SupportedOf, council: Council
) -> None:
    with council("hampshire"):
        look_at_the_age_again("hampshire", "support")
        db.session.commit()
    running = supported_of("hampshire")
    case = accepted_of("hampshire", born=date(2022, 2, 20), manager=running.manager)  # school from 31 March 2027
    with council("hampshire"):
        put_on_list(case)
        db.session.add(VisitorProfile(person_id=running.visitor.id, most_children=1))
        db.session.commit()
    page = case.manager.client.get("/waiting-list").get_data(as_text=True)
    assert "No end of support is known that would free a place" in page
    assert "Too old before a place: 31 Mar 2027" in page
    with council("hampshire"):
        db.session.execute(update(Episode).values(limit_on=date(2026, 9, 1)))
        db.session.commit()
    page = case.manager.client.get("/waiting-list").get_data(as_text=True)
    assert "Likely start 1 Sep 2026" in page
    assert "Too old before" not in page
    with council("hampshire"):
        db.session.execute(update(Episode).values(limit_on=date(2027, 5, 1)))
        db.session.commit()
    assert "Too old before a place" in case.manager.client.get("/waiting-list").get_data(as_text=True)
    with council("hampshire"):
        db.session.execute(update(VisitorProfile).values(most_children=2))
        db.session.commit()
    assert "A place is free" in case.manager.client.get("/waiting-list").get_data(as_text=True)


def test_the_forecast_counts_places_by_area_and_an_overfull_visitor_gives_none() -> None:
    today, may, june = date(2026, 3, 2), date(2026, 5, 1), date(2026, 6, 1)
    east, north = new_id(), new_id()
    free = places(
        [
            Load(new_id(), frozenset({east}), children=3, capacity=2, ends_on=(june, may)),
            Load(new_id(), frozenset(), children=1, capacity=None, ends_on=(date(2026, 1, 1),)),
        ],
        on=today,
    )
    assert free == [Free(today, frozenset()), Free(june, frozenset({east}))]
    children = [new_id() for _ in range(4)]
    areas = [east, north, east, None]
    assert likely_starts([*zip(children, areas, strict=True)], free) == {
        children[0]: today, children[1]: None, children[2]: june, children[3]: None,
    }  # fmt: skip


def test_a_family_reads_what_happens_next_and_never_a_rank(
    three: tuple[Hired, list[UUID]], council: Council, app: Flask
) -> None:
    _, (first, *_) = three
    with council("lancashire"):
        entry = db.session.scalars(scoped(WaitingEntry).where(WaitingEntry.id == first)).one()
        section = while_they_wait(NOBODY, entry.referral_id)
    assert section is not None
    said = " ".join(each.text for each in section.entries)
    assert "Next, we look for a Portage home visitor with a place for your child." in said
    assert "We cannot promise a day." in said
    for rank in ("First", "irst:", "earlier", "Second", "Third", "1", "2", "3"):
        assert rank not in said
