"""Lancashire and Leeds on the standard policy answer, and show, what they did on plugins of their own."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portage.policy import Edition, Facts, Policy, describe, edition_in_force
from support import leeds_before, own_policy
from support.policies import council

VECTORS = [
    json.loads(line)
    for line in (Path(__file__).parent / "determinations.jsonl").read_text(encoding="utf-8").splitlines()
    if line.strip()
]
Restate = Callable[[dict[str, Any]], dict[str, Any]]
BEFORE: dict[str, tuple[Policy[Any], Restate]] = {
    "lancashire": (own_policy.OwnPolicy(), own_policy.in_own_terms),
    "leeds": (leeds_before.LeedsPolicy(), leeds_before.in_own_terms),
}


def before(slug: str) -> tuple[Policy[Any], list[tuple[Edition, Edition]]]:
    """The plugin that a council had, and each of its editions: as it was on it, and as it is."""
    policy, restated = BEFORE[slug]
    pairs = []
    for edition in council(slug).editions:
        given = copy.deepcopy(dict(edition.given))
        told = {"terms": restated(given["terms"]), "assumptions": own_policy.in_own_assumptions(given["assumptions"])}
        pairs.append((policy.edition(slug, {**given, **told}), edition))
    return policy, pairs


@pytest.mark.parametrize("slug", BEFORE)
def test_every_answer_is_the_same_to_the_letter(slug: str) -> None:
    policy, pairs = before(slug)
    asked = [vector["facts"] for vector in VECTORS if vector["tenant"] == slug]
    assert len(asked) > 10
    known = council(slug)
    for facts in asked:
        edition = edition_in_force(known.published, Facts.parse(policy, facts).received_on)
        was = next(old for old, now in pairs if now is edition)
        own = policy.determine(was, Facts.parse(policy, facts)).as_json()
        read = Facts.parse(known.policy, facts, edition.terms)
        assert known.policy.determine(edition, read).as_json() == own


@pytest.mark.parametrize("slug", BEFORE)
def test_forms_steps_offers_clocks_and_pages_are_the_same(slug: str) -> None:
    old_policy, pairs = before(slug)
    policy = council(slug).policy
    for was, now in pairs:
        assert policy.routes(now.terms) == old_policy.routes(was.terms)
        assert policy.service(now.terms) == old_policy.service(was.terms)
        assert policy.sharing(now.terms) == old_policy.sharing(was.terms)
        assert policy.notifications(now.terms) == old_policy.notifications(was.terms)
        for route in old_policy.routes(was.terms):
            assert policy.path(now.terms, route.key) == old_policy.path(was.terms, route.key)
            assert policy.offers(now.terms, route.key) == old_policy.offers(was.terms, route.key)
            assert policy.clocks(now, route.key) == old_policy.clocks(was, route.key)
        shown, again = (
            {(part.title, line.text, line.rule, line.assumption) for part in parts for line in part.lines}
            for parts in (describe(old_policy, was), describe(policy, now))
        )
        assert shown <= again


def test_a_finding_says_which_condition_of_its_statement_it_is_about() -> None:
    known = council("lancashire")
    titles = [known.policy.rule_title(known.editions[0].terms, f"LAN-01{part}") for part in ("", "-age", "-need")]
    plain = "Which children it is for"
    assert titles == [plain, f"{plain}: age", f"{plain}: need"]
