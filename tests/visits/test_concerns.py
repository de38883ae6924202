"""Worried about a child: whom to call first, and a note that its writer and those who handle worries alone can read."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from portage.accounts.models import Person
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.models import Child
from portage.messages.models import Alert, Message
from portage.tenants.models import Area
from portage.visits.models import Concern
from support.episodes import Council, SignIn, Supported, SupportedOf, post_to, visit_on
from support.forms import form_to, send

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
CANARY = "canary-bruise-on-the-left-arm"


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


@pytest.fixture
def raised(supported_of: SupportedOf, council: Council) -> tuple[Supported, str]:
    """A worry that a visitor wrote down: the family, and the address of the note."""
    case = supported_of("leeds")
    path = f"/children/{case.child_id}/concern"
    page = case.visitor.client.get(path)
    sent = send(case.visitor.client, form_to(page, path), {"what_was_seen": CANARY})
    assert sent.status_code == 303
    return case, sent.headers["Location"]


def test_every_visit_leads_to_whom_to_call_with_999_first(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        visit_id = visit_on(case, AT.date())
        db.session.commit()
    for path in (f"/visits/{visit_id}", f"/visits/{visit_id}/record", f"/visits/{visit_id}/move"):
        assert f"/children/{case.child_id}/concern?visit={visit_id}" in case.visitor.client.get(path).get_data(
            as_text=True
        )
    page = case.visitor.client.get(f"/children/{case.child_id}/concern?visit={visit_id}").get_data(as_text=True)
    assert page.index("tel:999") < page.index("safeguarding lead") < page.index("front door") < page.index("<textarea")


def test_those_who_handle_worries_are_told_at_once_by_an_alert_and_an_empty_mail(
    raised: tuple[Supported, str], council: Council
) -> None:
    case, path = raised
    with council("leeds"):
        alerts = db.session.scalars(scoped(Alert).where(Alert.kind == "concern")).all()
        assert [(row.person_id, row.path) for row in alerts] == [(case.manager.id, path)]
        mails = db.session.scalars(scoped(Message).where(Message.kind == "alert")).all()
        assert [(row.recipient_id, row.child_id, row.reference) for row in mails] == [(case.manager.id, None, None)]
        assert CANARY not in " ".join(row.sentence for row in alerts)


def test_the_writer_and_the_handlers_read_it_and_nobody_else(raised: tuple[Supported, str], sign_in: SignIn) -> None:
    case, path = raised
    assert CANARY in case.visitor.client.get(path).get_data(as_text=True)
    assert CANARY in case.manager.client.get(path).get_data(as_text=True)
    for role in ("home-visitor", "team-administrator", "panel-chair", "panel-member"):
        assert sign_in("leeds", role).client.get(path).status_code == 404
    for role in ("auditor", "tenant-administrator"):
        assert sign_in("leeds", role).client.get(path).status_code == 403
    assert sign_in("lancashire", "service-manager").client.get(path).status_code == 404


def test_the_note_stands_on_no_other_page(raised: tuple[Supported, str], sign_in: SignIn) -> None:
    case, _ = raised
    pages = (
        f"/episodes/{case.episode_id}",
        f"/children/{case.child_id}",
        f"/referrals/{case.referral_id}",
        "/caseload",
        "/visits",
        "/concerns",
        "/today",
    )
    for client in (case.manager.client, case.visitor.client, sign_in("leeds", "team-administrator").client):
        for path in pages:
            assert CANARY not in client.get(path).get_data(as_text=True)


def test_the_list_shows_everybodys_to_handlers_and_ones_own_to_others(
    raised: tuple[Supported, str], sign_in: SignIn
) -> None:
    case, path = raised
    assert path in case.manager.client.get("/concerns").get_data(as_text=True)
    assert path in case.visitor.client.get("/concerns").get_data(as_text=True)
    assert path not in sign_in("leeds", "home-visitor").client.get("/concerns").get_data(as_text=True)


def test_a_manager_of_area_teams_sees_worries_of_their_own_areas_and_opens_others_with_a_reason(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    case = supported_of("lancashire")
    here, there = _areas_of(case, council)
    page = f"/children/{case.child_id}/concern"
    theirs = sign_in("lancashire", "service-manager", areas=[here])
    other = sign_in("lancashire", "service-manager", areas=[there])
    sent = send(case.visitor.client, form_to(case.visitor.client.get(page), page), {"what_was_seen": CANARY})
    path = sent.headers["Location"]
    for handler in (theirs, case.manager):
        assert path in handler.client.get("/concerns").get_data(as_text=True)
        assert CANARY in handler.client.get(path).get_data(as_text=True)
    assert path not in other.client.get("/concerns").get_data(as_text=True)
    asked = other.client.get(path)
    assert asked.headers["Location"] == f"/children/{case.child_id}/reason?next={path}"
    reason = asked.headers["Location"].split("?")[0]
    given = send(
        other.client,
        form_to(other.client.get(asked.headers["Location"]), reason),
        {"reason": "I cover for the other team."},
    )
    assert given.headers["Location"] == path
    assert CANARY in other.client.get(path).get_data(as_text=True)


def test_a_worry_of_an_area_without_a_manager_of_its_own_is_everybodys(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    case = supported_of("lancashire")
    _, there = _areas_of(case, council)
    with council("lancashire"):
        for person in db.session.scalars(scoped(Person).where(Person.id != case.visitor.id)):
            person.disabled_at = AT
        db.session.commit()
    other = sign_in("lancashire", "service-manager", areas=[there])
    page = f"/children/{case.child_id}/concern"
    path = send(
        case.visitor.client, form_to(case.visitor.client.get(page), page), {"what_was_seen": CANARY}
    ).headers["Location"]  # fmt: skip
    assert path in other.client.get("/concerns").get_data(as_text=True)
    assert CANARY in other.client.get(path).get_data(as_text=True)


def test_a_worry_about_a_child_of_no_area_is_on_every_managers_list(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    case = supported_of("lancashire")
    _, there = _areas_of(case, council)
    with council("lancashire"):
        db.session.scalars(scoped(Child).where(Child.id == case.child_id)).one().area_id = None
        db.session.commit()
    other = sign_in("lancashire", "service-manager", areas=[there])
    page = f"/children/{case.child_id}/concern"
    path = send(
        case.visitor.client, form_to(case.visitor.client.get(page), page), {"what_was_seen": CANARY}
    ).headers["Location"]  # fmt: skip
    assert path in other.client.get("/concerns").get_data(as_text=True)
    assert CANARY in other.client.get(path).get_data(as_text=True)


def _areas_of(case: Supported, council: Council) -> tuple[str, str]:
    """The key of the child's area team, and of another."""
    with council(case.slug):
        child = db.session.scalars(scoped(Child).where(Child.id == case.child_id)).one()
        areas = {area.id: area.key for area in db.session.scalars(scoped(Area).order_by(Area.key))}
        assert child.area_id is not None
        here = areas.pop(child.area_id)
        return here, next(iter(areas.values()))


def test_a_handler_writes_what_was_done_and_earlier_notes_stay(raised: tuple[Supported, str], council: Council) -> None:
    case, path = raised
    client = case.manager.client
    for words in ("Called the front door.", "They will visit today."):
        assert send(client, form_to(client.get(path), path), {"handling": words}).status_code == 303
    with council("leeds"):
        concern = db.session.scalars(scoped(Concern)).one()
        assert concern.handling == "Called the front door.\n\nThey will visit today."
        assert concern.handled_by == case.manager.id
    assert path not in client.get("/concerns").get_data(as_text=True)
    assert path in client.get("/concerns?done=yes").get_data(as_text=True)
    assert post_to(case.visitor.client, path, handling="Not mine to write.", version="1").status_code == 403


def test_a_volunteer_can_write_a_worry_down_about_their_families_alone(
    supported_of: SupportedOf, sign_in: SignIn
) -> None:
    volunteer = sign_in("west-northants", "volunteer")
    case = supported_of("west-northants", visitor=volunteer)
    other = supported_of("west-northants", manager=case.manager)
    path = f"/my-families/{case.child_id}/concern"
    sent = send(volunteer.client, form_to(volunteer.client.get(path), path), {"what_was_seen": CANARY})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/my-families/{case.child_id}")
    assert "Please read the note now" in case.manager.client.get("/today").get_data(as_text=True)
    assert volunteer.client.get(f"/my-families/{other.child_id}/concern").status_code == 404
    sent = post_to(volunteer.client, f"/my-families/{other.child_id}/concern", what_was_seen="Something.")
    assert sent.status_code == 404
    assert volunteer.client.get(f"/children/{case.child_id}/concern").status_code == 403


def test_where_nobody_handles_worries_the_writer_is_told_to_call_and_the_note_waits_for_whoever_comes(
    supported_of: SupportedOf, council: Council, sign_in: SignIn
) -> None:
    case = supported_of("leeds")
    with council("leeds"):
        for person in db.session.scalars(scoped(Person).where(Person.id != case.visitor.id)):
            person.disabled_at = AT
        db.session.commit()
    path = f"/children/{case.child_id}/concern"
    sent = send(case.visitor.client, form_to(case.visitor.client.get(path), path), {"what_was_seen": CANARY})
    page = case.visitor.client.get(sent.headers["Location"]).get_data(as_text=True)
    assert "nobody handles worries in this service just now" in page
    assert "were alerted" not in page
    new = sign_in("leeds", "service-manager")
    assert "Please read the note now" in new.client.get("/today").get_data(as_text=True)


def test_an_empty_note_is_asked_for_again(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    path = f"/children/{case.child_id}/concern"
    sent = send(case.visitor.client, form_to(case.visitor.client.get(path), path), {"done_already": "Called the lead."})
    assert sent.status_code == 422
    assert "Called the lead." in sent.get_data(as_text=True)
