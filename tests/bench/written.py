"""The rules of three councils as a programmer would write them out by hand: functions with the figures in them.

They build plain dataclasses with the outcome and what each rule found, and use the same remembered dates. They know one
edition each and explain nothing; a change of a figure is a change of the program.
"""

from __future__ import annotations

from dataclasses import dataclass

from portage.policy import AREA_KEYS, Edition, Facts, dates

SHOWS_NEED = frozenset({"adpr", "smart-targets", "portage-profile", "asq"})


@dataclass(slots=True)
class Found:
    """What one rule found."""

    rule: str
    met: bool | None


@dataclass(slots=True)
class Answer:
    """The outcome, with what each rule found."""

    edition: Edition
    facts: Facts
    outcome: str
    findings: list[Found]


def answer(edition: Edition, facts: Facts, findings: list[Found], ready: str) -> Answer:
    """Fold what was found into an outcome."""
    outcome = ready
    for found in findings:
        if found.met is False:
            outcome = "not-eligible"
            break
        if found.met is None:
            outcome = "more-information"
    return Answer(edition, facts, outcome, findings)


def delayed(facts: Facts) -> bool | None:
    """Half of age in two areas."""
    if facts.delay is None:
        return None
    reached = unmeasured = 0
    for area, measured in facts.delay.items():
        if area in AREA_KEYS:
            if measured is None:
                unmeasured += 1
            elif measured.share * 100 >= 50 * measured.age:
                reached += 1
    if reached >= 2:
        return True
    return None if reached + unmeasured >= 2 else False


def leeds(edition: Edition, facts: Facts) -> Answer:
    """Age, delay, home, and what the route asks for."""
    agreed = facts.agreement_parent
    if facts.route == "request-form":
        asked = Found("LDS-13", True if facts.referrer == "parent" else agreed)
    elif facts.route == "hen":
        asked = Found("LDS-14", agreed)
    elif agreed is False or facts.agreement_home_based is False:
        asked = Found("LDS-15", False)
    else:
        asked = Found("LDS-15", None if agreed is None or facts.agreement_home_based is None else True)
    findings = [
        Found("LDS-10", facts.received_on < dates.day_after_age(facts.date_of_birth, 30)),
        Found("LDS-11", delayed(facts)),
        Found("LDS-12", facts.lives_in_area),
        asked,
    ]
    return answer(edition, facts, findings, "eligible")


def lancashire(edition: Edition, facts: Facts) -> Answer:
    """Age, need, and what the route asks for."""
    findings = [
        Found("LAN-01-age", facts.received_on < dates.funded_place_start(facts.date_of_birth, 3)),
        Found("LAN-01-need", facts.significant_need),
        Found("LAN-02", facts.referrer == "parent")
        if facts.route == "portage-form"
        else Found("LAN-03", facts.agreement_parent),
    ]
    return answer(edition, facts, findings, "eligible")


def west_northants(edition: Edition, facts: Facts) -> Answer:
    """Age, and evidence where the route needs it."""
    if facts.reception_ends_on is None:
        limit = dates.after_reception(facts.date_of_birth, 5)
    else:
        limit = dates.day_after(facts.reception_ends_on)
    findings = [Found("WNC-01", facts.received_on < limit)]
    if facts.route in ("request-for-support", "setting-support"):
        findings.append(Found("WNC-02", None if SHOWS_NEED.isdisjoint(facts.evidence) else True))
    return answer(edition, facts, findings, "panel")


WRITTEN = {"leeds": leeds, "lancashire": lancashire, "west-northants": west_northants}
