"""From the answers of a form, on however many pages, to the command that takes a request in."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from portage.families.operations import NewCarer, NewChild, tidy_postcode
from portage.policy import EVIDENCE_KEYS, Ask, Route
from portage.referrals.operations.receive import AgreedBy, ReceivedHow, ReceiveReferral, Referrer
from portage.referrals.schemas.ask_pages import HOW_AGREED, PARENT
from portage.referrals.schemas.ask_people import FORMATS
from portage.referrals.schemas.ask_questions import Answers

_IN_COLUMNS = {"own_words", "setting_name", "early_help_reference", "discussed_on"}
_BESIDE = ("significant_need_reason", "parents_informed_on", "parents_discussed_on", "parents_views")
NOT_STATED = "Not stated"  # on a paper form; a page of ours always asks
BY_ASKING = "By making the request"


def as_request(
    route: Route,
    answers: Answers,
    *,
    received_on: date,
    received_how: ReceivedHow = "online",
    received_known_by: str | None = None,
    form_used: str | None = None,
    papers: tuple[str, ...] = (),
    flags: tuple[str, ...] = (),
) -> ReceiveReferral:
    """The request that these answers make; `papers` are the kinds of the files that came with it."""
    referrer = answers.get("referrer") or route.referrers[0]
    return ReceiveReferral(
        route=route.key,
        received_on=received_on,
        received_how=received_how,
        received_known_by=received_known_by,
        form_used=form_used,
        referrer=_referrer(referrer, answers),
        child=child_of_answers(answers),
        carers=carers_of_answers(answers),
        agreed=_agreed(route, referrer, answers, received_on),
        in_their_words=answers.get("own_words"),
        early_help_reference=answers.get("early_help_reference"),
        early_help_discussed_on=answers.get("discussed_on"),
        facts=facts_of_answers(route, referrer, answers, papers),
        answers=answers_beside(route, answers),
        flags=flags,
    )


def child_of_answers(answers: Answers) -> NewChild:
    """The child as the answers name them."""
    return NewChild(
        given_name=answers["given_name"],
        family_name=answers["family_name"],
        date_of_birth=answers["born"],
        address=answers.get("address"),
        postcode=answers.get("postcode"),
        setting_name=answers.get("setting_name"),
    )


def carers_of_answers(answers: Answers) -> tuple[NewCarer, ...]:
    """The parents and carers among the answers, the main contact first."""
    return tuple(carer for carer in (_carer(answers, "carer"), _carer(answers, "other")) if carer)


def facts_of_answers(route: Route, referrer: str, answers: Answers, papers: tuple[str, ...] = ()) -> dict[str, Any]:
    """The policy's facts among the answers: agreements, what is asked of the child, kinds of evidence."""
    facts: dict[str, Any] = {"agreement": {}, "child": {}}
    for agreement in route.agreements:
        by_asking = referrer == PARENT and agreement.key == "parent"
        facts["agreement"][agreement.key] = True if by_asking else answers.get(f"agreement_{agreement.key}")
    for ask in route.asks:
        if ask.fact is not None and (value := _fact(ask, answers.get(ask.key))) is not None:
            part, _, name = ask.fact.rpartition(".")
            (facts.setdefault(part, {}) if part else facts)[name] = value
    if kinds := sorted({*facts.get("evidence", ()), *papers} & EVIDENCE_KEYS):
        facts["evidence"] = kinds
    return facts


def _fact(ask: Ask, answer: Any) -> Any:
    """An answer as its fact: a ticked area is a concern that nobody has measured yet."""
    if answer in (None, "", []):
        return None
    if ask.kind == "areas":
        return dict.fromkeys(answer)
    if isinstance(answer, date):
        return answer.isoformat()
    if ask.kind == "long-text":
        return [line.strip() for line in str(answer).splitlines() if line.strip()]
    return answer


def _referrer(kind: str, answers: Mapping[str, Any]) -> Referrer:
    if kind == PARENT:
        return Referrer(
            kind,
            answers["carer_name"],
            role=answers.get("carer_relationship"),
            email=answers.get("carer_email"),
            telephone=answers.get("carer_telephone"),
        )
    return Referrer(
        kind,
        answers["referrer_name"],
        role=answers.get("referrer_role"),
        organisation=answers.get("referrer_organisation"),
        email=answers.get("referrer_email"),
        telephone=answers.get("referrer_telephone"),
    )


def _carer(answers: Mapping[str, Any], prefix: str) -> NewCarer | None:
    if not answers.get(f"{prefix}_name"):
        return None
    safe = answers.get(f"{prefix}_safe") or []
    return NewCarer(
        name=answers[f"{prefix}_name"],
        relationship_to_child=answers.get(f"{prefix}_relationship") or NOT_STATED,
        parental_responsibility=answers.get(f"{prefix}_responsibility"),
        email=answers.get(f"{prefix}_email"),
        telephone=answers.get(f"{prefix}_telephone"),
        address=_address(answers) if prefix == "carer" else None,
        email_is_safe="email" in safe,
        telephone_is_safe="telephone" in safe,
        post_is_safe="post" in safe,
        contact_note=answers.get(f"{prefix}_contact_note"),
        interpreter=answers.get(f"{prefix}_interpreter"),
        format_needs=_formats(answers, prefix),
        main_contact=prefix == "carer",
    )


def _address(answers: Mapping[str, Any]) -> str | None:
    lines = [answers.get("address"), tidy_postcode(answers.get("postcode"))]
    return "\n".join(line for line in lines if line) or None


def _formats(answers: Mapping[str, Any], prefix: str) -> str | None:
    labels = {key: label for key, label, _ in FORMATS}
    named = [labels[key] for key in answers.get(f"{prefix}_formats") or []]
    if other := answers.get(f"{prefix}_other_needs"):
        named.append(other)
    return "; ".join(named) or None


def _agreed(route: Route, referrer: str, answers: Mapping[str, Any], received_on: date) -> AgreedBy:
    """Who agreed: a parent by asking, on the day the request came; otherwise as the professional says."""
    if route.statutory:
        return AgreedBy()
    if referrer == PARENT:
        return AgreedBy(answers["carer_name"], answers.get("carer_relationship"), received_on, BY_ASKING)
    how = {key: label for key, label, _ in HOW_AGREED}
    chosen = answers.get("agreed_how")
    return AgreedBy(
        answers.get("agreed_by"),
        answers.get("agreed_relationship"),
        answers.get("agreed_on"),
        how.get(chosen) if chosen else None,
    )


def agrees_by_asking(route: Route, referrer: str) -> bool:
    """Whether a request by this person is itself the agreement that the route asks for."""
    return referrer == PARENT and any(agreement.key == "parent" for agreement in route.agreements)


def answers_beside(route: Route, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked and is neither a fact nor a column."""
    asked = [ask.key for ask in route.asks if ask.fact is None and ask.key not in _IN_COLUMNS]
    given = {key: answers.get(key) for key in (*asked, *_BESIDE)}
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in given.items()
        if value not in (None, "", [])
    }
