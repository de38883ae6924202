"""What becomes of an item in a meeting: decided, deferred, handed to another chair (WNC-04, WNC-13)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.identity import Actor
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.families.access import ConflictDeclared, put_on_caseload
from portage.families.conflicts import Declared, declare, has_conflict
from portage.families.models import Conflict
from portage.messages.operations import alert
from portage.panels.members import CHAIRS, PRACTITIONERS, people_with
from portage.panels.models import PanelItem, PanelMeeting
from portage.panels.operations.leaving import last_place
from portage.panels.operations.meetings import locked, open_meeting
from portage.panels.operations.quorum import check_quorum
from portage.panels.refusals import ItemRefused, MeetingNotNow
from portage.panels.rules import PanelRules
from portage.panels.waiting import waits
from portage.panels.words import OUTCOME_WORDS
from portage.referrals.models import Decision, Referral
from portage.referrals.operations.decisions import Deciding, decide


@dataclass(frozen=True, slots=True)
class PanelDeciding:
    """What the panel decides on a request: the decision, who takes the child, or why other services instead.

    `seen` is the version of the item on the page that was open; 0 where the item had no row yet.
    """

    deciding: Deciding
    practitioner_id: UUID | None = None
    rationale: str | None = None
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Deferring:
    """Why an item is left for the next meeting."""

    reason: str
    seen: int | None = None


def decide_item(
    meeting_id: UUID, referral_id: UUID, panel: PanelDeciding, rules: PanelRules, *, by: Actor, at: datetime, on: date
) -> Decision:
    """Record the panel's decision on one request, in the chair's own words; the clocks of contact start (WNC-05).

    Raises `NoQuorum`, `ItemRefused`, `ConflictDeclared`, and whatever `decide` refuses.
    """
    meeting = open_meeting(meeting_id, on)
    referral = request_here(referral_id)
    not_conflicted(referral.child_id, by)
    check_quorum(meeting.id, referral.child_id, rules)
    check_words(panel, referral)
    item = item_for(meeting, referral)
    _as_seen(item, panel.seen, [("Decision", panel.deciding.outcome), ("Reason", panel.deciding.reason)])
    decision = decide(
        referral_id, panel.deciding, by=by, at=at, clock_from="panel", clock_on=meeting.held_on, panel_item_id=item.id
    )
    item.decision_id, item.outcome, item.note = decision.id, decision.outcome, None
    item.rationale, item.practitioner_id = panel.rationale, panel.practitioner_id
    item.decided_by, item.decided_at = by.person_id, at
    db.session.flush()
    give_to_practitioner(item, referral, by=by, on=on)
    return decision


def defer_item(meeting_id: UUID, referral_id: UUID, deferring: Deferring, *, by: Actor, at: datetime, on: date) -> None:
    """Leave an item for the next meeting, with the reason; nothing is decided on the request."""
    meeting = open_meeting(meeting_id, on)
    referral = request_here(referral_id)
    not_conflicted(referral.child_id, by)
    item = item_for(meeting, referral)
    yours = [("Decision", "Deferred"), ("Reason", deferring.reason)]
    _as_seen(item, deferring.seen, yours)
    if item.decision_id is not None:
        raise _meanwhile(item, yours)
    item.outcome, item.note = "deferred", deferring.reason
    item.decided_by, item.decided_at = by.person_id, at
    db.session.flush()


def add_late(meeting_id: UUID, referral_id: UUID, *, by: Actor) -> PanelItem:
    """Take up a request that came after the papers' day; only the chair does that."""
    meeting = locked(meeting_id)
    referral = request_here(referral_id)
    not_conflicted(referral.child_id, by)
    item = item_for(meeting, referral)
    item.added_by = item.added_by or by.person_id
    db.session.flush()
    return item


def declare_conflict(
    meeting_id: UUID, referral_id: UUID, nature: str, hand_to: UUID | None, *, by: Actor, at: datetime
) -> Conflict:
    """Shut the person who says so out of a child's item; a chair hands it to another chair, who is told."""
    meeting = locked(meeting_id)
    referral = request_here(referral_id)
    if hand_to is not None:
        if hand_to == by.person_id or hand_to not in {person.id for person in people_with(CHAIRS)}:
            raise ItemRefused("hand_to", "Choose another chair of the panel.")
        if has_conflict(referral.child_id, hand_to):
            raise ItemRefused("hand_to", "This chair has declared a conflict too. Choose another.")
        item = item_for(meeting, referral)
        item.handed_to = hand_to
        alert(
            kind="panel-handed-over",
            path=f"/panel/{meeting.id}/{referral.id}",
            sentence=f"{referral.reference}: please chair this item. The panel’s chair has a conflict of interest.",
            person_id=hand_to,
            dedupe=f"panel-handed-over:{item.id}:{hand_to}",
        )
    return declare(Declared(referral.child_id, referral.id, nature), by=by, at=at)


def item_for(meeting: PanelMeeting, referral: Referral) -> PanelItem:
    """The row of a request in a meeting, written now where there is none; raises `MeetingNotNow` if it waits for none.

    The meeting is locked by the caller, so nobody else writes the same row.
    """
    found = db.session.execute(
        scoped(PanelItem)
        .where(
            PanelItem.meeting_id == meeting.id, PanelItem.referral_id == referral.id, PanelItem.kind == "request"
        )
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()  # fmt: skip
    if found is not None:
        return found
    waiting = select(Referral.id).where(
        Referral.tenant_id == current_tenant_id(), Referral.id == referral.id, waits(Referral)
    )
    if db.session.execute(waiting).first() is None:
        raise MeetingNotNow(sentence="This request does not wait for the panel any more.")
    item = PanelItem(
        id=new_id(), meeting_id=meeting.id, referral_id=referral.id, position=last_place(meeting.id) + 1, kind="request"
    )
    db.session.add(item)
    db.session.flush()
    return item


def request_here(referral_id: UUID) -> Referral:
    """A request of this council; raises `NotHere`."""
    return here(Referral, referral_id)


def not_conflicted(child_id: UUID, by: Actor) -> None:
    """Raise `ConflictDeclared` for somebody who declared a conflict about this child."""
    if has_conflict(child_id, by.person_id):
        raise ConflictDeclared


def check_words(panel: PanelDeciding, referral: Referral) -> None:
    """Other services instead of a practitioner have a rationale of their own; a practitioner is one who may visit."""
    outcome = panel.deciding.outcome
    if outcome == "signposted" and not panel.rationale:
        raise ItemRefused("rationale", "Say why other services are right for this family, and not a practitioner.")
    if panel.practitioner_id is None:
        return
    if outcome != "accepted":
        raise ItemRefused("practitioner_id", "A practitioner is named only when one is allocated.")
    if panel.practitioner_id not in {person.id for person in people_with(PRACTITIONERS)}:
        raise ItemRefused("practitioner_id", "Choose a practitioner from the list.")
    if has_conflict(referral.child_id, panel.practitioner_id):
        raise ItemRefused("practitioner_id", "This practitioner declared a conflict of interest. Choose another.")


def give_to_practitioner(item: PanelItem, referral: Referral, *, by: Actor, on: date) -> None:
    """Open the child's record to the practitioner whom the panel allocated, and tell them what comes next."""
    if item.practitioner_id is None:
        return
    put_on_caseload(referral.child_id, item.practitioner_id, "assessor", from_on=on, by=by)
    alert(
        kind="panel-allocated",
        path=f"/referrals/{referral.id}",
        sentence=f"{referral.reference}: the panel allocated this child to you. "
        "Please contact the family and arrange the introductory visit.",
        person_id=item.practitioner_id,
        child_id=referral.child_id,
        dedupe=f"panel-allocated:{item.id}",
    )


def _as_seen(item: PanelItem, seen: int | None, yours: list[tuple[str, str]]) -> None:
    """Refuse a form whose page was open before something became of the item; `None` asks nothing."""
    if seen is not None and item.outcome is not None and item.version != seen:
        raise _meanwhile(item, yours)


def _meanwhile(item: PanelItem, yours: list[tuple[str, str]]) -> ChangedMeanwhile:
    theirs = [("Decision", OUTCOME_WORDS[item.outcome or "moved"]), ("Reason", item.note or "")]
    if item.decision_id is not None:
        decision = db.session.execute(scoped(Decision).where(Decision.id == item.decision_id)).scalar_one()
        theirs[1] = ("Reason", decision.reason)
    return ChangedMeanwhile(theirs=theirs, yours=yours, back=f"/panel/{item.meeting_id}/{item.referral_id}")
