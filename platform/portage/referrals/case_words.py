"""What a request's page says of its facts, in words that staff read."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from portage.policy import AREA_KEYS, AREAS, EVIDENCE, ExtraFact, Policy
from portage.policy.dates import in_words
from portage.referrals.models import Referral
from portage.referrals.own_facts import field_name, in_a_sentence, own_facts, stated
from portage.referrals.queries_case import Case

AREA_NAMES = {area.key: area.formal for area in AREAS}
EVIDENCE_NAMES = {
    **{kind.key: kind.formal for kind in EVIDENCE},
    "request-form": "The request form itself",
    "early-help-plan": "Early Help Assessment and Plan",
}
AGREEMENTS = {"parent": "agreement_parent", "home_based": "home_based"}
ASKED = {
    "child.lives_in_area": "lives_in_area",
    "child.significant_need": "significant_need",
    "child.conditions": "conditions",
    "child.setting_hours": "setting_hours",
    "child.reception_ends_on": "reception_ends_on",
    "evidence": "evidence",
}
MISSING = {
    "agreement.parent": "whether the parents or carers agree",
    "agreement.home_based": "whether the family agrees that support takes place at home",
    "child.delay": "the areas of concern, with what was measured",
    "child.lives_in_area": "whether the family lives in the council's area",
    "child.significant_need": "a professional's judgement of the child's needs",
    "evidence": "papers that show the need",
}


def questions(case: Case) -> frozenset[str]:
    """The facts that the page for recording asks: those of the route's form, of its agreements and of its rules."""
    shown = {AGREEMENTS[each.key] for each in case.route.agreements if each.key in AGREEMENTS}
    paths = {ask.fact for ask in case.route.asks}
    shown |= {name for path, name in ASKED.items() if path in paths}
    if case.route.needs_evidence:
        shown.add("evidence")
    if "agreement_parent" in shown or not case.route.agreements:
        shown |= {"agreement_parent", "agreed_by", "agreed_relationship", "agreed_on", "agreed_how"}
    if any(ask.key == "early_help_reference" for ask in case.route.asks):
        shown |= {"early_help_reference", "early_help_discussed_on"}
    return frozenset(shown)


def missing(paths: list[str], policy: Policy[Any]) -> list[str]:
    """What is still wanted, in words."""
    known = {**MISSING, **{fact.path: in_a_sentence(fact) for fact in policy.extra_facts}}
    return [
        known.get(path) or f"a measure of the delay in {AREA_NAMES[path.rsplit('.', 1)[-1]].lower()}"
        if path in known or path.rsplit(".", 1)[-1] in AREA_KEYS
        else path
        for path in paths
    ]


def fact_rows(case: Case) -> list[tuple[str, str]]:
    """The facts as the request and the staff gave them, beside the delays."""
    facts = case.referral.facts
    child, agreement = facts.get("child", {}), facts.get("agreement") or {}
    rows = [(each.question, _answer(agreement.get(each.key))) for each in case.route.agreements]
    for ask in case.route.asks:
        if ask.fact in ASKED and ask.fact != "evidence":
            told = child.get(ask.fact.removeprefix("child."))
            words = in_words(date.fromisoformat(told)) if told and ask.kind == "date" else _answer(told)
            rows.append((ask.formal, words))
        elif ask.fact == "evidence":
            rows.append((ask.formal, ", ".join(EVIDENCE_NAMES[kind] for kind in facts.get("evidence", []))))
    referral = case.referral
    agreed = {each.fact for each in case.route.agreements}
    rows += [(fact.help, _answer(stated(referral, fact))) for fact in own_facts(case) if fact.path not in agreed]
    if referral.early_help_reference or referral.early_help_discussed_on:
        rows.append(("Early help reference", referral.early_help_reference or ""))
        talked = referral.early_help_discussed_on
        rows.append(("Talked about with the parent or carer", in_words(talked) if talked else "Not known"))
    return rows


def delay_rows(case: Case) -> list[tuple[str, str, SimpleNamespace | None]]:
    """Each area of concern: its name, the delay that the rules read, and the record that it stands on."""
    stated: dict[str, Any] = case.referral.facts.get("child", {}).get("delay") or {}
    records: dict[str, SimpleNamespace] = {}
    for record in case.lists["delays"]:
        records.setdefault(record.area, record)
    return [(AREA_NAMES[area], delay_words(stated[area]), records.get(area)) for area in AREA_NAMES if area in stated]


def delay_words(stated: dict[str, Any] | None) -> str:
    """A delay in words."""
    if stated is None:
        return "A concern, not measured yet"
    if "percent" in stated:
        return f"{stated['percent']}% delay"
    if "months" in stated:
        return f"{stated['months']} months of delay"
    return f"Like a child of {stated['developmental_age_months']} months"


def values_for_form(referral: Referral, own: tuple[ExtraFact, ...] = ()) -> dict[str, Any]:
    """What the form for recording facts shows at first."""
    facts = referral.facts
    child, agreement = facts.get("child", {}), facts.get("agreement") or {}
    return {
        "version": referral.version,
        **{
            field_name(fact): _typed(value) if fact.kind == "yes-no" else value
            for fact in own
            for value in [stated(referral, fact)]
        },
        "agreement_parent": _typed(agreement.get("parent")),
        "home_based": _typed(agreement.get("home_based")),
        "lives_in_area": _typed(child.get("lives_in_area")),
        "significant_need": _typed(child.get("significant_need")),
        "conditions": "\n".join(child.get("conditions") or []),
        "setting_hours": child.get("setting_hours"),
        "reception_ends_on": child.get("reception_ends_on"),
        "evidence": facts.get("evidence") or [],
        **{
            name: getattr(referral, name)
            for name in (
                "agreed_by",
                "agreed_relationship",
                "agreed_on",
                "agreed_how",
                "early_help_reference",
                "early_help_discussed_on",
            )
        },
    }


def _answer(value: Any) -> str:
    if value is None or value == []:
        return "Not known"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _typed(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "unknown"}[value]
