"""Terms as a form: what a form shows is what an edition says, and everything wrong is told at its own field."""

import copy
from typing import Any

import pytest

from portage.policy import Edition, Policy
from portage.settings.terms.kinds import Field, inner_of
from portage.settings.terms.parsed import Parsed, parse, parse_assumptions
from portage.settings.terms.shown import Node, shown
from portage.settings.terms.typed import pressed, rows_of, typed_assumptions, typed_of
from support.policies import all_editions, every_knob

EDITIONS = [
    pytest.param(policy, edition, id=f"{edition.tenant}-{edition.title}")
    for policy, edition in (*all_editions(), every_knob())
]


def parts(policy: Policy[Any]) -> dict[str, Field]:
    """The top-level terms of a policy."""
    return dict(inner_of(policy.terms_schema.fields["terms"]))


def leeds() -> tuple[Policy[Any], Edition]:
    return next(pair for pair in all_editions() if pair[1].tenant == "leeds")


@pytest.mark.parametrize(("policy", "edition"), EDITIONS)
def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(policy: Policy[Any], edition: Edition) -> None:
    for name, asked in parts(policy).items():
        known = edition.given["terms"].get(name)
        found = parse(asked, typed_of(asked, known, name), name, known)
        assert (found.value, found.errors) == (known, {}), name
        assert repr(found.value) == repr(known), "the order of entries is part of what is published"


@pytest.mark.parametrize(("policy", "edition"), EDITIONS)
def test_every_term_has_a_field_with_words_on_it(policy: Policy[Any], edition: Edition) -> None:
    def look(node: Node) -> int:
        assert node.label.strip(), node.name
        inner = [*node.nodes, *(each for row in node.rows for each in row.nodes)]
        return 1 + sum(look(each) for each in inner)

    fields = parts(policy)
    seen = sum(
        look(shown(asked, typed_of(asked, edition.given["terms"].get(name), name), name, {}))
        for name, asked in fields.items()
    )
    assert seen > 80


def sent(name: str, **typed: str | list[str]) -> Parsed:
    """A part of the first edition of a shipped council, with some inputs changed (`__` stands for a dot)."""
    policy, edition = leeds()
    asked, known = parts(policy)[name], edition.given["terms"].get(name)
    changed = {
        f"{name}.{key.replace('__', '.')}": [text] if isinstance(text, str) else text for key, text in typed.items()
    }
    return parse(asked, {**typed_of(asked, known, name), **changed}, name, known)


@pytest.mark.parametrize(
    ("name", "typed", "at", "sentence"),
    [
        ("support", {"longest_months": "73"}, "support.longest_months", "enter a whole number from 1 to 72"),
        ("support", {"longest_months": "six"}, "support.longest_months", "enter a whole number from 1 to 72"),
        ("support", {"longest_months": "6.5"}, "support.longest_months", "enter a whole number from 1 to 72"),
        ("support", {"longest_months": "9" * 5000}, "support.longest_months", "2000 characters or fewer"),
        ("support", {"longest_chosen_by": "moon"}, "support.longest_chosen_by", "choose one of the answers"),
        ("support", {"modes": ["home", "the moon"]}, "support.modes", "choose one of the answers"),
        ("support", {"review_when": ""}, "support.review_when", "Fill this in: When the support is reviewed."),
        ("support", {"volunteers": "perhaps"}, "support.volunteers", "choose one of the answers"),
        ("support", {"frequency__every_weeks": "1, 99"}, "support.frequency.every_weeks", "whole number from 1 to 52"),
        ("service", {"partners": "A\nA"}, "service.partners", "something stands there twice"),
        ("service", {"aim": "x" * 2001}, "service.aim", "2000 characters or fewer"),
        ("offers", {"0__name": ""}, "offers.0.name", "Fill this in: Name."),
        ("offers", {"_rows": "0 7", "7__name": "Walks"}, "offers.7._key", "Give this entry a short name"),
        ("offers", {"_rows": "0 7", "7___key": "A b", "7__name": "W", "7__explanation": "W"}, "offers.7._key",
         "small letters and digits"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_own_field(
    name: str, typed: dict[str, str | list[str]], at: str, sentence: str
) -> None:
    errors = sent(name, **typed).errors
    assert list(errors) == [at]
    assert sentence in " ".join(errors[at])


def test_two_entries_cannot_have_one_short_name() -> None:
    first = next(iter(leeds()[1].given["terms"]["offers"]))
    wrong = sent("offers", _rows="0 1 7", **{"7___key": first, "7__name": "W", "7__explanation": "W"})
    assert wrong.errors == {"offers.7._key": [f"Another entry has the short name {first}. Choose another one."]}


def test_a_part_that_is_not_ticked_is_left_out_and_what_was_filled_in_below_it_is_asked_about() -> None:
    assert "frequency" not in sent("support", frequency___on=[]).value
    policy, edition = next(pair for pair in all_editions() if pair[1].tenant == "portsmouth")
    asked = parts(policy)["panel"]
    assert edition.given["terms"].get("panel") is None
    assert parse(asked, {}, "panel", None).value is None
    typed = {"panel.every": ["weekly"]}
    assert list(parse(asked, typed, "panel", None).errors) == ["panel._on"]
    assert parse(asked, {**typed, "panel._on": ["yes"]}, "panel", None).value == {"every": "weekly"}


def test_the_buttons_of_a_table_add_take_away_and_move_entries() -> None:
    policy, edition = leeds()
    asked, known = parts(policy)["offers"], edition.given["terms"]["offers"]
    typed, keys = typed_of(asked, known, "offers"), list(known)
    moved = parse(asked, pressed(typed, "up:offers.1"), "offers", known).value
    assert list(moved) == [keys[1], keys[0], *keys[2:]]
    assert list(parse(asked, pressed(typed, "drop:offers.0"), "offers", known).value) == keys[1:]
    added = pressed(typed, "add:offers")
    assert parse(asked, added, "offers", known).value == known  # an entry that nobody fills in is none
    assert len(rows_of(added, "offers")) == len(keys) + 1
    for nonsense in ("", "add:", "drop:offers.99", "up:offers.0", "drop:x.0", "burn:offers.0"):
        assert parse(asked, pressed(typed, nonsense), "offers", known).value == known


@pytest.mark.parametrize(("policy", "edition"), EDITIONS)
def test_assumptions_come_back_as_they_are_and_each_can_be_cleared(policy: Policy[Any], edition: Edition) -> None:
    for name, asked in parts(policy).items():
        known = edition.given["terms"].get(name)
        assumed = {each.term: each.says for each in edition.assumptions if each.term.split(".")[0] == name}
        typed = {**typed_of(asked, known, name), **typed_assumptions(assumed)}
        found = parse(asked, typed, name, known)
        assert parse_assumptions(found, typed, name) == assumed
        assert found.errors == {}
        cleared = {key: [""] if key.endswith(".says") else value for key, value in typed.items()}
        assert parse_assumptions(found, cleared, name) == {}


def test_an_assumption_is_about_a_term_that_the_part_states() -> None:
    policy, edition = leeds()
    asked, known = parts(policy)["support"], copy.deepcopy(edition.given["terms"]["support"])
    typed = typed_of(asked, known, "support")
    for term, wrong in (("support.nothing", "that this part states"), ("", "Choose the term")):
        given = {**typed, **typed_assumptions({term: "Nobody says it."})}
        found = parse(asked, given, "support", known)
        parse_assumptions(found, given, "support")
        assert wrong in found.errors["_assumed.0.term"][0]
