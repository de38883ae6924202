"""A family reads its next visits in its own space, and can ask for another day; whoever goes there hears of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from messages.test_links import path_in
from portage.accounts.models import RoleGrant
from portage.core.clock import LONDON
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.messages.models import Alert
from portage.visits.models import Visit
from portage.visits.operations.another_day import coming_visits
from reviews.conftest import Visited, reachable
from support.background import WorkOff
from support.episodes import Council, Supported
from support.forms import form_to, send
from support.mailserver import MailServer

ClientOf = Callable[[str], FlaskClient]
Opened = Callable[[Supported], tuple[FlaskClient, str]]
WORDS = "Kit is in hospital that day. Thursdays suit us."


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026; the next visit is on 16 March."""
    clock(datetime(2026, 3, 2, 10, tzinfo=UTC))


@pytest.fixture
def opened_space(council: Council, client_of: ClientOf, work_off: WorkOff, mail_server: MailServer) -> Opened:
    """`opened_space(case)`: the family's browser, and the address of the space that the visitor sent them."""

    def run(case: Supported) -> tuple[FlaskClient, str]:
        with council(case.slug):
            reachable(case)
            db.session.commit()
        page = f"/episodes/{case.episode_id}/own-space"
        assert page in case.visitor.client.get(f"/episodes/{case.episode_id}").get_data(as_text=True)
        form = form_to(case.visitor.client.get(page), page)
        assert send(case.visitor.client, form).status_code == 303
        work_off()
        family, link = client_of(case.slug), path_in(mail_server)
        return family, str(send(family, form_to(family.get(link), link)).location)

    return run


def planned(case: Supported) -> Visit:
    """The first visit that is still to come."""
    wanted = scoped(Visit).where(Visit.episode_id == case.episode_id, Visit.status == "planned")
    return db.session.scalars(wanted.order_by(Visit.planned_on)).all()[0]


def open_alerts(case: Supported) -> list[Alert]:
    """What stands about another day and was not settled."""
    wanted = scoped(Alert).where(Alert.kind == "another-day", Alert.child_id == case.child_id)
    return list(db.session.scalars(wanted.where(Alert.seen_at.is_(None)).order_by(Alert.created_at)))


def test_a_family_asks_for_another_day_and_the_visitor_moves_the_visit(
    visited: Visited, council: Council, opened_space: Opened
) -> None:
    case = visited(done=1, planned=2)
    with council("lancashire"):
        visit = planned(case)
        path, day = f"/visits/{visit.id}", visit.planned_on
    family, space = opened_space(case)
    text = family.get(space).get_data(as_text=True)
    assert "Monday 16 March 2026" in text
    assert "Monday 30 March 2026" in text
    form = form_to(family.get(f"{space}{path}"), f"{space}{path}")
    assert send(family, form, {"words": "x" * 1001}).status_code == 422
    assert send(family, form_to(family.get(f"{space}{path}"), f"{space}{path}"), {"words": WORDS}).location == space
    assert "You asked for another day" in family.get(space).get_data(as_text=True)
    with council("lancashire"):
        assert planned(case).planned_on == day, "nothing moves by itself"
        (told,) = open_alerts(case)
        assert (told.person_id, told.path) == (case.visitor.id, path)
    page = case.visitor.client.get(path).get_data(as_text=True)
    assert WORDS in page
    assert "Sam Canarychild" in page
    move = form_to(case.visitor.client.get(f"{path}/move"), f"{path}/move")
    sent = send(
        case.visitor.client, move,
        {"planned_on-day": "19", "planned_on-month": "3", "planned_on-year": "2026", "planned_at": "10:00"},
    )  # fmt: skip
    assert sent.status_code == 303
    assert WORDS not in case.visitor.client.get(path).get_data(as_text=True)
    read = family.get(space).get_data(as_text=True)
    assert "Thursday 19 March 2026" in read
    assert "You asked" not in read
    with council("lancashire"):
        assert open_alerts(case) == []


def test_a_visit_of_tomorrow_is_told_to_the_managers_too_and_a_volunteers_to_them_alone(
    visited: Visited, council: Council, opened_space: Opened
) -> None:
    case = visited(done=1, planned=2)
    family, space = opened_space(case)
    with council("lancashire"):
        soon, later = db.session.scalars(
            scoped(Visit)
            .where(Visit.episode_id == case.episode_id, Visit.status == "planned")
            .order_by(Visit.planned_on)
        )
        soon.planned_on = datetime(2026, 3, 3, tzinfo=UTC).date()
        paths = [f"{space}/visits/{each.id}" for each in (soon, later)]
        db.session.commit()
    send(family, form_to(family.get(paths[0]), paths[0]))
    with council("lancashire"):
        assert {(each.person_id, each.role) for each in open_alerts(case)} == {
            (case.visitor.id, None), (None, "service-manager"),
        }  # fmt: skip
        for grant in db.session.scalars(scoped(RoleGrant).where(RoleGrant.person_id == case.visitor.id)):
            grant.role = "volunteer"
        db.session.commit()
    send(family, form_to(family.get(paths[1]), paths[1]))
    with council("lancashire"):
        path = paths[1].removeprefix(space)
        assert [(each.person_id, each.role) for each in open_alerts(case) if each.path == path] == [
            (None, "service-manager")
        ]


def test_what_is_over_has_no_day_to_change_and_what_was_typed_is_shown(
    visited: Visited, council: Council, opened_space: Opened
) -> None:
    case = visited(done=1, planned=1)
    with council("lancashire"):
        path = f"/visits/{planned(case).id}"
    family, space = opened_space(case)
    form = form_to(family.get(f"{space}{path}"), f"{space}{path}")
    cancel = form_to(case.visitor.client.get(f"{path}/cancel"), f"{path}/cancel")
    send(case.visitor.client, cancel, {"cancelled_by": "service", "reason": "The visitor is ill."})
    late = send(family, form, {"words": WORDS})
    assert late.status_code == 422
    assert "not planned any more" in late.get_data(as_text=True)
    assert WORDS in late.get_data(as_text=True)
    with council("lancashire"):
        assert open_alerts(case) == []


def test_a_visit_of_today_is_listed_until_it_is_to_begin(visited: Visited, council: Council) -> None:
    case = visited(done=1, planned=1)
    with council("lancashire"):
        visit = planned(case)
        at = datetime.combine(visit.planned_on, visit.planned_at, LONDON)
        assert coming_visits(case.episode_id, at=at) == [visit]
        assert coming_visits(case.episode_id, at=at + timedelta(minutes=1)) == []
        assert coming_visits(case.episode_id, at=at - timedelta(days=1) + timedelta(hours=2)) == [visit]


def test_another_familys_visit_is_not_there_and_an_unopened_link_opens_nothing(
    visited: Visited, council: Council, client_of: ClientOf, opened_space: Opened
) -> None:
    case, other = visited(done=1, planned=1), visited(done=1, planned=1)
    with council("lancashire"):
        own, foreign = planned(case).id, planned(other).id
    family, space = opened_space(case)
    page = f"{space}/visits/{own}"
    values = {"_csrf": form_to(family.get(page), page).typed("_csrf")[0], "_key": str(new_id())}
    for method in (family.get, family.post):
        assert (
            method(f"{space}/visits/{foreign}", **({"data": values} if method == family.post else {})).status_code
            == 404
        )
    assert client_of("lancashire").get(page).status_code == 410


def test_without_a_safe_mailbox_no_link_goes_out_and_the_page_says_so(visited: Visited) -> None:
    case = visited(done=1)
    page = case.visitor.client.get(f"/episodes/{case.episode_id}/own-space").get_data(as_text=True)
    assert "No parent has a mailbox that is marked as safe" in page
    assert "Send the link" not in page
