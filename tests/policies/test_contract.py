"""The contract test suite: every shipped plugin passes it, and each kind of broken plugin fails with one message."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from portage.cli import main
from portage.policy import Edition, Policy, editions_from_toml, installed_policies
from portage.policy.testing import PolicyContract, Problem, check_policy
from support.policies import SHIPPED, TENANTS, council, every_knob

EDITION = """
[[edition]]
effective_from = 2025-01-01
source = "An invented page"
terms.service = { name = "Larkshire Portage", short_name = "Portage", aim = "We play.", visitor_title = "visitor" }
terms.contact = { words = "Ring us." }
terms.routes.form = { name = "Form", form_name = "Form", for_whom = "For everybody." }
terms.offers.visits = { name = "Visits", explanation = "We visit." }
terms.support = { modes = ["home"], review_when = "Each term.", training = "A workshop." }
terms.clocks.answer = { name = "We answer", days = 10, unit = "working", counts_from = "received" }
terms.eligibility = { oldest_months = 30 }
"""

PLUGIN = '''"""Larkshire."""

import datetime
from dataclasses import dataclass
from typing import Annotated

from portage.policy import AgeLimit, Known, Policy, RouteShape, Step, Terms, rules
from portage.policy.terms import part, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """The figure."""

    oldest_months: Annotated[int, whole("Oldest age at request", least=1, most=71)]


@dataclass(frozen=True, slots=True, kw_only=True)
class LarkshireTerms(Terms):
    """The terms."""

    eligibility: Annotated[Eligibility, part(Eligibility)]


class Age(AgeLimit):
    """The age."""

    def test(self, facts):
        """Compare the days."""
        return facts.received_on < self.first_day_out(facts)


class Lives(Known):
    """Whether the family lives here."""

    def test(self, facts):
        """Return the fact."""
        return facts.lives_in_area


class LarkshirePolicy(Policy[LarkshireTerms]):
    """Age and home."""

    name = "larkshire"
    terms_type = LarkshireTerms
    requirements = {"LRK-01": "Age", "LRK-02": "Home"}
    cites = {"routes.form": "LRK-02"}
    route_shapes = (
        RouteShape(key="form", referrers=("parent",), rule="LRK-02", path=(Step("request", "Request", "It comes."),)),
    )

    def rules(self, terms, route):
        """Return the two rules."""
        plain = rules.age_up_to("LRK-01", terms.eligibility.oldest_months)
        age = Age(plain.number, plain.states, plain.until, plain.first_day_out)
        lives = Lives(
            "LRK-02", "The family lives here.", "child.lives_in_area", lambda facts: facts.lives_in_area,
            "It lives here.", "It lives elsewhere.", "We do not know.",
        )
        return age, lives
'''

LIVES = "        return facts.lives_in_area\n"
# What is written instead of what, the promise that is broken, the rule that breaks it, and words of the message.
BROKEN: dict[str, tuple[str, str, str, str | None, str]] = {
    "reads the clock": (
        LIVES, "        return datetime.date.today().year > 2000\n", "clock", "LRK-02", "reads the clock (date.today)",
    ),
    "reads the clock and hides it": (
        LIVES,
        "        try:\n            return datetime.datetime.now().year > 0\n"
        "        except Exception:\n            return None\n",
        "clock", "LRK-02", "reads the clock (datetime.now)",
    ),
    "opens a file": (LIVES, "        return bool(open(__file__).read())\n", "files", "LRK-02", "opens a file"),
    "opens a file where no request leads": (
        LIVES, "        return open(__file__) if facts.route == 'x' else facts.lives_in_area\n", "files", None,
        "line 38: opens a file",
    ),
    "reaches for the network": (
        LIVES, "        type(facts).parse.__globals__['__builtins__']['__import__']('socket').socket()\n",
        "network", "LRK-02", "reaches for the network",
    ),
    "imports what rules have no need of": (
        "import datetime\n", "import random\n", "imports", None, "it imports random",
    ),
    "changes the facts": (
        LIVES, "        facts.given['child'].clear()\n        return True\n", "facts", "LRK-02", "changes the facts",
    ),
    "answers otherwise the second time": (
        LIVES, "        Lives.turn = not getattr(Lives, 'turn', False)\n        return Lives.turn\n", "pure", "LRK-02",
        "when it is asked twice",
    ),
    "minds the order of the keys": (
        LIVES, "        return next(iter(facts.given)) == 'received_on'\n", "pure", "LRK-02", "in another order",
    ),
    "raises": (LIVES, "        return {}[facts.route]\n", "raises", "LRK-02", "raises KeyError"),
    "has an age limit that raises for some children": (
        "return age, lives", "return Age(age.number, age.states, age.until, lambda facts: None), lives", "raises",
        "LRK-01", "raises TypeError",
    ),
    "has a route for somebody unknown": (
        'RouteShape(key="form", referrers=("parent",)', 'RouteShape(key="form", referrers=()', "routes", None, "nobody",
    ),
    "says nothing where it is not known": (
        '"We do not know."', '""', "sentence", "LRK-02", "where it is not known it says ''",
    ),
    "says no sentence": ('"It lives elsewhere."', '"Elsewhere"', "sentence", "LRK-02", "where it is not met"),
    "has an unknown number": (
        'Lives(\n            "LRK-02"', 'Lives(\n            "LRK-09"', "number", "LRK-09", "does not name this number",
    ),
    "wants what no request can state": (
        '"child.lives_in_area", l', '"child.home", l', "wants", "LRK-02", "child.home, which no request can state",
    ),
    "turns round when it learns": (
        LIVES, "        return True if facts.lives_in_area is None else facts.lives_in_area\n", "learning", "LRK-02",
        "without child.lives_in_area it is met, and learning child.lives_in_area makes it not met",
    ),
    "composes another test than its own": (
        LIVES, LIVES + "\n    def composed(self):\n        \"\"\"Take a yes for granted.\"\"\"\n"
        "        return lambda facts: facts.lives_in_area is not False\n",
        "composed", "LRK-02", "composed it is met, and its test says not known",
    ),
    "answers for columns otherwise than by its test": (
        LIVES, LIVES + "\n    def over(self, columns):\n        \"\"\"Take another fact.\"\"\"\n"
        "        return columns['agreement_parent'].answers(lambda told: told)\n",
        "columns", "LRK-02", "over many requests at once it is not",
    ),
    "is a day late": (
        "received_on < self", "received_on <= self", "ages-out", "LRK-01", "the rule is still met",
    ),
    "has an undocumented hook": (
        '        """Return the two rules."""\n', "", "documented", None, "LarkshirePolicy.rules has no docstring",
    ),
    "has a term without help": ('"Oldest age at request"', '""', "help", None, "eligibility.oldest_months has no help"),
    "cites what is not published": (
        '{"routes.form": "LRK-02"}', '{"routes.form": "LRK-07"}', "number", None, "LRK-07",
    ),
    "is decided by a panel without a step": (
        'rule="LRK-02", path', 'rule="LRK-02", decided_by="panel", path', "path", None, "decided by the panel",
    ),
}  # fmt: skip


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Install a plugin that lives outside this repository, and forget it again."""
    package = "portage_larkshire"

    def installed(source: str) -> tuple[Policy[Any], list[Edition]]:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(source, encoding="utf-8")
        about = tmp_path / "portage_larkshire-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text("Metadata-Version: 2.1\nName: portage-larkshire\nVersion: 1.0\n")
        monkeypatch.syspath_prepend(tmp_path)
        policy = importlib.import_module(package).LarkshirePolicy()
        return policy, editions_from_toml(policy, "larkshire", EDITION)

    yield installed
    sys.modules.pop(package, None)


@pytest.mark.parametrize("slug", SHIPPED)
def test_every_shipped_plugin_keeps_the_contract(slug: str) -> None:
    assert [str(problem) for problem in check_policy(council(slug).policy, council(slug).editions)] == []


def test_the_example_of_every_knob_keeps_the_contract() -> None:
    policy, edition = every_knob()
    assert [str(problem) for problem in check_policy(policy, [edition])] == []


def test_no_shipped_plugin_is_left_out() -> None:
    assert {council(slug).policy.name for slug in SHIPPED} == set(installed_policies())


def test_a_plugin_from_outside_keeps_the_contract(outside: Any) -> None:
    policy, editions = outside(PLUGIN)
    assert [str(problem) for problem in check_policy(policy, editions)] == []


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_plugin_fails_with_one_message_that_names_it(outside: Any, broken: str) -> None:
    was, now, check, rule, words = BROKEN[broken]
    assert was in PLUGIN
    policy, editions = outside(PLUGIN.replace(was, now))
    problems: list[Problem] = check_policy(policy, editions)
    assert [(problem.check, problem.rule) for problem in problems] == [(check, rule)], [*map(str, problems)]
    message = str(problems[0])
    assert message.startswith("policy larkshire")
    assert words in message
    assert rule is None or f"rule {rule}: " in message
    assert rule is None or check == "number" or 'Facts: {"received_on": "' in message


def test_a_plugin_without_an_edition_or_with_anothers_is_told_so(outside: Any) -> None:
    policy, _ = outside(PLUGIN)
    assert [problem.check for problem in check_policy(policy, [])] == ["editions"]
    (problem,) = check_policy(policy, council("leeds").editions[:1])
    assert "belongs to the policy standard" in str(problem)


def test_the_class_of_tests_fails_with_every_message(outside: Any) -> None:
    was, now, *_ = BROKEN["is a day late"]
    policy, editions = outside(PLUGIN.replace(was, now))
    ours = type("TestOurs", (PolicyContract,), {"policy": policy, "editions": editions})
    with pytest.raises(AssertionError, match=r"policy larkshire.*rule LRK-01.*still met"):
        ours().test_the_policy_keeps_the_contract()


class TestLancashire(PolicyContract):
    policy = council("lancashire").policy
    editions = council("lancashire").editions


def test_clocks_and_files_are_open_again_after_the_check() -> None:
    import datetime
    import time

    check_policy(council("lancashire").policy, council("lancashire").editions)
    assert isinstance(datetime.datetime.now(datetime.UTC), datetime.datetime)
    assert time.time() > 0
    assert Path(__file__).read_text(encoding="utf-8")


def test_the_command_checks_an_installed_plugin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PORTAGE_TENANTS", str(TENANTS))
    good = CliRunner().invoke(main, ["policy", "check-plugin", "west-northants"])
    assert (good.exit_code, good.output) == (0, "The policy west-northants keeps the contract, judged by 1 edition.\n")
    unknown = CliRunner().invoke(main, ["policy", "check-plugin", "atlantis"])
    assert unknown.exit_code == 2
    assert "atlantis is not installed" in unknown.output
    monkeypatch.setenv("PORTAGE_TENANTS", str(tmp_path))
    none = CliRunner().invoke(main, ["policy", "check-plugin", "west-northants"])
    assert none.exit_code == 2
    assert "--editions" in none.output


def test_the_command_prints_each_problem_and_exits_1(
    outside: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    was, now, *_ = BROKEN["turns round when it learns"]
    policy, _ = outside(PLUGIN.replace(was, now))
    monkeypatch.setattr("portage.editions.commands.policy_named", {"larkshire": policy}.__getitem__)
    file = tmp_path / "policy.toml"
    file.write_text(EDITION, encoding="utf-8")
    result = CliRunner().invoke(main, ["policy", "check-plugin", "larkshire", "--editions", str(file)])
    assert result.exit_code == 1
    (line,) = result.output.splitlines()
    assert line.startswith("policy larkshire, edition In force from 1 January 2025, rule LRK-02: without child.lives")
