"""Booking, recording and cancelling the assessment that comes before an offer."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes
from portage.messages.operations import alert
from portage.referrals import queries_case
from portage.referrals.operations import assessments
from portage.referrals.operations.assessments import AssessmentNotNow
from portage.referrals.queries_case import Case
from portage.referrals.schemas.assessment import BookingSchema, RecordSchema, VersionSchema
from portage.referrals.views.case import opened, page_words

routes = Routes("assessment", __name__)


@routes.get(
    "/referrals/<uuid:referral_id>/assessment",
    can=Can.BOOK_ASSESSMENT,
    audience=Audience.STAFF,
    audit="assessment.booking-opened",
    rate=Rate.PAGE,
)
def booking(referral_id: UUID) -> ResponseReturnValue:
    """The form for booking."""
    case = _case(referral_id)
    return _booking_page(case, Form({"version": case.referral.version}))


@routes.post(
    "/referrals/<uuid:referral_id>/assessment",
    can=Can.BOOK_ASSESSMENT,
    audience=Audience.STAFF,
    audit="assessment.booked",
    rate=Rate.WRITE,
)
def book(referral_id: UUID) -> ResponseReturnValue:
    """Book it; the child comes onto the assessor's caseload."""
    case = _case(referral_id)
    wanted, form = read(BookingSchema(), request.form)
    if wanted is not None:
        if wanted.assessor_id not in dict(queries_case.assessors()):
            form.refuse("assessor_id", "Choose who sees the child.")
        if wanted.booked_for < clock.today():
            form.refuse("booked_for", "This day is in the past.")
    if wanted is None or form.errors:
        return _booking_page(case, form), 422
    try:
        booked = assessments.book(referral_id, wanted, by=Actor.of(viewer()), at=clock.now(), on=clock.today())
    except AssessmentNotNow as refused:
        return _booking_page(case, form.refuse("_form", str(refused))), 422
    alert(
        kind="assessment-booked",
        path=f"/referrals/{referral_id}",
        sentence=f"You have an assessment for {case.referral.reference}.",
        person_id=booked.assessor_id,
        child_id=case.child.id,
        dedupe=f"assessment-booked:{booked.id}",
    )
    flash("The assessment is booked, and the child is on the assessor's caseload.", "success")
    return redirect(f"/referrals/{referral_id}#assessment", 303)


@routes.get(
    "/referrals/<uuid:referral_id>/assessment/<uuid:assessment_id>",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="assessment.opened",
    rate=Rate.PAGE,
)
def recording(referral_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    """The form for what the assessment showed."""
    case, booked = _booked(referral_id, assessment_id)
    return _record_page(case, assessment_id, Form({"version": booked, "done_on": clock.today().isoformat()}))


@routes.post(
    "/referrals/<uuid:referral_id>/assessment/<uuid:assessment_id>",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="assessment.recorded",
    rate=Rate.WRITE,
)
def record(referral_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    """Keep what it showed; a person decides next."""
    case, _ = _booked(referral_id, assessment_id)
    found, form = read(RecordSchema(), request.form)
    if found is not None and found.done_on > clock.today():
        form.refuse("done_on", "This day is in the future.")
    if found is None or form.errors:
        return _record_page(case, assessment_id, form), 422
    assessments.record(assessment_id, found, by=Actor.of(viewer()), at=clock.now(), on=clock.today())
    flash("The assessment is recorded.", "success")
    return redirect(f"/referrals/{referral_id}#assessment", 303)


@routes.post(
    "/referrals/<uuid:referral_id>/assessment/<uuid:assessment_id>/cancel",
    can=Can.BOOK_ASSESSMENT,
    audience=Audience.STAFF,
    audit="assessment.cancelled",
    rate=Rate.WRITE,
)
def cancel(referral_id: UUID, assessment_id: UUID) -> ResponseReturnValue:
    """Cancel a booked assessment."""
    _booked(referral_id, assessment_id)
    version, _ = read(VersionSchema(), request.form)
    assessments.cancel(assessment_id, version=version or 0, by=Actor.of(viewer()), at=clock.now(), on=clock.today())
    flash("The assessment is cancelled. Another can be booked.", "success")
    return redirect(f"/referrals/{referral_id}#assessment", 303)


def _case(referral_id: UUID) -> Case:
    return queries_case.case(opened(referral_id))


def _booked(referral_id: UUID, assessment_id: UUID) -> tuple[Case, int]:
    """The request and the version of one of its own assessments; raises `NotHere`."""
    case = _case(referral_id)
    own = next((each for each in case.lists["assessments"] if each.id == assessment_id), None)
    if own is None:
        raise NotHere
    return case, own.version


def _booking_page(case: Case, form: Form) -> str:
    return render_template(
        "referrals/assessment_book.html", **page_words(case), form=form, assessors=queries_case.assessors()
    )


def _record_page(case: Case, assessment_id: UUID, form: Form) -> str:
    return render_template(
        "referrals/assessment_record.html", **page_words(case), form=form, assessment_id=assessment_id
    )
