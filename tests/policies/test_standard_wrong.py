"""A wrong value in each knob of the standard policy is refused with one sentence that names its path."""

import copy
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from marshmallow import Schema, fields, validate

from portage.editions.checking import check_policy
from portage.policy import EditionInvalid
from portage.policy.terms import schema_for
from support.policies import every_knob

POLICY, LARKSHIRE = every_knob()
Place = tuple[str, ...]


def knobs(schema: Schema, given: Mapping[str, Any], at: Place = ()) -> Iterator[tuple[Place, fields.Field[Any]]]:
    """Every term that the example states, with its declaration."""
    for name, field in schema.fields.items():
        value = given.get(name)
        if isinstance(field, fields.Nested):
            yield from knobs(field.schema, value or {}, (*at, name))
        elif isinstance(field, fields.Dict):
            assert isinstance(field.value_field, fields.Nested)
            for key, one in (value or {}).items():
                yield from knobs(field.value_field.schema, one, (*at, name, key))
        elif value is not None:
            yield (*at, name), field


def wrong(field: fields.Field[Any]) -> Iterator[Any]:
    """Values that the term may not have: another type, out of its limits, not one of its choices."""
    if isinstance(field, fields.List):
        yield "not a list"
        yield from ([value] for value in wrong(field.inner))
    elif isinstance(field, fields.Integer):
        yield from ("twelve", True, 1.5)
        for check in field.validators:
            if isinstance(check, validate.Range):
                yield from (check.min - 1, check.max + 1)
    elif isinstance(field, fields.Boolean):
        yield from ("yes", 1)
    else:
        yield 12
        yield "no such choice" if any(isinstance(check, validate.OneOf) for check in field.validators) else ""


SHAPE: Any = POLICY.terms_type
KNOBS = list(knobs(schema_for(SHAPE)(), LARKSHIRE.given["terms"]))


def refused(change: Callable[[dict[str, Any]], object]) -> list[str]:
    """The paths that are named when the example is changed."""
    given = copy.deepcopy(dict(LARKSHIRE.given))
    change(given["terms"])
    with pytest.raises(EditionInvalid) as caught:
        POLICY.edition("larkshire", given)
    assert all(sentence for _, sentence in caught.value.problems)
    return [path for path, _ in caught.value.problems]


def table_at(terms: dict[str, Any], at: Place) -> dict[str, Any]:
    for name in at:
        terms = terms[name]
    return terms


@pytest.mark.parametrize(("at", "field"), [pytest.param(*knob, id=".".join(knob[0])) for knob in KNOBS])
def test_a_wrong_value_is_refused_once_by_its_path(at: Place, field: fields.Field[Any]) -> None:
    path = ".".join(("terms", *at))
    for value in wrong(field):
        named = refused(lambda terms, value=value: table_at(terms, at[:-1]).update({at[-1]: value}))  # type: ignore[misc] # the loop's value
        assert len(named) == 1, f"{path} = {value!r}: {named}"
        assert named[0] == path or (isinstance(field, fields.List) and named[0] == f"{path}.0"), f"{value!r}: {named}"


def test_in_a_file_it_is_one_error_with_its_line(tmp_path: Path) -> None:
    """The same for every knob in a council's own file, as `portage tenants check` tells it."""
    folder = tmp_path / "larkshire"
    folder.mkdir()
    (folder / "tenant.toml").write_text('plugin = "standard"\n', "utf-8")
    file, marker = folder / "policy.toml", -987654321  # wrong as a number, a text, a choice, a yes or no, and a list
    for at, _ in KNOBS:
        given = copy.deepcopy(dict(LARKSHIRE.given))
        table_at(given["terms"], at[:-1])[at[-1]] = marker
        text = tomli_w.dumps({"edition": [given]})
        file.write_text(text, "utf-8")
        line = next(number for number, words in enumerate(text.splitlines(), 1) if str(marker) in words)
        found = [(each.file, each.line, each.field) for each in check_policy(folder)[1]]
        assert found == [(file, line, ".".join(("edition", "1", "terms", *at)))]


def test_every_knob_is_asked() -> None:
    assert len(KNOBS) > 150


FIGURES = ("percent", "fraction", "months")


def drop(table: dict[str, Any], *names: str) -> None:
    """Take terms out of a table."""
    for name in names:
        del table[name]


Spoil = Callable[[dict[str, Any]], object]
E = "eligibility"
MISFITS: list[tuple[str, Spoil, str]] = [
    ("no end of the age", lambda t: drop(t[E]["age"], "oldest", "until"), "eligibility.age"),
    ("no figure of delay", lambda t: drop(t[E]["delay"], *FIGURES), "eligibility.delay"),
    (
        "no figure in a band",
        lambda t: drop(t[E]["delay"]["by_age"]["from-two"], *FIGURES),
        "eligibility.delay.by_age.from-two",
    ),
    (
        "two bands from one age",
        lambda t: t[E]["delay"]["by_age"].update(more={"from_months": 24, "percent": 20}),
        "eligibility.delay.by_age",
    ),
    ("an area among none", lambda t: t[E]["delay"].update(among=["vision"]), "eligibility.delay.among"),
    ("more areas than there are", lambda t: t[E]["delay"].update(in_areas=4), "eligibility.delay.in_areas"),
    ("no way in", lambda t: t[E].update(ways_in={}), "eligibility.ways_in"),
    ("no cap", lambda t: drop(t[E]["hours"], "fewer_than_hours", "fewer_than_sessions"), "eligibility.hours"),
    (
        "exempt from no cap of hours",
        lambda t: t[E]["hours"].pop("fewer_than_hours"),
        "eligibility.hours.funded_at_two_exempt",
    ),
    ("no service", lambda t: drop(t[E]["other_services"], "not_with", "universal_first"), "eligibility.other_services"),
    ("no paper", lambda t: drop(t[E]["evidence"], "kinds", "signatures"), "eligibility.evidence"),
    ("a warning of nothing", lambda t: t[E]["evidence"].pop("within_weeks"), "eligibility.evidence.warn_days"),
    ("nobody may ask", lambda t: t["routes"]["health-form"].update(referrers=[]), "routes.health-form.referrers"),
    (
        "agreed twice",
        lambda t: t["routes"]["request-form"].update(asks_agreement=["parent"]),
        "routes.request-form.asks_agreement",
    ),
    (
        "agreement to what the law asks",
        lambda t: t["routes"]["notification"].update(agreements=["parent"]),
        "routes.notification.agreements",
    ),
    (
        "evidence that no route needs",
        lambda t: t["routes"]["request-form"].update(evidence=False),
        "eligibility.evidence",
    ),
    (
        "a step of no route",
        lambda t: t["steps"].update(meeting={"name": "Meeting", "says": "We meet."}),
        "steps.meeting",
    ),
    ("a panel without requests", lambda t: t["routes"]["health-form"].update(decided_by="officer"), "panel"),
    ("a condition without a statement", lambda t: t["statements"].pop("LRK-03"), "eligibility.residence"),
    (
        "a statement of nothing",
        lambda t: t["statements"]["LRK-03"]["restated_by"].append("eligibility.pets"),
        "statements.LRK-03.restated_by",
    ),
    (
        "one term in two statements",
        lambda t: t["statements"]["LRK-03"]["restated_by"].append("eligibility.hours"),
        "statements",
    ),
    ("words about nothing", lambda t: t.update(words={}), "words"),
    (
        "a number that is none",
        lambda t: t["statements"].update({"three": t["statements"]["LRK-03"]}),
        "terms.statements.three",
    ),
    ("an offer that is missing", lambda t: t["offers"].pop("first-talk"), "offers.first-talk"),
]


@pytest.mark.parametrize(("spoil", "path"), [row[1:] for row in MISFITS], ids=[row[0] for row in MISFITS])
def test_terms_that_do_not_fit_are_named_once(spoil: Spoil, path: str) -> None:
    assert refused(spoil) == [path]
