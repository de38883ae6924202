"""A term that changes nothing is a defect: each one, moved by one step, changes an answer or what a parent reads."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from portage.policy import AREA_KEYS, EVIDENCE_KEYS, Edition, EditionInvalid, Facts, Policy, describe
from portage.policy.terms import schema_for
from support.policies import all_editions, every_knob, merged

Path = tuple[str, ...]
LEFT_OUT = object()
CASES = [pytest.param(policy, edition, id=f"{edition.tenant}-{edition.title}") for policy, edition in all_editions()]


# ---- one step for each kind of term


def steps(schema: Schema, given: Mapping[str, Any], at: Path = ()) -> Iterator[tuple[Path, list[Any]]]:
    """Yield every term that may be stated here, with values one step away from what is stated."""
    for name, field in schema.fields.items():
        yield from field_steps(field, given.get(name), (*at, name))


def field_steps(field: fields.Field[Any], value: Any, at: Path) -> Iterator[tuple[Path, list[Any]]]:
    if isinstance(field, fields.Nested):
        if value is None:
            yield at, [smallest(field.schema)]
        else:
            yield from steps(field.schema, value, at)
    elif isinstance(field, fields.Dict):
        nested = field.value_field
        assert isinstance(nested, fields.Nested)
        for key, inner in (value or {}).items():
            yield from steps(nested.schema, inner, (*at, key))
    else:
        yield at, [*moved(field, value), *([] if field.required or value is None else [LEFT_OUT])]


def allowed(field: fields.Field[Any]) -> list[Any]:
    """The closed list of a text term, or nothing."""
    return [choice for check in field.validators if isinstance(check, validate.OneOf) for choice in check.choices]


def moved(field: fields.Field[Any], value: Any) -> Iterator[Any]:
    if isinstance(field, fields.Integer):
        least = min(check.min for check in field.validators if isinstance(check, validate.Range))
        yield from (least,) if value is None else (value + 1, value - 1)
    elif isinstance(field, fields.Boolean):
        yield not value
    elif isinstance(field, fields.List):
        inner = field.inner
        more = allowed(inner) or ([52, 51] if isinstance(inner, fields.Integer) else ["Something more"])
        yield from ([*(value or []), one] for one in more if one not in (value or []))
        yield from ([one for one in value if one != left] for left in value or [])
    elif allowed(field):
        yield from (choice for choice in allowed(field) if choice != value)
    else:
        yield f"{value or 'Something'} changed"


def smallest(schema: Schema) -> dict[str, Any]:
    """The shortest table that the schema takes."""
    return {name: next(moved(field, None)) for name, field in schema.fields.items() if field.required}


# ---- what is seen of an edition


def probes(policy: Policy[Any], edition: Edition) -> list[Facts]:
    """Requests by every route, around every figure that a rule could hold."""
    children: list[dict[str, Any]] = [
        {"child": {"date_of_birth": f"{2018 + month // 12}-{month % 12 + 1:02}-01"}} for month in range(94)
    ]
    children.append({"child": {"date_of_birth": "2025-11-15"}})  # born on the day of the request
    children += [{"evidence": [kind]} for kind in sorted(EVIDENCE_KEYS)]
    children += [{"child": {"lives_in_area": lives, "significant_need": lives}} for lives in (True, False)]
    groups = [*itertools.combinations(sorted(AREA_KEYS), 1), *itertools.combinations(sorted(AREA_KEYS), 2)]
    groups += [tuple(sorted(AREA_KEYS)[:number]) for number in range(3, 10)]
    delays = [{area: {"percent": percent} for area in AREA_KEYS} for percent in range(101)]
    delays += [{area: {"percent": 100} for area in group} for group in groups]
    children += [{"child": {"delay": delay}} for delay in delays]
    children += [{"child": {"setting_hours": hours}} for hours in (0, 13, 14, 15, 16)]
    children.append({"child": {"date_of_birth": "2022-03-10", "setting_hours": 15}})  # three years old
    children.append({"child": {"conditions": ["Something more"]}})
    behind = [{area: {"months": months} for area in AREA_KEYS} for months in range(13)]
    children += [{"child": {"date_of_birth": "2024-11-15", "delay": delay}} for delay in behind]  # a year old that day
    return [
        Facts.parse(policy, merged({**bare, "route": shape.key, "referrer": shape.referrers[0]}, child), edition.terms)
        for shape in policy.shapes_of(edition.terms)
        for child in children
        for bare in [{"received_on": "2025-11-15", "child": {"date_of_birth": "2024-03-10"}}]
    ]


def answers(policy: Policy[Any], edition: Edition, asked: list[Facts]) -> list[Any]:
    """What is answered, without the sentences."""
    told = [policy.determine(edition, facts).as_json() for facts in asked]
    for each in told:
        each["findings"] = [(finding["rule"], finding["met"]) for finding in each["findings"]]
    return told


def with_term(edition: Edition, at: Path, value: Any) -> dict[str, Any]:
    """The edition as written, with one term changed."""
    given = copy.deepcopy(dict(edition.given))
    table = given["terms"]
    for name in at[:-1]:
        table = table.setdefault(name, {})
    if value is LEFT_OUT:
        table.pop(at[-1], None)
    else:
        table[at[-1]] = value
    return given


def stated(edition: Edition, at: Path) -> Any:
    """The value of a term as written, or None."""
    value: Any = edition.given["terms"]
    for name in at:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def alike(policy: Policy[Any], edition: Edition, asked: list[Facts], told: list[Any]) -> bool:
    """Whether everything is answered as before; asks no further than the first answer that is not."""
    return all(answers(policy, edition, [facts]) == [before] for facts, before in zip(asked, told, strict=True))


def changed_editions(
    policy: Policy[Any], edition: Edition, within: str | None = None
) -> Iterator[tuple[Path, list[Edition]]]:
    """Every term, or those of one table, with the valid editions that are one step away."""
    for at, values in steps(schema_for(policy.terms_type)(), edition.given["terms"]):
        if within and at[0] != within:
            continue
        if at[-1] in ("route", "routes") and len(at) > 1:  # any text by the schema, but it must be one of the policy's
            keys = [shape.key for shape in policy.shapes_of(edition.terms)]
            values = keys if at[-1] == "route" else [[key] for key in keys]
            values = [value for value in values if value != stated(edition, at)]
        valid = []
        for value in values:
            try:
                valid.append(policy.edition(edition.tenant, with_term(edition, at, value)))
            except EditionInvalid:
                continue
        yield at, valid


# Terms of files alone that no single step can change: each is held by another term, which names it when it is refused.
TIED: dict[str, tuple[str, ...]] = {
    "standard": (
        r"statements\..*\.restated_by",  # a condition is restated by exactly one statement
        r"eligibility\.\w+",  # so a condition that is added needs one too
        # Evidence, offers, steps and the law stand elsewhere as well.
        r"routes\..*\.(evidence|offers|decided_by|statutory|assessment_first|agreements)",
        r"eligibility\.evidence\.warn_days",  # the warning is of a time
        # A loss stands beside a delay, and an edition without a delay keeps one way in.
        r"eligibility\.ways_in\.(sensory_loss|professional_judgement)",
        r"(panel|visits|words)",  # a panel decides a route; an empty table says nothing
    )
}


def tied(policy: Policy[Any], edition: Edition, at: Path) -> bool:
    """Whether another term holds this one, so that both have to change together."""
    path = ".".join(at)
    if policy.name == "standard" and path in policy.cites_of(edition.terms):
        return True  # a statement names it, so that it cannot be left out
    return any(re.fullmatch(tie, path) for tie in TIED.get(policy.name, ()))


@pytest.mark.parametrize(("policy", "edition"), [*CASES, pytest.param(*every_knob(), id="every-knob")])
def test_each_term_moved_by_one_step_changes_an_answer_or_a_page(policy: Policy[Any], edition: Edition) -> None:
    asked = probes(policy, edition)
    page, told = describe(policy, edition), answers(policy, edition, asked)
    dead = []
    seen = 0
    for at, editions in changed_editions(policy, edition):
        seen += 1
        if not editions and not tied(policy, edition, at):
            dead.append(f"{'.'.join(at)} cannot be changed")
        unseen = [each for each in editions if describe(policy, each) == page and alike(policy, each, asked, told)]
        dead += [".".join(at) for _ in unseen]
    assert seen > 60
    assert dead == []


# Words, and what a person is reminded of: these change a page and no answer.
NO_ANSWER = ("area_name", "looks_again", "within_weeks", "warn_days")


@pytest.mark.parametrize(("policy", "edition"), CASES)
def test_each_figure_of_eligibility_changes_an_answer(policy: Policy[Any], edition: Edition) -> None:
    asked = probes(policy, edition)
    told = answers(policy, edition, asked)
    tested = 0
    for at, editions in changed_editions(policy, edition, within="eligibility"):
        if at[-1] not in NO_ANSWER:
            tested += 1
            for each in editions:
                percent = stated(edition, (*at[:-1], "percent"))
                if at[-1] == "fraction" and percent and Fraction(stated(each, at)) * 100 >= percent:
                    continue  # of two figures either is enough, so that the greater one adds nothing
                if alike(policy, each, asked, told):
                    pytest.fail(f"{'.'.join(at)} = {each.given['terms'][at[0]][at[1]]} changes no answer")
    assert tested


def test_the_name_of_the_area_is_in_the_reason_for_residence() -> None:
    policy, edition = next(pair for pair in all_editions() if pair[1].tenant == "leeds")
    changed = policy.edition("leeds", with_term(edition, ("eligibility", "residence", "area_name"), "Larkshire"))
    facts = Facts.parse(policy, {
        "received_on": "2025-11-15", "route": "request-form", "referrer": "parent",
        "child": {"date_of_birth": "2024-03-10", "lives_in_area": True},
    }, changed.terms)  # fmt: skip
    assert policy.determine(changed, facts).findings[2].because == "The family lives in Larkshire."


@pytest.mark.parametrize(("policy", "edition"), CASES)
def test_each_entry_of_each_table_is_seen(policy: Policy[Any], edition: Edition) -> None:
    page = describe(policy, edition)
    for name in ("offers", "clocks", "how_it_works", "sharing", "programmes", "messages"):
        for key in edition.given["terms"].get(name, {}):
            given = copy.deepcopy(dict(edition.given))
            del given["terms"][name][key]
            given["assumptions"] = [
                each for each in given.get("assumptions", []) if not f"{each['term']}.".startswith(f"{name}.{key}.")
            ]
            if name == "offers" and any(key in shape.offers for shape in policy.shapes_of(edition.terms)):
                with pytest.raises(EditionInvalid, match=key):
                    policy.edition(edition.tenant, given)
            else:
                for statement in given["terms"].get("statements", {}).values():
                    statement["restated_by"] = [path for path in statement["restated_by"] if path != f"{name}.{key}"]
                assert describe(policy, policy.edition(edition.tenant, given)) != page, f"{name}.{key}"


Given = dict[str, Any]
Spoil = Callable[[Given, Given], object]  # gets the edition and its terms
WRONG: list[tuple[str, Spoil, str]] = [
    ("an unknown term", lambda _, terms: terms["service"].update(colour="red"), "terms.service.colour"),
    ("a missing term", lambda _, terms: terms["service"].pop("aim"), "terms.service.aim"),
    ("a figure out of bounds", lambda _, terms: terms["eligibility"]["delay"].update(percent=101), "delay.percent"),
    ("a figure that is a text", lambda _, terms: terms["eligibility"]["delay"].update(percent="50"), "delay.percent"),
    ("a figure that is true", lambda _, terms: terms["eligibility"]["delay"].update(percent=True), "delay.percent"),
    ("an area that is not known", lambda _, terms: terms["eligibility"]["delay"]["areas"].append("maths"), "areas"),
    ("an area named twice", lambda _, terms: terms["eligibility"]["delay"]["areas"].append("vision"), "areas"),
    ("a route that is missing", lambda _, terms: terms["routes"].pop("hen"), "routes.hen"),
    ("a clock of no route", lambda _, terms: terms["clocks"]["tell-outcome"].update(routes=["x"]), "outcome.routes"),
    ("a key with a space", lambda _, terms: terms["offers"].update({"a b": terms["offers"]["signposting"]}), "offers"),
    ("an assumption about nothing", lambda top, _: top["assumptions"].append({"term": "x.y", "says": "z"}), "x.y"),
    ("no source", lambda edition, _: edition.pop("source"), "source"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "named"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_an_edition_that_says_something_wrong_is_refused_by_the_path_of_the_term(spoil: Spoil, named: str) -> None:
    policy, edition = next(pair for pair in all_editions() if pair[1].tenant == "leeds")
    given = copy.deepcopy(dict(edition.given))
    spoil(given, given["terms"])
    with pytest.raises(EditionInvalid, match=named.replace(".", r"\.")):
        policy.edition("leeds", given)
