"""The whole check of a plugin, as a function and as a class of tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from portage.policy.edition import Edition
from portage.policy.plugin import Policy
from portage.policy.testing.answers import look_at_answers
from portage.policy.testing.drawn import look_at_edition
from portage.policy.testing.judged import judgings, look_at_purity
from portage.policy.testing.problem import Problem, once
from portage.policy.testing.source import look_at_source, look_at_words


def check_policy(policy: Policy[Any], editions: Sequence[Edition]) -> list[Problem]:
    """Return every promise that a plugin does not keep under its editions, each once; none means that it passes."""
    found = [*look_at_words(policy)]
    if not editions:
        says = "there is no edition to judge by: give at least one, such as a worked example."
        found.append(Problem(policy.name, "editions", says))
    for edition in editions:
        if edition.plugin == policy.name:
            found += _under(policy, edition)
        else:
            says = f"this edition belongs to the policy {edition.plugin}."
            found.append(Problem(policy.name, "editions", says, edition=edition.title))
    known = {problem.check for problem in found}
    found += [problem for problem in look_at_source(policy) if problem.check not in known]
    return once(found)


def _under(policy: Policy[Any], edition: Edition) -> Iterator[Problem]:
    """Look at one edition; answers of rules that are not pure are not looked at, for they prove nothing."""
    yield from look_at_edition(policy, edition)
    try:
        for judging in judgings(policy, edition):
            impure = look_at_purity(judging)
            yield from impure or look_at_answers(judging)
    except Exception as error:  # a plugin's own code may fail in any way, and is told of it like of the rest
        says = f"its answers cannot be looked at: {type(error).__name__}: {error}."
        yield Problem(policy.name, "raises", says, edition=edition.title)


class PolicyContract:
    """The check as a test: a class that inherits from this names its policy and its editions."""

    policy: ClassVar[Policy[Any]]
    editions: ClassVar[Sequence[Edition]]

    def test_the_policy_keeps_the_contract(self) -> None:
        """Fail with every problem, one on a line."""
        if problems := check_policy(self.policy, self.editions):
            raise AssertionError("\n".join(str(problem) for problem in problems))
