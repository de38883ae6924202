"""Policies for tests whose rules or drawings fail, each in its own way, in the place of a council's plugin."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from portage.editions import operations as editions
from portage.policy import EditionInvalid, FactProblem, Facts, Policy, RouteShape, Rule, bounded, installed_policies
from portage.policy.determination import Determination
from portage.referrals.operations import troubles
from portage_standard import StandardPolicy, StandardTerms

SECRET = "canary-of-a-family"  # what a failing rule says of the child, and nobody but the council may read


@dataclass(frozen=True)
class Failing:
    """A rule that does what it is told instead of answering."""

    does: Callable[[Facts], Any]
    number: str = "LDS-10"
    states: str = "The child is young."

    def test(self, facts: Facts) -> bool | None:
        answer: bool | None = self.does(facts)
        return answer

    def explain(self, facts: Facts, met: bool | None) -> str:
        return "Because."

    def wants(self, facts: Facts) -> tuple[str, ...]:
        return ()


def raising(facts: Facts) -> bool:
    raise ZeroDivisionError(f"{SECRET} {facts.date_of_birth}")


def looping(facts: Facts) -> bool:
    while True:
        try:
            time.sleep(0.001)
        except Exception:  # noqa: S112 - a plugin that holds on to whatever is raised is what this is for
            continue


def leaving(facts: Facts) -> bool:
    raise SystemExit(1)


def babbling(facts: Facts) -> Any:
    return "perhaps"


class Broken(StandardPolicy):
    """The rules of a council with one that fails."""

    def __init__(self, does: Callable[[Facts], Any]) -> None:
        self.does = does
        self.__dict__.update(version="6.6.6", rules_digest="b" * 64)

    def rules(self, terms: StandardTerms, route: RouteShape) -> tuple[Rule, ...]:
        return (Failing(self.does),)


class Contradicting(Broken):
    """Recommends what its own findings speak against."""

    def determine(self, edition: Any, facts: Facts) -> Determination:
        made = super().determine(edition, facts)
        made.outcome = "eligible"
        return made


class Refusing(Broken):
    """Cannot read an edition that an earlier version published."""

    def edition(self, tenant: str, given: Mapping[str, Any], id: Any = None) -> Any:  # noqa: A002 - as the contract has it
        raise EditionInvalid([FactProblem("terms.eligibility", "is written in another way now")])


class Undrawn(Broken):
    """Loops where its steps are asked for."""

    def path(self, terms: StandardTerms, route: str) -> Any:
        return looping(None)  # type: ignore[arg-type] # it never reads them


KINDS: dict[str, Callable[[], Policy[Any]]] = {
    "raises": lambda: Broken(raising),
    "loops": lambda: Broken(looping),
    "ends the process": lambda: Broken(leaving),
    "answers nonsense": lambda: Broken(babbling),
    "contradicts itself": lambda: Contradicting(lambda facts: False),
    "cannot read its edition": lambda: Refusing(raising),
    "loops in its drawing": lambda: Undrawn(lambda facts: True),
}


@pytest.fixture
def instead(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """`with instead("standard", policy):` this is the plugin of that name, None for none; patience is short."""
    monkeypatch.setattr("portage.policy.careful.LONGEST_ANSWER", 0.3)
    monkeypatch.setattr("portage.policy.careful.LONGEST_READING", 0.3)
    installed: dict[str, Any] = installed_policies()  # type: ignore[assignment] # the kept dictionary itself

    @contextmanager
    def within(name: str, policy: Policy[Any] | None) -> Iterator[None]:
        held = installed[name]
        forget()
        try:
            if policy is None:
                del installed[name]
            else:
                installed[name] = policy
            yield
        finally:
            installed[name] = held
            forget()

    with ExitStack():
        yield within


def forget() -> None:
    """As after a start: no edition is kept, and no plugin is known to be stuck."""
    editions._kept.clear()
    troubles._noted.clear()
    bounded._running_on.clear()
