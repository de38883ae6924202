"""Reading facts strictly: every wrong field is named, nothing is guessed or coerced."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from portage.policy import dates
from portage.policy.facts import ExtraFact, FactErrors, FactProblem, Facts, Measured
from portage.policy.vocabulary import AREA_KEYS, EVIDENCE_KEYS, REFERRERS

if TYPE_CHECKING:
    from portage.policy.determination import RouteShape
    from portage.policy.plugin import Policy
    from portage.policy.terms import Terms

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TOP: Final = frozenset({"received_on", "route", "referrer", "agreement", "child", "evidence"})
_AGREEMENT: Final = frozenset({"parent", "home_based"})
_CHILD: Final = frozenset({
    "date_of_birth", "lives_in_area", "delay", "significant_need", "setting_hours", "conditions", "reception_ends_on",
})  # fmt: skip
_FORMS: Final = ("percent", "months", "developmental_age_months")


def read_facts(
    policy: Policy[Any], obj: object, terms: Terms | None = None, extra: Iterable[ExtraFact] | None = None
) -> Facts:
    """Read one object into facts for this policy; raise FactErrors naming every wrong field."""
    return _Reader(policy.shapes_of(terms), policy.extra_facts if extra is None else extra).read(obj)


class _Reader:
    """Reads one object, gathering what is wrong as it goes."""

    def __init__(self, routes: tuple[RouteShape, ...], extra: Iterable[ExtraFact]) -> None:
        self.routes, self.extra = routes, extra
        self.problems: list[FactProblem] = []

    def wrong(self, path: str, sentence: str) -> None:
        self.problems.append(FactProblem(path, sentence))

    def read(self, obj: object) -> Facts:
        if not isinstance(obj, Mapping):
            raise FactErrors([FactProblem("request", "must be one object with fields")])
        extras = {fact.path: fact for fact in self.extra}
        self.known_fields("", obj, _TOP, extras)
        child = self.part(obj, "child", _CHILD, extras)
        agreement = self.part(obj, "agreement", _AGREEMENT, extras)
        received_on = self.day("received_on", obj.get("received_on"), required=True)
        route, referrer = self.route_and_referrer(obj.get("route"), obj.get("referrer"))
        born = self.born(child, received_on)
        reception = self.day("child.reception_ends_on", child.get("reception_ends_on"))
        if reception and born and reception <= born:
            self.wrong("child.reception_ends_on", "must be after the date of birth")
        read = {
            "agreement_parent": self.yes_no("agreement.parent", agreement.get("parent")),
            "agreement_home_based": self.yes_no("agreement.home_based", agreement.get("home_based")),
            "lives_in_area": self.yes_no("child.lives_in_area", child.get("lives_in_area")),
            "delay": self.delays(child.get("delay"), born, received_on),
            "significant_need": self.yes_no("child.significant_need", child.get("significant_need")),
            "setting_hours": self.number("child.setting_hours", child.get("setting_hours")),
            "conditions": self.texts("child.conditions", child.get("conditions")),
            "reception_ends_on": reception,
            "evidence": self.evidence(obj.get("evidence")),
            "extra": {path: self.extra_fact(fact, obj) for path, fact in extras.items()},
        }
        if self.problems or received_on is None or born is None:
            raise FactErrors(self.problems)
        return Facts(received_on, route, referrer, born, given=obj, **read)  # type: ignore[arg-type] # each was read as its field's type

    def known_fields(self, at: str, obj: Mapping[str, Any], known: frozenset[str], extras: Mapping[str, Any]) -> None:
        for key in obj:
            if key not in known and f"{at}{key}" not in extras:
                self.wrong(f"{at}{key}", "is not a field that this policy knows")

    def part(
        self, obj: Mapping[str, Any], name: str, known: frozenset[str], extras: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        value = obj.get(name)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.wrong(name, "must be an object with fields")
            return {}
        self.known_fields(f"{name}.", value, known, extras)
        return value

    def day(self, path: str, value: object, *, required: bool = False) -> date | None:
        if value is None:
            if required:
                self.wrong(path, "is required")
            return None
        if isinstance(value, str) and _DATE.fullmatch(value):
            try:
                return date.fromisoformat(value)
            except ValueError:
                pass
        self.wrong(path, "must be a date written as YYYY-MM-DD")
        return None

    def born(self, child: Mapping[str, Any], received_on: date | None) -> date | None:
        born = self.day("child.date_of_birth", child.get("date_of_birth"), required=True)
        if born and received_on and born > received_on:
            self.wrong("child.date_of_birth", "must not be after received_on")
        return born

    def route_and_referrer(self, route: object, referrer: object) -> tuple[str, str]:
        shape = next((shape for shape in self.routes if shape.key == route), None)
        if route is None:
            self.wrong("route", "is required")
        elif shape is None:
            offered = ", ".join(shape.key for shape in self.routes)
            self.wrong("route", f"must be a route that this policy offers: {offered}")
        if referrer is None:
            self.wrong("referrer", "is required")
        elif not isinstance(referrer, str) or referrer not in REFERRERS:
            self.wrong("referrer", f"must be one of: {', '.join(REFERRERS)}")
        elif shape is not None and referrer not in shape.referrers:
            self.wrong("referrer", f"may not use the route {shape.key}, which is for: {', '.join(shape.referrers)}")
        return str(route), str(referrer)

    def yes_no(self, path: str, value: object) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        self.wrong(path, "must be true, false or null")
        return None

    def number(self, path: str, value: object, *, required: bool = False) -> int | float | Decimal | None:
        """Read a finite number of at least 0; a boolean is no number."""
        if value is None and not required:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            self.wrong(path, "must be a number")
        elif not isinstance(value, int) and not math.isfinite(float(value)):
            self.wrong(path, "must be a finite number")
        elif value < 0:
            self.wrong(path, "must not be negative")
        else:
            return value
        return None

    def texts(self, path: str, value: object) -> tuple[str, ...]:
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.wrong(path, "must be a list of strings")
        return ()

    def evidence(self, value: object) -> frozenset[str]:
        kinds = frozenset(self.texts("evidence", value))
        for kind in sorted(kinds - EVIDENCE_KEYS):
            self.wrong(
                "evidence", f"{kind!r} is not a kind of evidence; the kinds are: {', '.join(sorted(EVIDENCE_KEYS))}"
            )
        return kinds

    def extra_fact(self, fact: ExtraFact, obj: Mapping[str, Any]) -> object:
        part, _, name = fact.path.rpartition(".")
        holder = obj.get(part) if part else obj
        value = holder.get(name) if isinstance(holder, Mapping) else None
        if fact.kind == "yes-no":
            return self.yes_no(fact.path, value)
        if fact.kind == "number":
            return self.number(fact.path, value)
        if fact.kind == "date":
            return self.day(fact.path, value)
        if fact.kind == "texts":
            return self.texts(fact.path, value)
        if value is not None and not isinstance(value, str):
            self.wrong(fact.path, "must be a string")
        return value

    def delays(self, value: object, born: date | None, received_on: date | None) -> dict[str, Measured | None] | None:
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.wrong("child.delay", "must be an object with an area of development for each field")
            return None
        measured: dict[str, Measured | None] = {}
        for area, form in value.items():
            path = f"child.delay.{area}"
            if area not in AREA_KEYS:
                self.wrong(path, "is not an area of development")
            elif form is None:
                measured[area] = None
            elif not isinstance(form, Mapping):
                self.wrong(path, f"must be null or an object with one of: {', '.join(_FORMS)}")
            else:
                measured[area] = self.delay(path, form, born, received_on)
        return measured

    def delay(self, path: str, form: Mapping[str, Any], born: date | None, received_on: date | None) -> Measured | None:
        """Read one area's delay; None also where an age of 0 months can measure nothing."""
        given = [name for name in _FORMS if name in form]
        for key in form:
            if key not in _FORMS and not (key == "assessed_on" and given == ["developmental_age_months"]):
                self.wrong(f"{path}.{key}", "is not a field of this form of delay")
        if len(given) != 1:
            self.wrong(path, f"must have exactly one of: {', '.join(_FORMS)}")
            return None
        kind = given[0]
        assessed_on = (
            self.assessed(path, form, born, received_on) if kind == "developmental_age_months" else received_on
        )
        number = self.number(f"{path}.{kind}", form[kind], required=True)
        if number is None:
            return None
        if kind == "percent":
            known = born is not None and received_on is not None and born <= received_on
            age = dates.completed_months(born, received_on) if known else 0  # type: ignore[arg-type] # both are days
            return self.percent(f"{path}.percent", number, age)
        if born is None or assessed_on is None or assessed_on < born:
            return None
        return _behind(kind, number, dates.completed_months(born, assessed_on))

    def assessed(self, path: str, form: Mapping[str, Any], born: date | None, received_on: date | None) -> date | None:
        day = self.day(f"{path}.assessed_on", form.get("assessed_on"), required=True)
        if day and born and day < born:
            self.wrong(f"{path}.assessed_on", "must not be before the date of birth")
        if day and received_on and day > received_on:
            self.wrong(f"{path}.assessed_on", "must not be after received_on")
        return day

    def percent(self, path: str, number: int | float | Decimal, age: int) -> Measured | None:
        if number > 100:
            self.wrong(path, "must not be over 100")
            return None
        share = _exact(number)
        return Measured(share.numerator, 100 * share.denominator, f"{number}%", age)


def _behind(kind: str, number: int | float | Decimal, age: int) -> Measured | None:
    """Turn months of delay, or a developmental age, into an exact share of an age in completed months."""
    if age == 0:
        return None
    exact = _exact(number)
    behind = exact if kind == "months" else max(age - exact, Fraction(0))
    words = f"{number} months behind" if kind == "months" else f"like a child of {number} months"
    plain = Measured(behind.numerator, age * behind.denominator, "", age)
    return plain._replace(figure=f"{words} at the age of {age} months, which is {plain.percent}")


def _exact(number: int | float | Decimal) -> Fraction:
    """Return the number as it was written; a speck too small for a float counts as 0, not as a giant fraction."""
    if isinstance(number, int):
        return Fraction(number)
    return Fraction(str(number)) if float(number) else Fraction(0)
