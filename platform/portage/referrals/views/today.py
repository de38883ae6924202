"""The start page of a working day: what happened, and what waits for this person."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import and_, select

from portage.core import clock
from portage.core.access import AREA_ROLES, Audience, Can, Rate
from portage.core.db import db
from portage.core.identity import Viewer, viewer
from portage.core.routes import Routes
from portage.core.sections import Entry, Section, adds_to, sections
from portage.core.tenancy import current_tenant_id
from portage.families.models import Child
from portage.messages.operations import open_alerts
from portage.policy.dates import when_in_words
from portage.referrals import queries_worklist
from portage.referrals.models import Assessment, Referral
from portage.referrals.queries_worklist import Wanted
from portage.referrals.stage_words import STAGE_WORDS

routes = Routes("today", __name__)
DECIDER = ("new", "to-decide", "to-offer", "waiting")
OFFICE = ("new", "information", "assessment")


@routes.get("/today", can=Can.SEE_SELF, audience=Audience.STAFF, audit="today.seen", rate=Rate.PAGE)
def today() -> ResponseReturnValue:
    """Alerts, then each part of the work that this person's roles bring."""
    who = viewer()
    alerts = open_alerts(who, clock.now())
    return render_template("referrals/today.html", alerts=alerts, added=sections("today", who), today=clock.today())


@adds_to("today", order=10)
def requests_waiting(who: Viewer, _subject: UUID | None) -> Section | None:
    """How many requests wait at the stages that this person moves on."""
    if not who.roles & AREA_ROLES or Can.SEE_WORKLIST not in who.can:
        return None
    stages = DECIDER if Can.DECIDE in who.can else OFFICE
    counts = queries_worklist.counts(Wanted(on=clock.today(), areas=who.areas))
    entries = [
        Entry(
            f"{STAGE_WORDS[stage].name}: {counts.by_stage[stage]}", f"/worklist?stage={stage}", STAGE_WORDS[stage].next
        )
        for stage in stages
        if counts.by_stage.get(stage)
    ]
    if counts.overdue:
        entries.insert(0, Entry(f"Overdue: {counts.overdue}", "/worklist?overdue=yes", "A clock has run out", red=True))
    return Section("Requests", tuple(entries), "No request waits for you.", Entry("Open the worklist", "/worklist"))


@adds_to("today", order=30)
def assessments_booked(who: Viewer, _subject: UUID | None) -> Section | None:
    """The assessments that this person is booked for."""
    found = db.session.execute(
        select(
            Assessment.referral_id, Assessment.booked_for, Assessment.booked_time, Assessment.place, Child.given_name
        )
        .join(Referral, and_(Referral.tenant_id == Assessment.tenant_id, Referral.id == Assessment.referral_id))
        .join(Child, and_(Child.tenant_id == Referral.tenant_id, Child.id == Referral.child_id))
        .where(
            Assessment.tenant_id == current_tenant_id(),
            Referral.tenant_id == current_tenant_id(),
            Child.tenant_id == current_tenant_id(),
            Assessment.assessor_id == who.person_id,
            Assessment.status == "booked",
        )
        .order_by(Assessment.booked_for, Assessment.booked_time)
        .limit(20)
    ).all()
    if not found:
        return None
    return Section(
        "Assessments",
        tuple(
            Entry(
                f"{row.given_name}, {when_in_words(row.booked_for, row.booked_time)}",
                f"/referrals/{row.referral_id}",
                row.place,
            )
            for row in found
        ),
    )
