"""Which edition gives a child's support: that of the request, unless the policy or a publisher chose another."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from portage.core import clock
from portage.core.db import db
from portage.core.identity import Actor
from portage.editions.drafting import ChangeTerms, NewDraft, change_terms, hand_over, start_draft, state_of
from portage.editions.operations import edition_on
from portage.editions.publishing import Approval, Correction, Publication, publish
from portage.support.models import Episode
from portage.support.operations import Allocate, allocate
from support.episodes import (
    Accepted,
    AcceptedOf,
    Council,
    SignIn,
    SupportedOf,
    actor,
    done,
    episode,
    put_on_list,
    visit_on,
)
from support.people import hire

BEFORE = date(2025, 9, 30)  # the last day of the edition with twelve months; six are in force since
TODAY = clock.today()
SOON = TODAY + timedelta(days=30)
Chosen = Callable[[str], None]


@pytest.fixture
def chosen_by(db_admin: psycopg.Connection, shipped: dict[str, object]) -> Chosen:
    """Let every edition of a shipped council say which day chooses the longest support."""

    def say(day: str) -> None:
        db_admin.execute("set session_replication_role = replica")  # no edition was ever published like this
        db_admin.execute(
            "update policy_edition set version = version + length(%(day)s), "
            "terms = jsonb_set(terms::jsonb, '{support,longest_chosen_by}', to_jsonb(%(day)s::text))::json "
            "where tenant_id = %(tenant)s",
            {"day": day, "tenant": shipped["leeds"]},
        )

    return say


def of_episode(opened: Episode) -> tuple[int | None, dict[str, str]]:
    return opened.longest_months, {path: given["because"] for path, given in opened.terms_from.items()}


def test_the_day_of_the_request_chooses_unless_the_policy_says_otherwise(
    supported_of: SupportedOf, council: Council
) -> None:
    case = supported_of("leeds", received_on=BEFORE)
    with council("leeds"):
        assert of_episode(episode(case.episode_id)) == (12, {})


def test_the_day_of_the_decision_chooses_where_the_policy_says_so(
    supported_of: SupportedOf, council: Council, chosen_by: Chosen
) -> None:
    chosen_by("decision")
    case = supported_of("leeds", received_on=BEFORE)
    with council("leeds"):
        assert of_episode(episode(case.episode_id)) == (6, {"support.longest_months": "decision"})


def test_the_first_home_visit_chooses_where_the_policy_says_so_and_a_corrected_record_chooses_anew(
    supported_of: SupportedOf, council: Council, chosen_by: Chosen
) -> None:
    chosen_by("first-visit")
    case = supported_of("leeds", received_on=BEFORE)
    with council("leeds"):
        assert of_episode(episode(case.episode_id)) == (6, {"support.longest_months": "first-visit"})
        shorter = published(3, effective_from=SOON)
        visit_id = visit_on(case, SOON)
        db.session.commit()
    with council("leeds"):
        with clock.frozen(clock.now() + timedelta(days=31)):
            done(case, visit_id, SOON)
        opened = episode(case.episode_id)
        assert of_episode(opened) == (3, {"support.longest_months": "first-visit"})
        assert opened.terms_from["support.longest_months"]["edition"] == str(shorter)


def published(months: int, *, effective_from: date, moves: tuple[str, ...] = (), corrects: bool = False) -> object:
    """Publish an edition with another longest support; the council is in scope."""
    people = []
    for _ in range(2):
        person, _identity = hire("service-manager")
        people.append(Actor(person.id, f"person:{person.id}"))
    author, publisher = people
    copied = edition_on(TODAY)[1].id
    assert copied is not None
    draft = start_draft(NewDraft(copied, "Draft"), by=author, at=clock.now())
    support = {**draft.terms["support"], "longest_months": months, "visit_minutes": 45}
    change_terms(draft.id, ChangeTerms("support", support, {}, state_of(draft, "support")), by=author, at=clock.now())
    hand_over(draft.id, by=author, at=clock.now())
    asked = Publication(
        effective_from, "Leaflet", None, Approval("officer", "Director", TODAY, "D 1", None, "EIA 1"), "updated", None,
        draft.version, moves,
    )  # fmt: skip
    if corrects:
        asked = replace(asked, correction=Correction(copied, "A mistake."))
    return publish(draft.id, asked, by=publisher, at=clock.now()).id


def opened_on(case: Accepted, day: date, visitor: object, council: Council) -> tuple[int | None, dict[str, str]]:
    with council("leeds"):
        entry_id = put_on_list(case)
        opened = allocate(entry_id, Allocate(visitor, day), by=actor(case.manager), at=clock.now())  # type: ignore[arg-type]  # an id
        return of_episode(opened)


@pytest.mark.parametrize(
    ("moves", "day", "expected"),
    [
        ((), SOON, (12, {})),
        (("support.longest_months",), SOON, (4, {"support.longest_months": "moved"})),
        (("support.longest_months",), SOON - timedelta(days=1), (12, {})),
        (("support.visit_minutes",), SOON, (12, {"support.visit_minutes": "moved"})),
    ],
)
def test_who_waits_stays_under_the_old_edition_except_in_the_terms_that_its_publisher_moved(
    moves: tuple[str, ...],
    day: date,
    expected: tuple[int, dict[str, str]],
    accepted_of: AcceptedOf,
    council: Council,
    sign_in: SignIn,
) -> None:
    case = accepted_of("leeds", received_on=BEFORE)
    visitor = sign_in("leeds", "home-visitor")
    with council("leeds"):
        published(4, effective_from=SOON, moves=moves)
        db.session.commit()
    assert opened_on(case, day, visitor.id, council) == expected


def test_a_child_who_joins_the_list_after_the_day_is_not_moved(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn
) -> None:
    case = accepted_of("leeds", received_on=BEFORE)
    visitor = sign_in("leeds", "home-visitor")
    with council("leeds"):
        published(4, effective_from=SOON, moves=("support.longest_months",))
        db.session.commit()
    with clock.frozen(clock.now() + timedelta(days=31)):
        assert opened_on(case, clock.today(), visitor.id, council) == (12, {})


def test_a_correction_moves_who_waits_on_the_day_that_it_was_published(
    accepted_of: AcceptedOf, council: Council, sign_in: SignIn
) -> None:
    case = accepted_of("leeds", received_on=BEFORE)
    visitor = sign_in("leeds", "home-visitor")
    with council("leeds"):
        published(5, effective_from=date(2025, 10, 1), moves=("support.longest_months",), corrects=True)
        db.session.commit()
    assert opened_on(case, TODAY, visitor.id, council) == (5, {"support.longest_months": "moved"})
