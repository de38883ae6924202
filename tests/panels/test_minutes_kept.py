"""The minutes of a closed meeting are kept by the database itself; corrections are appended with who, when and why."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from portage.core.db import db
from portage.core.tenancy import scoped
from portage.panels.models import PanelAttendance, PanelItem, PanelMeeting
from support.cases import Family
from support.panels import SLUG, closed, decided, deed, item_at, meeting_on, plan
from support.people import Hired
from support.requests import OWN_WORDS, RequestOf
from support.staff import SignIn

Council = Callable[..., AbstractContextManager[UUID]]
KEPT = "the minutes of a closed meeting stay as they are"
CORRECTION = {"says": "Pia was there too.", "because": "Her name was left out."}


@pytest.fixture
def held(chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection) -> tuple[UUID, Family]:
    """A closed meeting with one decision and somebody present."""
    family = request_of(SLUG, given_name="Ada")
    plan(chair)
    meeting_id = meeting_on(db_admin)
    page = f"/panel/{meeting_id}"
    assert deed(chair, page, f"{page}/attendance", {"present": [str(chair.id)]}).status_code == 303
    assert decided(chair, item_at(meeting_id, family)).status_code == 303
    assert closed(chair, meeting_id).status_code == 303
    return meeting_id, family


@pytest.mark.parametrize(
    "change",
    [
        "update panel_item set note = 'Otherwise' where tenant_id = verified_tenant()",
        "update panel_item set outcome = 'declined' where tenant_id = verified_tenant()",
        "update panel_attendance set present = false where tenant_id = verified_tenant()",
        "update panel_meeting set status = 'planned' where tenant_id = verified_tenant() and status = 'held'",
        "update panel_meeting set also_present = 'Nobody' where tenant_id = verified_tenant() and status = 'held'",
        "insert into panel_item (tenant_id, id, meeting_id, referral_id, position) "
        "select m.tenant_id, gen_random_uuid(), m.id, r.id, 9 from panel_meeting m "
        "join referral r on r.tenant_id = m.tenant_id and r.stage = 'panel' where m.status = 'held'",
        "update panel_correction set says = 'Otherwise' where tenant_id = verified_tenant()",
        "delete from panel_item where tenant_id = verified_tenant()",
        "delete from panel_correction where tenant_id = verified_tenant()",
    ],
)
def test_the_application_cannot_change_closed_minutes(
    held: tuple[UUID, Family], chair: Hired, request_of: RequestOf, council: Council, change: str
) -> None:
    meeting_id, _ = held
    request_of(SLUG, given_name="Lee")
    page = f"/panel/{meeting_id}"
    assert deed(chair, page, f"{page}/corrections", CORRECTION).status_code == 303
    with council(SLUG), pytest.raises(ProgrammingError, match=f"{KEPT}|permission denied"):
        db.session.execute(text(change))


def test_retention_and_a_legal_hold_still_reach_them(held: tuple[UUID, Family], council: Council) -> None:
    meeting_id, _ = held
    with council(SLUG):
        for model in (PanelMeeting, PanelItem, PanelAttendance):
            rows = db.session.scalars(scoped(model)).all()
            for row in rows:
                row.legal_hold = True
        db.session.commit()
        assert db.session.scalars(scoped(PanelMeeting).where(PanelMeeting.id == meeting_id)).one().legal_hold


def test_a_correction_is_appended_with_who_when_and_why(
    held: tuple[UUID, Family], sign_in: SignIn, chair: Hired, db_admin: psycopg.Connection
) -> None:
    meeting_id, family = held
    page = f"/panel/{meeting_id}"
    for missing in ({"says": ""}, {"because": ""}):
        assert deed(chair, page, f"{page}/corrections", {**CORRECTION, **missing}).status_code == 422
    about = {**CORRECTION, "referral_id": str(family.referral_id)}
    assert deed(chair, page, f"{page}/corrections", about).status_code == 303
    shown = sign_in(SLUG, "panel-member").client.get(page).text.replace("&#39;", "'")
    for said in ("Pia was there too.", "Why: Her name was left out.", "Cleo Chair", OWN_WORDS):
        assert said in shown
    assert db_admin.execute("select made_by from panel_correction").fetchall() == [(chair.id,)]
    assert db_admin.execute("select action from audit_event where action = 'panel.corrected'").fetchall()


def test_only_closed_minutes_are_corrected_and_only_about_their_own_items(
    held: tuple[UUID, Family], chair: Hired, request_of: RequestOf, db_admin: psycopg.Connection
) -> None:
    from datetime import timedelta

    from portage.core import clock
    from support.forms import form_to, send

    meeting_id, _ = held
    other = request_of(SLUG, given_name="Lee")
    page = f"/panel/{meeting_id}"
    elsewhere = {**CORRECTION, "referral_id": str(other.referral_id)}
    assert deed(chair, page, f"{page}/corrections", elsewhere).status_code == 404
    open_one = meeting_on(db_admin, clock.today() + timedelta(days=7))
    form = form_to(chair.client.get(page), f"{page}/corrections")
    form.action = f"/panel/{open_one}/corrections"
    refused = send(chair.client, form, CORRECTION)
    assert refused.status_code == 422
    assert "The minutes are still open" in refused.text
