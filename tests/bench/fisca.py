"""The same rules for openfisca-core, which judges whole columns with numpy; each council is a system of its own.

An answer is 0 not met, 1 not known, 3 met, as in our own columns, so that "and" is one step for it too. It is told
delays in percent of age, with NaN where an area is not measured and -1 where it is no concern.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
from openfisca_core import entities, periods, taxbenefitsystems, variables
from openfisca_core.simulations import SimulationBuilder

from bench.cases import ROUTES
from bench.written import SHOWS_NEED
from portage.policy import AREA_KEYS, Edition, Facts

AREAS = {area: f"delay_{area.replace('-', '_')}" for area in sorted(AREA_KEYS)}
PERSON = entities.build_entity("person", "people", "A child", is_person=True)
NO_DAY = np.datetime64("NaT")
Arrays = dict[str, Any]
OUTCOMES = {0: "not-eligible", 1: "more-information", 3: "eligible"}


def told(name: str, kind: type) -> type[variables.Variable]:
    """Declare a fact."""
    body = {"value_type": kind, "entity": PERSON, "definition_period": periods.DateUnit.ETERNITY, "label": name}
    return type(name, (variables.Variable,), body)


def found(name: str, formula: Callable[[Any, Any], Any]) -> type[variables.Variable]:
    """Declare what a rule finds."""
    body = {
        "value_type": int, "entity": PERSON, "definition_period": periods.DateUnit.MONTH, "label": name,
        "formula": formula,
    }  # fmt: skip
    return type(name, (variables.Variable,), body)


def add_months(day: Any, months: int) -> Any:
    """Return the days that many months later; a day that the month lacks becomes its last."""
    month = day.astype("datetime64[M]")
    in_month = (day - month.astype("datetime64[D]")).astype(int)
    then = month + months
    last = ((then + 1).astype("datetime64[D]") - then.astype("datetime64[D]")).astype(int) - 1
    return then.astype("datetime64[D]") + np.minimum(in_month, last)


def month_of_year(day: Any) -> tuple[Any, Any]:
    """Return the years as months, and the month in each year from 0."""
    year = day.astype("datetime64[Y]").astype("datetime64[M]")
    return year, (day.astype("datetime64[M]") - year).astype(int)


def leeds_age(people: Any, period: Any) -> Any:
    """Up to the day of two years and six months."""
    return np.where(people("received", period) <= add_months(people("born", period), 30), 3, 0)


def leeds_delay(people: Any, period: Any) -> Any:
    """Half of age in two areas."""
    reached = unmeasured = 0
    for name in AREAS.values():
        delay = people(name, period)
        reached = reached + (delay >= 50)
        unmeasured = unmeasured + np.isnan(delay)
    known = np.where(reached >= 2, 3, np.where(reached + unmeasured >= 2, 1, 0))
    return np.where(people("delay_told", period), known, 1)


def leeds_outcome(people: Any, period: Any) -> Any:
    """Every rule, with what the route asks for."""
    route, agreed = people("route", period), people("agreement", period)
    asked = np.where(
        route == 0,
        np.where(people("parent", period), 3, agreed),
        np.where(route == 1, agreed, agreed & people("home", period)),
    )
    return people("age", period) & people("delay", period) & people("lives", period) & asked


def lancashire_age(people: Any, period: Any) -> Any:
    """Before the funded place that follows the third birthday."""
    year, month = month_of_year(people("born", period))
    begins = (year + np.where(month < 3, 39, np.where(month < 8, 44, 48))).astype("datetime64[D]")
    return np.where(people("received", period) < begins, 3, 0)


def lancashire_outcome(people: Any, period: Any) -> Any:
    """Every rule, with what the route asks for."""
    own = np.where(people("parent", period), 3, 0)
    asked = np.where(people("route", period) == 0, own, people("agreement", period))
    return people("age", period) & people("need", period) & asked


def west_northants_age(people: Any, period: Any) -> Any:
    """To the end of reception, or the day that replaces it."""
    year, month = month_of_year(people("born", period))
    ends = (year + np.where(month < 8, 68, 80)).astype("datetime64[D]")
    stated = people("reception_ends", period)
    return np.where(people("received", period) < np.where(np.isnat(stated), ends, stated + 1), 3, 0)


def west_northants_outcome(people: Any, period: Any) -> Any:
    """Age, and evidence where the route needs it."""
    shown = np.where(people("route", period) == 1, 3, np.where(people("evidence", period), 3, 1))
    return people("age", period) & shown


FACTS: dict[str, dict[str, type]] = {
    "leeds": {
        "born": date, "received": date, "route": int, "parent": bool, "agreement": int, "home": int, "lives": int,
        "delay_told": bool, **dict.fromkeys(AREAS.values(), float),
    },
    "lancashire": {"born": date, "received": date, "route": int, "parent": bool, "agreement": int, "need": int},
    "west-northants": {"born": date, "received": date, "route": int, "evidence": bool, "reception_ends": date},
}  # fmt: skip
FORMULAS: dict[str, dict[str, Callable[[Any, Any], Any]]] = {
    "leeds": {"age": leeds_age, "delay": leeds_delay, "outcome": leeds_outcome},
    "lancashire": {"age": lancashire_age, "outcome": lancashire_outcome},
    "west-northants": {"age": west_northants_age, "outcome": west_northants_outcome},
}


def system(council: str) -> taxbenefitsystems.TaxBenefitSystem:
    """Declare the facts and the rules of a council."""
    made = taxbenefitsystems.TaxBenefitSystem([PERSON])
    for name, kind in FACTS[council].items():
        made.add_variable(told(name, kind))
    for name, formula in FORMULAS[council].items():
        made.add_variable(found(name, formula))
    return made


SYSTEMS = {council: system(council) for council in FACTS}


def code(value: bool | None) -> int:
    """Return 0, 1 or 3."""
    return {False: 0, None: 1, True: 3}[value]


def percent(facts: Facts, area: str) -> float:
    """Return the delay in an area in percent of age."""
    if facts.delay is None or area not in facts.delay:
        return -1
    measured = facts.delay[area]
    return float("nan") if measured is None else measured.share * 100 / measured.age


def arrays(council: str, rows: Sequence[Facts]) -> Arrays:
    """Draw the columns that a council's rules read."""
    routes = {route: place for place, route in enumerate(dict.fromkeys(route for route, _ in ROUTES[council]))}
    read: dict[str, Callable[[Facts], Any]] = {
        "born": lambda facts: facts.date_of_birth,
        "received": lambda facts: facts.received_on,
        "route": lambda facts: routes[facts.route],
        "parent": lambda facts: facts.referrer == "parent",
        "agreement": lambda facts: code(facts.agreement_parent),
        "home": lambda facts: code(facts.agreement_home_based),
        "lives": lambda facts: code(facts.lives_in_area),
        "need": lambda facts: code(facts.significant_need),
        "delay_told": lambda facts: facts.delay is not None,
        "evidence": lambda facts: not SHOWS_NEED.isdisjoint(facts.evidence),
        "reception_ends": lambda facts: facts.reception_ends_on or NO_DAY,
    }
    for area, name in AREAS.items():
        read[name] = lambda facts, area=area: percent(facts, area)
    kinds = {date: "datetime64[D]", int: np.int32, bool: np.bool_, float: np.float32}
    return {name: np.array([read[name](facts) for facts in rows], kinds[kind]) for name, kind in FACTS[council].items()}


def outcomes(council: str, columns: Arrays) -> Any:
    """Judge all requests of a council."""
    simulation = SimulationBuilder().build_default_simulation(SYSTEMS[council], count=len(columns["born"]))
    for name, column in columns.items():
        simulation.set_input(name, "eternity", column)
    return simulation.calculate("outcome", "2026-11")


def in_words(edition: Edition, codes: Any) -> list[str]:
    """Return the outcomes as the contract names them."""
    words = {**OUTCOMES, 3: "panel"} if edition.tenant == "west-northants" else OUTCOMES
    return [words[int(each)] for each in codes]
