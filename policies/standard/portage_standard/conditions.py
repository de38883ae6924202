"""From the terms of an edition to its rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from portage.policy import Facts, Rule, rules
from portage.policy.rules import (
    AllOf,
    AnyOf,
    DelayByAge,
    DelayFigure,
    DelayInAreas,
    EvidenceOf,
    ForAPerson,
    Known,
    ToldBeside,
    Until,
)
from portage_standard import questions as asked
from portage_standard.eligibility import (
    FRACTIONS,
    AgeTerms,
    BandTerms,
    ConditionTerms,
    DelayTerms,
    DiscretionTerms,
    EligibilityTerms,
    EntryTerms,
    EvidenceTerms,
    HoursTerms,
    ResidenceTerms,
    ServicesTerms,
)

if TYPE_CHECKING:
    from portage_standard.routes import StandardRouteTerms

# What a finding is about where several stand in one statement; the key is part of its number.
CONDITION_WORDS: Final[Mapping[str, str]] = {
    "age": "age", "entry": "latest entry", "need": "need", "residence": "where the family lives",
    "hours": "hours in a setting", "services": "other services", "evidence": "evidence", "discretion": "discretion",
    "request": "agreement",
}  # fmt: skip
_ENTRY_UNITS = {"months": "month", "school-terms": "school term", "school-years": "school year"}


def _stated(terms: EligibilityTerms) -> Iterator[tuple[str, str, Any]]:
    """Yield each condition that is tested, in the order of the findings: its name, its term, its values."""
    cap = terms.hours if terms.hours and terms.hours.effect != "visits" else None
    for name, term, table, given in (
        ("age", "age", terms.age, terms.age),
        ("entry", "latest_entry", terms.latest_entry, terms.latest_entry),
        ("need", "delay" if terms.delay else "ways_in", terms.delay or terms.ways_in, terms),
        ("residence", "residence", terms.residence, terms.residence),
        ("hours", "hours", cap, cap),
        ("services", "other_services", terms.other_services, terms.other_services),
        ("evidence", "evidence", terms.evidence, terms.evidence),
        ("discretion", "discretion", terms.discretion, terms.discretion),
    ):
        if table is not None:
            yield name, f"eligibility.{term}", given


def tested(terms: EligibilityTerms) -> dict[str, str]:
    """Return the conditions that an edition tests: their name to the path of the term that states them."""
    return {name: path for name, path, _ in _stated(terms)}


def conditions(terms: EligibilityTerms, number: Callable[[str], str], *, evidence: bool) -> Iterator[Rule]:
    """Yield the rules that every route tests, in the order of their findings."""
    for name, _, given in _stated(terms):
        if evidence or name != "evidence":
            yield _RULES[name](given, number(name))


def age(terms: AgeTerms, number: str) -> Rule:
    """Old enough, and before the earliest of the ends."""
    ends: list[Until] = []
    if terms.oldest:
        months = terms.oldest.age * (12 if terms.oldest.unit == "years" else 1)
        ends.append(rules.until_age(months, day_included=terms.oldest.last_day == "included"))
    if terms.until:
        ends.append(_until(terms.until.event, terms.until.birthday))
    youngest = terms.youngest
    first = 0 if youngest is None else youngest.age * (12 if youngest.unit == "years" else 1)
    return rules.age_between(number, first, tuple(ends))


def _until(event: str, birthday: int) -> Until:
    if event == "funded-place":
        return rules.until_funded_place(birthday)
    if event == "compulsory-school-age":
        return rules.until_compulsory_school_age(birthday)
    if event == "end-of-reception":
        return rules.until_the_end_of_reception(birthday)
    return rules.until_school_year_after(birthday, "a child can start a nursery class")


def latest_entry(terms: EntryTerms, number: str) -> Rule:
    """So long before school can start."""
    return rules.latest_entry(number, rules.until_before_school(terms.number, _ENTRY_UNITS[terms.unit]))


def need(terms: EligibilityTerms, number: str) -> Rule:
    """The delay, or any of the other ways in."""
    ways = tuple(_ways(terms, number))
    return ways[0] if len(ways) == 1 else AnyOf(number, ways)


def _ways(terms: EligibilityTerms, number: str) -> Iterator[Rule]:
    if terms.delay:
        yield delay(terms.delay, number, terms.delay.in_areas)
        if terms.delay.expected:
            yield _known(
                number, asked.EXPECTED_DELAY, "a professional expects a delay as great as that",
                "no professional expects a delay as great as that",
            )  # fmt: skip
    ways = terms.ways_in
    if ways is None:
        return
    if ways.condition:
        yield condition(ways.condition, number)
    if ways.screening:
        yield rules.ScreeningScores(number, ways.screening.at_most, ways.screening.in_parts)
    if ways.sensory_loss and terms.delay:
        loss = _known(
            number, asked.SENSORY_LOSS, "the child has a hearing or sight loss",
            "the child does not have a hearing or sight loss",
        )  # fmt: skip
        yield AllOf(number, (loss, delay(terms.delay, number, ways.sensory_loss.in_areas, beside_loss=True)))
    if ways.professional_judgement:
        yield rules.significant_need(number)


def delay(terms: DelayTerms, number: str, areas: int, *, beside_loss: bool = False) -> DelayByAge | DelayInAreas:
    """The figure for each age, in enough of the areas; one percentage for every age has a block of its own."""
    if _is_plain(terms) and not beside_loss:
        return DelayInAreas(number, terms.percent or 0, areas, frozenset(terms.areas))
    more_areas = terms.areas_compared == "more-than" and not beside_loss
    figures = [(band.from_months, _figure(band, terms.compared)) for band in terms.by_age.values()]
    return DelayByAge(
        number,
        (*sorted(figures, key=lambda pair: -pair[0]), (0, _figure(terms, terms.compared))),
        areas + (1 if more_areas else 0),
        frozenset(terms.areas),
        frozenset() if beside_loss else frozenset(terms.among),
    )


def _is_plain(terms: DelayTerms) -> bool:
    """Say whether the delay is at least a percentage in at least so many areas, and nothing more."""
    figures = terms.percent is not None and terms.fraction is None and terms.months is None
    at_least = terms.compared == terms.areas_compared == "at-least"
    return figures and at_least and not (terms.by_age or terms.among)


def _figure(terms: DelayTerms | BandTerms, compared: str) -> DelayFigure:
    shares = []
    if terms.percent is not None:
        shares.append((terms.percent, 100, f"{terms.percent}% of age"))
    if terms.fraction is not None:
        top, bottom = terms.fraction.split("/")
        shares.append((int(top), int(bottom), FRACTIONS[terms.fraction]))
    return DelayFigure(tuple(shares), terms.months, compared == "more-than")


def condition(terms: ConditionTerms, number: str) -> Known:
    """A condition that is likely to delay development: one that the terms name, or as a professional says."""
    named = {name.casefold() for name in terms.named}

    def read(facts: Facts) -> bool | None:
        if any(one.strip().casefold() in named for one in facts.conditions):
            return True
        found = facts.extra.get(asked.CONDITION)
        return found if isinstance(found, bool) else None

    counts = f" These count as soon as they are named: {'; '.join(terms.named)}." if terms.named else ""
    likely = "a diagnosis or condition that is likely to delay development"
    return Known(
        number, f"The child has {likely}.{counts}", asked.CONDITION, read, f"The child has {likely}.",
        f"The child does not have {likely}.", f"We do not know yet whether the child has {likely}.",
    )  # fmt: skip


def residence(terms: ResidenceTerms, number: str) -> Rule:
    """In the area, and in no part of it that is left out."""
    lives = rules.lives_in_area(number, terms.area_name)
    if not terms.left_out:
        return lives
    left_out = "; ".join(terms.left_out)
    outside = _known(
        number, asked.LEFT_OUT, f"the family lives in a part that the service leaves out ({left_out})",
        f"the family does not live in a part that the service leaves out ({left_out})", wanted=False,
    )  # fmt: skip
    return AllOf(number, (lives, outside))


def hours(terms: HoursTerms, number: str) -> Rule:
    """The cap on the time in a setting, hard or for a person to weigh."""
    caps = (terms.fewer_than_hours, terms.fewer_than_sessions)
    cap = rules.HoursInSetting(number, *caps, terms.funded_at_two_exempt)
    return cap if terms.effect == "condition" else _weighed(cap, asked.HOURS_WEIGHED, "the hours in the setting")


def services(terms: ServicesTerms, number: str) -> Rule:
    """Not beside another service, and universal support first."""
    parts: list[Rule] = []
    if terms.not_with:
        beside = f"involved that this one does not run beside ({'; '.join(terms.not_with)})"
        involved, none = f"another service is {beside}", f"no service is {beside}"
        parts.append(_known(number, asked.OTHER_SERVICE, involved, none, wanted=False))
    if terms.universal_first:
        open_to_all = "support that is open to every family was"
        tried, untried = f"{open_to_all} tried first", f"{open_to_all} not tried yet"
        parts.append(_known(number, asked.UNIVERSAL_TRIED, tried, untried))
    rule: Rule = parts[0] if len(parts) == 1 else AllOf(number, tuple(parts))
    return rule if terms.effect == "condition" else _weighed(rule, asked.SERVICES_WEIGHED, "this")


def papers(terms: EvidenceTerms, number: str) -> Rule:
    """One of the papers, and each signature."""
    parts: list[Rule] = [EvidenceOf(number, frozenset(terms.kinds))] if terms.kinds else []
    signed = {
        "parent": (asked.SIGNED, "a parent or carer has signed the request"),
        "professional": (asked.SIGNED_BY_PROFESSIONAL, "the professional has signed the request"),
    }
    for who in terms.signatures:
        path, yes = signed[who]
        # A signature that has not come yet is wanted; it is never a reason to say no.
        parts.append(_known(number, path, yes, f"{yes.replace(' has signed', ' has not signed')} yet", refuses=False))
    return parts[0] if len(parts) == 1 else AllOf(number, tuple(parts))


def discretion(terms: DiscretionTerms, number: str) -> Known:
    """What a person decides, and nobody else: not known until a named person did."""
    says = terms.says
    return Known(
        number, f"{says} A person decides.", asked.DISCRETION, ToldBeside(asked.DISCRETION),
        f"{says} A person decided that support can go ahead.",
        f"{says} A person decided that support cannot go ahead.", f"{says} A person decides.",
    )  # fmt: skip


def of_the_route(route: StandardRouteTerms, number: str) -> Rule:
    """The agreements of a route; a parent's own request is agreed by asking."""
    parts = [_agreement(name, number, route) for name in route.agreements]
    return parts[0] if len(parts) == 1 else AllOf(number, tuple(parts))


def _agreement(name: str, number: str, route: StandardRouteTerms) -> Rule:
    if name == "parent":
        agreed = rules.parents_agree(number)
        if "parent" not in route.referrers:
            return agreed
        return rules.AskedByParent(number, otherwise=None if route.referrers == ("parent",) else agreed)
    if name == "home-based":
        return rules.agreed_at_home(number)
    what = {"panel": "that a panel looks at the request", "sharing": "that what the request says is shared"}[name]
    return _known(number, f"agreement.{name}", f"the family agrees {what}", f"the family does not agree {what}")


def _weighed(part: Rule, path: str, what: str) -> ForAPerson:
    person = Known(
        part.number, "A person decides.", path, ToldBeside(path),
        f"A person weighed {what} and decided that support can go ahead.",
        f"A person weighed {what} and decided that support cannot go ahead.", "A person decides.",
    )  # fmt: skip
    return ForAPerson(part.number, part, person)


def _known(number: str, path: str, yes: str, no: str, *, wanted: bool = True, refuses: bool = True) -> Known:
    """A rule that rests on one fact of this policy; `wanted` is the answer that meets it."""
    met, unmet = (yes, no) if wanted else (no, yes)
    return Known(
        number, f"{met[0].upper()}{met[1:]}.", path, ToldBeside(path, wanted, refuses),
        f"{met[0].upper()}{met[1:]}.", f"{unmet[0].upper()}{unmet[1:]}.",
        f"We do not know yet whether {yes}.",
    )  # fmt: skip


_RULES: Mapping[str, Callable[[Any, str], Rule]] = {
    "age": age,
    "entry": latest_entry,
    "need": need,
    "residence": residence,
    "hours": hours,
    "services": services,
    "evidence": papers,
    "discretion": discretion,
}
