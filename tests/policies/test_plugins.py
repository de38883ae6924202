"""What every policy plugin keeps: what it may import, what it cites, what its pages and examples say."""

import ast
import re
import tomllib
from typing import Any

import pytest

from portage.policy import AgeLimit, Policy, describe, installed_policies, policy_named
from portage.policy.discovery import PolicyNotInstalled
from portage.policy.terms import schema_for
from support.policies import PLUGINS, ROOT, SHIPPED, STANDARD, answer, council, merged, met, worked_examples

ROWS = {
    "leeds": [f"LDS-{number:02}" for number in range(1, 19)],
    "lancashire": [f"LAN-{number:02}" for number in range(1, 12)],
    "west-northants": [f"WNC-{number:02}" for number in range(1, 17)],
    "hampshire": [f"HAM-{number:02}" for number in range(1, 8)],
    "lincoln-st-christophers": [f"LIN-{number:02}" for number in range(1, 7)],
    "portsmouth": [f"POR-{number:02}" for number in range(1, 7)],
}
LIBRARY = {"__future__", "collections", "dataclasses", "datetime", "functools", "typing", "marshmallow"}


def test_the_policies_are_found_by_their_entry_points() -> None:
    assert {name.replace("_", "-") for name in PLUGINS.values()} == set(installed_policies())
    with pytest.raises(PolicyNotInstalled, match="atlantis is not installed"):
        policy_named("atlantis")


@pytest.mark.parametrize("slug", SHIPPED)
def test_a_plugin_imports_the_contract_and_nothing_else_of_the_platform(slug: str) -> None:
    for file in (ROOT / "policies" / PLUGINS[slug]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
                assert node.level == 0, file
            else:
                continue
            for name in names:
                allowed = name == "portage.policy" or name.startswith("portage.policy.")
                assert allowed or name.split(".")[0] in {*LIBRARY, f"portage_{PLUGINS[slug]}"}, (
                    f"{file.name} imports {name}"
                )


def test_the_contract_itself_imports_the_standard_library_and_marshmallow_alone() -> None:
    import sys

    for file in (ROOT / "platform" / "portage" / "policy").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [module] if module else []
            for name in names:
                top = name.split(".")[0]
                own = name == "portage.policy" or name.startswith("portage.policy.")
                assert own or top == "marshmallow" or top in sys.stdlib_module_names, f"{file.name} imports {name}"


def cited(policy: Policy[Any], slug: str) -> set[str]:
    """Every number that a rule, a route, a step or a term of this council's editions cites."""
    numbers: set[str] = set()
    for edition in council(slug).editions:
        numbers |= {line.rule for section in describe(policy, edition) for line in section.lines if line.rule}
    return numbers


@pytest.mark.parametrize("slug", SHIPPED)
def test_each_published_statement_is_cited_and_none_is_invented(slug: str) -> None:
    policy = council(slug).policy
    statements = {"-".join(number.split("-")[:2]) for number in cited(policy, slug)}
    assert sorted(statements) == ROWS[slug]
    for edition in council(slug).editions:
        numbers = policy.requirements_of(edition.terms)
        assert {"-".join(number.split("-")[:2]) for number in numbers} == set(ROWS[slug])
        assert set(policy.cites_of(edition.terms).values()) <= set(ROWS[slug])


@pytest.mark.parametrize("slug", SHIPPED)
def test_each_citation_is_of_a_term_that_exists(slug: str) -> None:
    policy = council(slug).policy
    for path in {path for edition in council(slug).editions for path in policy.cites_of(edition.terms)}:
        schema, known = schema_for(policy.terms_type)(), False
        field = schema.fields.get(path.split(".")[0])
        assert field is not None, path
        for edition in council(slug).editions:
            at: Any = edition.given["terms"]
            for name in path.split("."):
                at = at.get(name) if isinstance(at, dict) else None
            known = known or at is not None
        assert known, f"{path} is cited, and no edition states it"


@pytest.mark.parametrize("slug", SHIPPED)
def test_what_is_neither_cited_nor_in_the_source_is_marked_as_an_assumption(slug: str) -> None:
    """A figure that no statement holds is the mark of an invention: it must be owned up to."""
    for edition in council(slug).editions:
        for key in edition.terms.clocks:
            stated = slug == "west-northants" and key == "after-panel"  # "within one week", WNC-05
            assert bool(edition.assumed(f"clocks.{key}.days")) is not stated
        if not edition.draft:
            assert edition.assumed("effective_from")
        titles = {line.text for section in describe(council(slug).policy, edition) for line in section.lines}
        for assumption in edition.assumptions:
            assert assumption.says in titles


@pytest.mark.parametrize("slug", SHIPPED)
def test_a_finding_has_a_title_and_its_route_names_it(slug: str) -> None:
    known = council(slug)
    for edition in known.editions:
        for route in known.policy.routes(edition.terms):
            rules = [rule.number for rule in edition.plans[route.key].rules]
            assert all(known.policy.rule_title(edition.terms, number) for number in rules)
            assert route.finding is None or route.finding == rules[-1]
            assert route.rule in ROWS[slug]
            assert {step.rule for step in known.policy.path(edition.terms, route.key)} - {None} <= set(ROWS[slug])


EXAMPLES = [
    pytest.param(slug, case, id=f"{slug}-{case['says'][:50]}") for slug in SHIPPED for case in worked_examples(slug)
]
WORDS: dict[bool | None, str] = {True: "met", False: "not met", None: "not known"}


def unmeasured(facts: dict[str, Any]) -> dict[str, Any]:
    """TOML has no null: the examples write a concern that nobody measured in words."""
    areas = facts["child"].get("delay", {})
    delay = {area: None if form == "not measured" else form for area, form in areas.items()}
    return merged(facts, {"child": {"delay": delay}}) if delay else facts


@pytest.mark.parametrize(("slug", "case"), EXAMPLES)
def test_each_worked_example_of_a_plugin_is_answered_as_it_says(slug: str, case: dict[str, Any]) -> None:
    told = answer(slug, unmeasured(case["facts"]))
    assert told["outcome"] == case["outcome"]
    assert {rule: WORDS[found] for rule, found in met(told).items()} == case["findings"]
    assert told["missing"] == case.get("missing", [])
    for field in ("offers", "ages_out_on"):
        assert told[field] == case.get(field, told[field])
    for field in ("longest_months", "frequency"):
        if field in case:
            assert told["support"][field] == case[field]


@pytest.mark.parametrize("slug", SHIPPED)
def test_the_worked_examples_reach_every_rule_of_the_plugin(slug: str) -> None:
    known = council(slug)
    rules = {rule.number for edition in known.editions for plan in edition.plans.values() for rule in plan.rules}
    assert {number for case in worked_examples(slug) for number in case["findings"]} == rules


@pytest.mark.parametrize("slug", SHIPPED)
def test_the_readme_lists_the_facts_that_the_rules_read(slug: str) -> None:
    text = (ROOT / "policies" / PLUGINS[slug] / "README.md").read_text(encoding="utf-8")
    known = council(slug)
    paths = {fact.path for fact in known.policy.extra_facts}
    for edition in known.editions:
        for plan in edition.plans.values():
            for rule in plan.rules:
                # The numbers of a plugin that many councils share stand in their editions.
                assert f"`{rule.number}`" in text or slug in STANDARD
                paths |= set(getattr(rule, "path", "").split()) | {
                    part.path for part in getattr(rule, "parts", ()) if hasattr(part, "path")
                }
                if isinstance(rule, AgeLimit):
                    paths.add("child.date_of_birth")
    assert paths
    for path in paths:
        assert f"`{path}`" in text, path


@pytest.mark.parametrize("slug", SHIPPED)
def test_a_plugin_says_its_version_and_the_digest_of_its_rules(slug: str) -> None:
    policy = council(slug).policy
    project = tomllib.loads((ROOT / "policies" / PLUGINS[slug] / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    assert policy.version == project["version"]
    assert re.fullmatch(r"[0-9a-f]{64}", policy.rules_digest)
    others = {council(other).policy.rules_digest for other in SHIPPED if PLUGINS[other] != PLUGINS[slug]}
    assert policy.rules_digest not in others
