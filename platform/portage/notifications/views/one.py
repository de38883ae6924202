"""One notification: what was told, what is amiss, what people are to do, and what follows from it."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.files import ACCEPT, attachment
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes, concerning
from portage.core.tenancy import here
from portage.families.operations import carers_of
from portage.notifications import queries, words
from portage.notifications.models import Notification, NotificationPaper
from portage.notifications.operations import first_words, following, tasks
from portage.notifications.operations.receive import add_papers
from portage.notifications.queries import Head
from portage.notifications.schemas.staff import (
    AgreementSchema,
    ClosingSchema,
    FirstWordsSchema,
    TaskSchema,
    VersionSchema,
)
from portage.notifications.taken import taken_for, taken_on
from portage.policy import AREAS, EVIDENCE, NoEditionInForce
from portage.policy.dates import completed_months
from portage.referrals.operations.judging import FactsRefused
from portage.referrals.stage_words import STAGE_WORDS
from portage.referrals.views._papers import keep_sent, paper_kinds

routes = Routes("notification", __name__)
PAPER_NAMES = {option.key: option.formal for option in EVIDENCE} | {"request-form": "The form as it came"}


def opened(notification_id: UUID) -> Head:
    """Let the viewer into the notification, and name it in the trail."""
    known = queries.head(notification_id, viewer(), clock.now())
    concerning("notification", notification_id, child=known.child.id, way=known.access.how)
    return known


@routes.get(
    "/notifications/<uuid:notification_id>",
    can=Can.SEE_WORKLIST,
    audience=Audience.STAFF,
    audit="notification.opened",
    rate=Rate.PAGE,
)
def one(notification_id: UUID) -> ResponseReturnValue:
    """The notification's page."""
    return _page(opened(notification_id), Form())


@routes.post(
    "/notifications/<uuid:notification_id>/agreement",
    can=Can.RECORD_PERMISSION,
    audience=Audience.STAFF,
    audit="notification.agreement-recorded",
    rate=Rate.WRITE,
)
def agreement(notification_id: UUID) -> ResponseReturnValue:
    """Record what the parents said to a request; where a yes was waited for, the request begins."""
    known = opened(notification_id)
    record, form = read(AgreementSchema(), request.form)
    if record is not None and record.agreed.on and record.agreed.on > clock.today():
        form.refuse("agreed_on", "This date is in the future. Enter the day on which they said so.")
    if record is None or form.errors:
        return _page(known, form), 422
    try:
        referral = following.record_agreement(notification_id, record, by=Actor.of(viewer()), at=clock.now())
    except FactsRefused as refused:
        return _page(known, form.refuse("agreed_on", str(refused))), 422
    if referral is not None:
        flash(f"The agreement is recorded, and the request {referral.reference} has begun.", "success")
        return redirect(f"/referrals/{referral.id}", 303)
    flash("What the parents said is recorded.", "success")
    return redirect(f"/notifications/{notification_id}", 303)


@routes.post(
    "/notifications/<uuid:notification_id>/case-file",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="notification.case-file-opened",
    rate=Rate.WRITE,
)
def case_file(notification_id: UUID) -> ResponseReturnValue:
    """A person opens the case file of a notification from which nothing follows by itself."""
    opened(notification_id)
    version, _ = read(VersionSchema(), request.form)
    referral = following.open_by_hand(notification_id, version or 0, by=Actor.of(viewer()), at=clock.now())
    flash(f"The case file is open: {STAGE_WORDS[referral.stage].name}.", "success")
    return redirect(f"/referrals/{referral.id}", 303)


@routes.post(
    "/notifications/<uuid:notification_id>/close",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="notification.closed",
    rate=Rate.WRITE,
)
def close(notification_id: UUID) -> ResponseReturnValue:
    """Say that nothing more follows; the record stays."""
    known = opened(notification_id)
    closing, form = read(ClosingSchema(), request.form)
    if closing is None:
        return _page(known, form), 422
    following.close(notification_id, closing, by=Actor.of(viewer()), at=clock.now())
    flash("The notification is closed. It stays on record.", "success")
    return redirect(f"/notifications/{notification_id}", 303)


@routes.post(
    "/notifications/<uuid:notification_id>/tasks/<uuid:task_id>/done",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="notification.task-done",
    rate=Rate.WRITE,
)
def task_done(notification_id: UUID, task_id: UUID) -> ResponseReturnValue:
    """Note that a task was done, and how."""
    known = opened(notification_id)
    task = tasks.task_of(notification_id, task_id)
    note, form = read(TaskSchema(), request.form)
    if note is None:
        return _page(known, form, wrong_task=task_id), 422
    tasks.do_task(task, note, by=Actor.of(viewer()), on=clock.today())
    flash("Noted.", "success")
    return redirect(f"/notifications/{notification_id}#tasks", 303)


@routes.post(
    "/notifications/<uuid:notification_id>/first-words/send",
    can=Can.SEND,
    audience=Audience.STAFF,
    audit="notification.first-words-sent",
    rate=Rate.WRITE,
)
def send_first_words(notification_id: UUID) -> ResponseReturnValue:
    """A person sends the first pointers, having seen which conditions fail."""
    opened(notification_id)
    first_words.send_first_words(notification_id, by=Actor.of(viewer()), at=clock.now())
    flash("The first pointers are on their way.", "success")
    return redirect(f"/notifications/{notification_id}#first-words", 303)


@routes.post(
    "/notifications/<uuid:notification_id>/first-words/close",
    can=Can.SEND,
    audience=Audience.STAFF,
    audit="notification.first-words-closed",
    rate=Rate.WRITE,
)
def close_first_words(notification_id: UUID) -> ResponseReturnValue:
    """A person decides that nothing is sent, and says why."""
    known = opened(notification_id)
    reason, form = read(FirstWordsSchema(), request.form)
    if reason is None:
        return _page(known, form), 422
    first_words.close_first_words(notification_id, reason, by=Actor.of(viewer()), at=clock.now())
    flash("Nothing is sent. Your reason is on record.", "success")
    return redirect(f"/notifications/{notification_id}#first-words", 303)


@routes.post(
    "/notifications/<uuid:notification_id>/papers",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="notification.papers-added",
    rate=Rate.UPLOAD,
)
def add(notification_id: UUID) -> ResponseReturnValue:
    """Add papers while there is no case file; one that is open takes them on its own page."""
    known = opened(notification_id)
    if known.case_file is not None:
        return redirect(f"/referrals/{known.case_file}/papers", 303)
    kept, form = keep_sent(_kinds(known.notification))
    if form.errors:
        return _page(known, form), 422
    add_papers(known.notification, kept, by=Actor.of(viewer()))
    flash("The file is added." if len(kept) == 1 else f"{len(kept)} files are added.", "success")
    return redirect(f"/notifications/{notification_id}#what-came", 303)


@routes.get(
    "/notifications/<uuid:notification_id>/papers/<uuid:paper_id>",
    can=Can.SEE_WORKLIST,
    audience=Audience.STAFF,
    audit="notification.paper-opened",
    rate=Rate.PAGE,
)
def paper(notification_id: UUID, paper_id: UUID) -> ResponseReturnValue:
    """One paper, as a file to save: a browser never shows it as a page of ours."""
    opened(notification_id)
    found = here(
        NotificationPaper,
        paper_id,
        NotificationPaper.notification_id == notification_id,
        NotificationPaper.disposed_at.is_(None),
    )
    concerning("notification", notification_id, paper=paper_id)
    return attachment(found.object_key, name=found.file_name, media_type=found.media_type)


def _kinds(notification: Notification) -> list[tuple[str, str]]:
    taken = taken_for(notification)
    return paper_kinds(taken.route, taken.referrer, entering=True) if taken else list(PAPER_NAMES.items())


def _page(known: Head, form: Form, *, wrong_task: UUID | None = None) -> str:
    told, today, may = known.notification, clock.today(), viewer().can
    taken, to_do = taken_for(told), tasks.tasks_of(told.id)
    people = {told.entered_by, told.agreement_recorded_by, told.first_words_by, told.closed_by}
    held = told.first_words == "held"
    open_state = told.state in ("kept", "agreement")
    return render_template(
        "notifications/one.html",
        told=told,
        child=known.child,
        area=known.area,
        case_file=known.case_file,
        access=known.access,
        taken=taken,
        carers=carers_of(known.child.id),
        tasks=to_do,
        own_page=tasks.WITH_THEIR_OWN_PAGE,
        papers=following.papers_of_notification(told.id),
        paper_names=PAPER_NAMES,
        paper_kinds=_kinds(told),
        accept=ACCEPT,
        conditions=first_words.conditions_of(told, on=today) if held else None,
        can_send=held and first_words.can_send(told),
        names=queries.names_of(people | {task.done_by for task in to_do}),
        concerns=_concerns(told),
        months=completed_months(known.child.date_of_birth, told.arrived_on),
        words=words,
        form=form,
        wrong_task=wrong_task,
        today=today,
        may={
            "list": Can.ENTER_REQUEST in may and _listed_today(),
            "record": Can.RECORD_FACTS in may,
            "agree": Can.RECORD_PERMISSION in may and told.agreement != "yes" and told.state != "closed",
            "send": Can.SEND in may and held,
            "open": Can.RECORD_FACTS in may and open_state and _can_follow(taken, told),
            "close": Can.RECORD_FACTS in may and open_state,
            "add": Can.RECORD_FACTS in may and known.case_file is None,
        },
    )


def _listed_today() -> bool:
    """Whether the list that a notification stands on exists: a later edition may take none any more."""
    try:
        return taken_on(clock.today()) is not None
    except NoEditionInForce:
        return False


def _can_follow(taken: object, told: Notification) -> bool:
    found = taken_for(told) if taken else None
    return bool(found and found.told.route and (told.agreement == "yes" or not found.told.agreement_first))


def _concerns(told: Notification) -> list[str]:
    """The areas of development that the professional ticked."""
    names = {area.key: area.formal for area in AREAS}
    return [names.get(key, key) for key in (told.facts.get("child", {}).get("delay") or {})]
