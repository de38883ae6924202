""" "Suggest" and the profiles of visitors: off by default, explained line by line, accepted by a manager (LAN-05)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from portage.core.access import Role
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.families.models import Caseload
from portage.support.models import AllocationChoice, Episode, VisitorProfile
from portage.support.suggesting import Family, Visitor, propose, way
from portage.support.visitors import Candidate
from support.episodes import (
    AcceptedOf,
    Council,
    SignIn,
    SupportedOf,
    accepted_of,
    done,
    put_on_list,
    supported_of,
    visit_on,
)
from support.forms import form_to, send
from support.people import Hired

__all__ = ["accepted_of", "supported_of"]
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
EAST, NORTH = UUID(int=1), UUID(int=2)


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file begins on 2 March 2026."""
    clock(AT)


def visitor(name: str, *, places: int = 1, children: int = 0, **known: Any) -> Visitor:
    """An invented home visitor of East with so many free places."""
    who = Candidate(
        id=new_id(), name=name, roles=frozenset({Role.HOME_VISITOR}), area_ids=frozenset({EAST}), areas="East",
        trained=True, children=children, most_children=children + places,
    )  # fmt: skip
    return Visitor(replace(who, **known))


def family(name: str, **known: Any) -> Family:
    """An invented family of East."""
    return replace(Family(new_id(), name, EAST), **known)


def test_the_line_says_why_this_visitor_and_who_is_next_best() -> None:
    signs = visitor("Vera", skills=frozenset({"Makaton"}), half_days=("tue-am", "wed-am"), district="AB1")
    other = visitor("Una", half_days=("tue-am",), district="AB9")
    asks = family("Kit", skills=frozenset({"Makaton"}), half_days=("tue-am", "wed-am"), district="AB1")
    (line,) = propose([asks], [other, signs])
    assert line.visitor is not None
    assert line.visitor.name == "Vera"
    assert line.because == (
        "works for East", "has Makaton", "both can on Tuesday morning, Wednesday morning",
        "sets out from AB1, where the family lives", "has 0 of 1 children",
    )  # fmt: skip
    assert line.next_best == (
        "Next best: Una, who does not have Makaton, sets out from farther away, has fewer half days in common."
    )


def test_a_visitor_who_knows_the_family_comes_first_and_skills_weigh_more() -> None:
    known, signs = visitor("Vera"), visitor("Una", skills=frozenset({"Makaton"}))
    (line,) = propose([family("Kit", known_to=frozenset({known.who.id}))], [signs, known])
    assert line.visitor == known.who
    assert "knows the family from before" in line.because
    (line,) = propose(
        [family("Kit", known_to=frozenset({known.who.id}), skills=frozenset({"Makaton"}))], [signs, known]
    )
    assert line.visitor == signs.who


def test_the_head_of_the_list_is_placed_first_and_who_is_passed_over_is_told_why() -> None:
    only = visitor("Vera", district="AB1")
    first, second = family("Ada"), family("Bea", district="AB1", known_to=frozenset({only.who.id}))
    lines = propose([first, second], [only])
    assert [line.visitor and line.visitor.name for line in lines] == ["Vera", None]
    assert lines[1].because[0].startswith("Passed over: the free places of the one visitor who could come are needed")


def test_an_earlier_child_may_go_elsewhere_so_that_a_later_one_is_placed_too() -> None:
    only_tuesday, any_day = visitor("Tina", half_days=("tue-am",)), visitor("Vera", half_days=("mon-am", "tue-am"))
    lines = propose(
        [
            family("Ada", half_days=("tue-am",), known_to=frozenset({any_day.who.id})),
            family("Bea", half_days=("mon-am",)),
        ],
        [only_tuesday, any_day],
    )
    assert [line.visitor and line.visitor.name for line in lines] == ["Tina", "Vera"]
    assert lines[0].instead is not None
    assert lines[0].instead.startswith("Vera would fit this family better (Tina does not know the family")


def test_nobody_who_may_not_or_cannot_come_is_proposed_and_the_words_say_how_many() -> None:
    people = [
        visitor("Far", area_ids=frozenset({NORTH})),
        visitor("Full", places=0, children=3),
        visitor("Never", half_days=("fri-pm",)),
        Visitor(visitor("Una").who, "HR’s check of Una is not marked as current."),
    ]
    (line,) = propose([family("Kit", half_days=("mon-am",))], people)
    assert line.visitor is None
    assert line.because == (
        "Nobody can be proposed: one has no place free; one may not be given a child, or have no capacity written down;"
        " one never works when the family can; one works in another area.",
    )


def test_the_way_is_a_plain_comparison_of_postcode_districts() -> None:
    assert [way("AB1", "AB1"), way("AB1", "AB4"), way("AB1", "CD1"), way(None, "AB1")] == [0, 30, 250, 60]
    assert way("W1A", "W2") == 10


def takes_on(council: Council, person: Hired, slug: str = "lancashire", **known: Any) -> None:
    """Write down what somebody can take on."""
    with council(slug):
        db.session.add(VisitorProfile(person_id=person.id, **known))
        db.session.commit()


def turn_on(sign_in: SignIn, slug: str = "lancashire") -> None:
    """An administrator turns "Suggest" on."""
    administrator = sign_in(slug, "tenant-administrator")
    form = form_to(administrator.client.get("/allocation-choices"), "/allocation-choices")
    assert send(administrator.client, form, {"skills": "Makaton\n Polish ", "suggests": "yes"}).status_code == 303


def test_suggest_is_off_until_an_administrator_turns_it_on(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn
) -> None:
    case = accepted_of("lancashire")
    vera = sign_in("lancashire", "home-visitor", name="Vera Visitor", areas=["east"])
    unchecked = sign_in("lancashire", "home-visitor", name="Una Unchecked", areas=["east"], checked=False)
    for person in (vera, unchecked):
        takes_on(council, person, most_children=2)
    with council("lancashire"):
        entry_id = put_on_list(case)
        db.session.commit()
    client = case.manager.client
    assert client.get("/waiting-list/suggestion").status_code == 404
    assert "/waiting-list/suggestion" not in client.get("/waiting-list").get_data(as_text=True)
    assert client.get("/allocation-choices").status_code == 403
    turn_on(sign_in)
    with council("lancashire"):
        kept = db.session.scalars(scoped(AllocationChoice)).one()
        assert (kept.suggests_since, kept.skills) == (date(2026, 3, 2), ["Makaton", "Polish"])
    assert "/waiting-list/suggestion" in client.get("/waiting-list").get_data(as_text=True)
    page = client.get("/waiting-list/suggestion")
    text = page.get_data(as_text=True)
    assert "Vera Visitor works for Inclusion Service, East area team; has 0 of 2 children." in text
    assert "HR’s check of Una Unchecked is not marked as current." in text
    assert send(client, form_to(page, f"/waiting-list/{entry_id}/accept"), {}).status_code == 303
    with council("lancashire"):
        assert db.session.scalars(scoped(Episode)).one().child_id == case.child_id
        assert db.session.scalars(scoped(Caseload).where(Caseload.kind == "allocated")).one().person_id == vera.id
    assert "No child waits here." in client.get("/waiting-list/suggestion").get_data(as_text=True)


def test_a_manager_writes_down_what_a_visitor_can_take_on_and_sees_the_load(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    turn_on(sign_in, "leeds")
    case = supported_of("leeds")
    with council("leeds"):
        done(case, visit_on(case, date(2026, 3, 2)), date(2026, 3, 2))  # made already, and a visit of this week
        visit_on(case, date(2026, 3, 11))
        db.session.commit()
    client, path = case.manager.client, f"/visitors/{case.visitor.id}"
    form = form_to(client.get(path), path)
    assert send(client, form, {"weekly_hours": "many"}).status_code == 422
    sent = {
        "weekly_hours": "22.5", "half_days": ["mon-am", "wed-am"], "most_children": "1", "most_visits": "4",
        "skills": ["Makaton"], "district": "ls8", "_key": str(new_id()),
    }  # fmt: skip
    assert send(client, form, sent).status_code == 303
    with council("leeds"):
        kept = db.session.scalars(scoped(VisitorProfile)).one()
        assert (kept.weekly_minutes, kept.half_days, kept.skills, kept.district) == (
            1350, ["mon-am", "wed-am"], ["Makaton"], "LS8",
        )  # fmt: skip
    assert send(client, form, {**sent, "_key": str(new_id())}).status_code == 409
    page = client.get("/visitors").get_data(as_text=True)
    assert "1 of 1<br>" in page
    assert page.count(">1 of 4<") == 2
    assert page.count(">0 of 4<") == 4
    assert client.get(f"/visitors/{case.manager.id}").status_code == 404
    assert case.visitor.client.get("/visitors").status_code == 403
    assert sign_in("lancashire", "service-manager").client.get(path).status_code == 404


def test_cover_for_an_absence_is_proposed_and_named_line_by_line(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    case = supported_of("leeds")
    busy = sign_in("leeds", "home-visitor", name="Bea Busy")
    other = supported_of("leeds", given_name="Ada", visitor=busy, manager=case.manager)
    sign_in("leeds", "home-visitor", name="Ned Never", checked=False)
    free = sign_in("leeds", "home-visitor", name="Zoe Zealous")
    with council("leeds"):
        visit_on(case, date(2026, 3, 11))
        visit_on(other, date(2026, 3, 11))
        db.session.commit()
    client, path = case.manager.client, f"/visitors/{case.visitor.id}"
    days = dict(zip(("day", "month", "year"), ("9", "3", "2026"), strict=True))
    away = {f"{name}-{part}": value for name in ("from_on", "until_on") for part, value in days.items()}
    form = form_to(client.get(path), f"{path}/absences")
    assert send(client, form, {**away, "until_on-day": "8"}).status_code == 422
    sent = send(client, form, {**away, "until_on-day": "13", "_key": str(new_id())})
    assert sent.status_code == 303
    page = client.get(sent.headers["Location"])
    text = page.get_data(as_text=True)
    assert "Zoe Zealous</strong> is free at these times, works for the whole council, does not know the child." in text
    assert "Next best: Bea Busy has another visit at the time of one" in text
    assert "Ned Never" not in text
    accept = form_to(page, f"{sent.headers['Location']}/cover")
    refused = send(client, accept, {"person_id": ""})
    assert refused.status_code == 422
    assert 'id="person_id-error"' in refused.get_data(as_text=True), "said beside the line that it is about"
    assert send(client, accept, {"person_id": str(free.id), "_key": str(new_id())}).status_code == 303
    assert "Zoe Zealous covers." in client.get(sent.headers["Location"]).get_data(as_text=True)
    with council("leeds"):
        cover = db.session.scalars(scoped(Caseload).where(Caseload.kind == "cover")).one()
        assert (cover.person_id, cover.from_on, cover.until_on) == (free.id, date(2026, 3, 9), date(2026, 3, 13))
    load = client.get("/visitors").get_data(as_text=True)
    assert "Away 5 days" in load
    end = form_to(client.get(path), f"{sent.headers['Location']}/end")
    assert send(client, end, {}).status_code == 303
    assert client.get(sent.headers["Location"]).status_code == 404
