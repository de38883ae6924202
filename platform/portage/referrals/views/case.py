"""One request's page: what was asked, what was found, what the policy says of it, and what happened."""

from uuid import UUID

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, viewer
from portage.core.routes import Routes, concerning
from portage.core.sections import sections
from portage.editions.programmes import programme_on
from portage.families.words import MARK_NAMES
from portage.policy.careful import NEEDS_A_PERSON
from portage.referrals import case_words, queries_case
from portage.referrals.operations.contacts import log_contact
from portage.referrals.operations.decisions import DECIDABLE
from portage.referrals.operations.facts import case_for_change, judge_again, move_on
from portage.referrals.operations.judging import FactsRefused
from portage.referrals.operations.stages import UNDECIDED
from portage.referrals.queries_case import Case, Head
from portage.referrals.schemas.assessment import VersionSchema
from portage.referrals.schemas.decision import TalkSchema
from portage.referrals.stage_words import DECISIONS, ENDED_STAGES, OPEN_STAGES, STAGE_WORDS, recommendation
from portage.referrals.timing import in_words

routes = Routes("case", __name__)
HOW = [("telephone", "Telephone"), ("video", "Video call"), ("in-person", "In person"),
       ("family-hub", "In a Family Hub"), ("email", "E-mail"), ("post", "Letter")]  # fmt: skip
PURPOSES = [("outcome", "To tell the outcome"), ("arrange-visit", "To arrange a first visit"),
            ("information", "To ask for information"), ("advice", "To give advice, or to point to other help"),
            ("other", "Something else")]  # fmt: skip


def opened(referral_id: UUID) -> Head:
    """Let the viewer into the request, name it in the trail, and answer what was read."""
    known = queries_case.head(referral_id, viewer(), clock.now())
    concerning("referral", referral_id, child=known.child.id, way=known.access.how)
    return known


def opened_for(programme: str, route: str, referral_id: UUID) -> Head:
    """Let the viewer into a request of one route; raises `NotHere` for others, and where no such programme runs."""
    if programme_on(programme, clock.today()) is None:
        raise NotHere
    known = queries_case.head(referral_id, viewer(), clock.now())
    if known.referral.route != route:
        raise NotHere
    concerning("referral", referral_id, child=known.child.id, way=known.access.how)
    return known


def page_words(case: Case) -> dict[str, object]:
    """What the pages of one request share."""
    last = case.determination
    return {
        "case": case,
        "referral": case.referral,
        "child": case.child,
        "last": last,
        "findings": last.answer["findings"] if last else [],
        "missing": case_words.missing(last.answer["missing"], case.policy) if last else [],
        "stages": STAGE_WORDS,
        "decisions": DECISIONS,
        "recommendation": recommendation,
        "needs_a_person": NEEDS_A_PERSON,
        "in_words": in_words,
        "today": clock.today(),
        "delays": case_words.delay_rows(case),
        "evidence_names": case_words.EVIDENCE_NAMES,
        "area_names": case_words.AREA_NAMES,
        "mark_names": MARK_NAMES,
    }


@routes.get(
    "/referrals/<uuid:referral_id>",
    can=Can.SEE_WORKLIST,
    audience=Audience.STAFF,
    audit="referral.opened",
    rate=Rate.PAGE,
)
def case(referral_id: UUID) -> ResponseReturnValue:
    """The request's page."""
    return _page(opened(referral_id), Form())


@routes.post(
    "/referrals/<uuid:referral_id>/move-on",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="referral.moved-on",
    rate=Rate.WRITE,
)
def looked_at(referral_id: UUID) -> ResponseReturnValue:
    """Somebody has looked at a new request: it goes to where it belongs."""
    opened(referral_id)
    version, _ = read(VersionSchema(), request.form)
    referral = case_for_change(referral_id, version=version or 0, yours=[("Looked at", "Yes")])
    move_on(referral, by=Actor.of(viewer()), at=clock.now())
    flash(f"The request is now at: {STAGE_WORDS[referral.stage].name}.", "success")
    return redirect(f"/referrals/{referral_id}", 303)


@routes.post(
    "/referrals/<uuid:referral_id>/judge-again",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="referral.judged-again",
    rate=Rate.WRITE,
)
def judged_again(referral_id: UUID) -> ResponseReturnValue:
    """Ask a policy that gave no answer once more, on the same facts."""
    opened(referral_id)
    version, _ = read(VersionSchema(), request.form)
    try:
        again = judge_again(referral_id, version=version or 0, by=Actor.of(viewer()), at=clock.now())
    except FactsRefused as refused:
        flash(f"The policy answers again, and cannot use these facts: {refused}. Please correct them.", "info")
        return redirect(f"/referrals/{referral_id}/facts", 303)
    if again.determination.outcome == NEEDS_A_PERSON:
        flash("The policy still gives no answer. The request waits for a person.", "info")
    else:
        flash(f"Judged again. {recommendation(again.determination.outcome)}.", "success")
    return redirect(f"/referrals/{referral_id}#findings", 303)


@routes.post(
    "/referrals/<uuid:referral_id>/contacts",
    can=Can.RECORD_FACTS,
    audience=Audience.STAFF,
    audit="contact.logged",
    rate=Rate.WRITE,
)
def contacted(referral_id: UUID) -> ResponseReturnValue:
    """Log a conversation with the family or the person who asked, such as the call that tells the outcome."""
    known = opened(referral_id)
    talk, form = read(TalkSchema(), request.form)
    if talk is not None and talk.happened_at > clock.now():
        form.refuse("happened_on", "This is in the future. Log a conversation after it took place.")
    if talk is None or form.errors:
        return _page(known, form), 422
    log_contact(referral_id, talk, by=Actor.of(viewer()))
    flash("The conversation is in the log.", "success")
    return redirect(f"/referrals/{referral_id}#contacts", 303)


def _page(known: Head, form: Form) -> str:
    found = queries_case.case(known)
    who, stage = viewer(), found.referral.stage
    return render_template(
        "referrals/case.html",
        **page_words(found),
        access=known.access,
        form=form,
        facts=case_words.fact_rows(found),
        support=found.policy.support_pattern(found.edition.terms),
        offers=[found.policy.offer(found.edition.terms, key) for key in _offers(found)],
        path=found.policy.path(found.edition.terms, found.route.key),
        added=sections("referral", who, found.referral.id),
        how=HOW,
        ways=_ways(found),
        purposes=PURPOSES,
        people=_people(found),
        may={
            "record": Can.RECORD_FACTS in who.can and stage in (*UNDECIDED, "panel"),
            "move": Can.RECORD_FACTS in who.can and stage == "new",
            "judge_again": Can.RECORD_FACTS in who.can
            and stage in (*UNDECIDED, "panel")
            and found.referral.outcome == NEEDS_A_PERSON,
            "log": Can.RECORD_FACTS in who.can,
            "book": Can.BOOK_ASSESSMENT in who.can and stage in UNDECIDED and found.route.assessment_first,
            "decide": Can.DECIDE in who.can and stage in DECIDABLE,
            "ask_again": Can.RECORD_FACTS in who.can and found.decision is not None and found.second_look is None,
            "withdraw": Can.DECIDE in who.can and stage in OPEN_STAGES,
            "reopen": Can.DECIDE in who.can and stage in ENDED_STAGES,
            "offer": Can.OFFER in who.can and stage in ("to-offer", "offered", "waiting"),
        },
    )


def _ways(found: Case) -> list[tuple[str, str]]:
    """How a conversation took place; in a Family Hub only where the council works in them (WNC-16)."""
    hubs = "family-hub" in found.policy.support_pattern(found.edition.terms).modes
    return [(key, words) for key, words in HOW if key != "family-hub" or hubs]


def _offers(found: Case) -> list[str]:
    return list(found.determination.answer["offers"]) if found.determination else []


def _people(found: Case) -> list[tuple[str, str]]:
    """Whom a conversation can be with: the carers, and the person who asked."""
    people = [(carer.name, f"{carer.name} ({carer.relationship_to_child})") for carer in found.lists["carers"]]
    known = {name for name, _ in people}
    if found.referral.referrer_name not in known:
        people.append((found.referral.referrer_name, f"{found.referral.referrer_name} (who asked)"))
    return people
