"""What the answers of a plugin promise: numbers, sentences, wanted facts, learning, the age limit, replay."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from importlib.metadata import PackageNotFoundError
from typing import Any, Final

from portage.policy.columns import CODES, Columns
from portage.policy.determination import Determination
from portage.policy.facts import Facts
from portage.policy.replay import Stored, replay
from portage.policy.rules import AgeLimit, Finding, Rule, answers_of, test_of
from portage.policy.rules.ages import AgeBetween
from portage.policy.testing.drawn import titled
from portage.policy.testing.judged import Judging
from portage.policy.testing.problem import Problem
from portage.policy.testing.samples import fact_paths, without_one

# Days from the age limit on which it is looked at: each day around it, and some far off on both sides.
_AROUND: Final = (-800, -400, -92, -31, *range(-8, 9), 31, 92, 400, 1500)
_WORDS: Final = {True: "met", False: "not met", None: "not known"}


def look_at_answers(judging: Judging) -> Iterator[Problem]:
    """Judge every request of a route and look at the answers."""
    for rule in judging.rules:
        yield from _named(judging, rule)
    yield from _quick_ways(judging)
    for asked in judging.asked:
        facts = judging.facts(asked)
        made = judging.policy.determine(judging.edition, facts)
        yield from _whole(judging, made, asked)
        for finding in made.findings:
            yield from _finding(judging, finding, asked)
        yield from _learning(judging, asked)
        yield from _ages(judging, made, asked)
        yield from _again(judging, made, facts)


def _named(judging: Judging, rule: Rule) -> Iterator[Problem]:
    if not titled(judging.policy, judging.edition, rule.number):
        yield judging.problem("number", "requirements does not name this number.", rule.number)
    if not _sentence(rule.states):
        yield judging.problem("states", "what it states is no sentence that ends in a full stop.", rule.number)


def _quick_ways(judging: Judging) -> Iterator[Problem]:
    """Ask each rule in the quick ways that a block may have: composed once, and for all requests together."""
    rows = [judging.facts(asked) for asked in judging.asked]
    columns = Columns(rows)
    for rule in judging.rules:
        test, answers = test_of(rule), answers_of(rule, columns)
        codes = answers.codes if answers else None
        for place, facts in enumerate(rows):
            met = rule.test(facts)
            if test(facts) is not met:
                says = f"composed it is {_WORDS[test(facts)]}, and its test says {_WORDS[met]}."
                yield judging.problem("composed", says, rule.number, facts.given)
                break
            if codes and codes[place] != CODES[met]:
                says = f"over many requests at once it is not {_WORDS[met]}, as its test says."
                yield judging.problem("columns", says, rule.number, facts.given)
                break


def _sentence(said: object) -> bool:
    return isinstance(said, str) and len(said.strip()) > 1 and said.endswith(".")


def _whole(judging: Judging, made: Determination, asked: Mapping[str, Any]) -> Iterator[Problem]:
    """Compare the outcome with the findings, and the findings with the rules."""
    numbers, found = [rule.number for rule in judging.rules], [finding.met for finding in made.findings]
    if [finding.rule for finding in made.findings] != numbers:
        yield judging.problem("findings", f"the findings are not those of the rules {numbers}.", None, asked)
    ready = "panel" if judging.shape.decided_by == "panel" else "eligible"
    outcome = "not-eligible" if False in found else "more-information" if None in found else ready
    if made.outcome != outcome:
        says = f"the outcome is {made.outcome}, and by its findings it is {outcome}."
        yield judging.problem("outcome", says, None, asked)


def _finding(judging: Judging, finding: Finding, asked: Mapping[str, Any]) -> Iterator[Problem]:
    """Look at one finding: its answer, its sentence, and what it wants."""
    answered: object = finding.met  # a plugin may answer with what its type does not say
    if not (answered is None or isinstance(answered, bool)):
        says = f"it answers {answered!r}; an answer is True, False or None."
        yield judging.problem("answer", says, finding.rule, asked)
        return
    if not _sentence(finding.because):
        says = f"where it is {_WORDS[finding.met]} it says {finding.because!r}: no sentence that ends in a full stop."
        yield judging.problem("sentence", says, finding.rule, asked)
    wants = finding.wants
    if bool(wants) != (finding.met is None):
        says = (
            f"it is {_WORDS[finding.met]} and wants {[*wants]}; facts are wanted where it is not known, and only there."
        )
        yield judging.problem("wants", says, finding.rule, asked)
    for path in wants:
        if path not in fact_paths(judging.policy):
            yield judging.problem("wants", f"it wants {path}, which no request can state.", finding.rule, asked)


def _learning(judging: Judging, asked: Mapping[str, Any]) -> Iterator[Problem]:
    """Take one fact away: what is known without it stays so with it."""
    facts = judging.facts(asked)
    now = [(rule, rule.test(facts)) for rule in judging.rules]
    for path, less in without_one(judging.policy, asked):
        fewer = judging.facts(less)
        for rule, met in now:
            before = rule.test(fewer)
            if before is not None and before is not met:
                says = f"without {path} it is {_WORDS[before]}, and learning {path} makes it {_WORDS[met]}."
                yield judging.problem("learning", says, rule.number, asked)


def _ages(judging: Judging, made: Determination, asked: Mapping[str, Any]) -> Iterator[Problem]:
    """Compare `ages_out_on` with the answer on each day around it."""
    out = made.ages_out_on
    if out is None:
        return
    for days in _AROUND:
        if not made.facts.date_of_birth.toordinal() <= out.toordinal() + days <= date.max.toordinal():
            continue
        day = date.fromordinal(out.toordinal() + days)
        then = judging.policy.determine(judging.edition, replace(made.facts, received_on=day))
        if wrong := _on_that_day(judging, then, day, out):
            yield judging.problem("ages-out", wrong[1], wrong[0], asked)
            return


def _on_that_day(judging: Judging, then: Determination, day: date, out: date) -> tuple[str, str] | None:
    """Return the rule and what is wrong with it, for a request that arrives on a day."""
    met = {finding.rule: finding.met for finding in then.findings}
    limits = [rule for rule in judging.rules if isinstance(rule, AgeLimit)]
    ends = next((rule for rule in limits if rule.first_day_out(then.facts) == out), limits[0])
    if then.ages_out_on != out:
        return ends.number, f"ages_out_on is {out}, and {then.ages_out_on} for a request that arrives on {day}."
    if day >= out and all(met[rule.number] for rule in limits):
        return ends.number, f"ages_out_on is {out}, and on {day} the rule is still met."
    for rule in limits:
        if day < out and not met[rule.number] and not _too_young(rule, then.facts):
            return rule.number, f"ages_out_on is {out}, and on {day} the rule is already not met."
    return None


def _too_young(rule: AgeLimit, facts: Facts) -> bool:
    return isinstance(rule, AgeBetween) and facts.received_on < rule.first_day_in(facts)


def _again(judging: Judging, made: Determination, facts: Facts) -> Iterator[Problem]:
    """Keep the answer as the database does, and replay it."""
    policy = judging.policy
    try:
        kept: Any = json.loads(json.dumps([dict(facts.given), made.as_json()]))
        stored = Stored(kept[0], kept[1], policy.version, policy.rules_digest)
        told = replay(policy, judging.edition, stored)
    except PackageNotFoundError as error:
        yield judging.problem("version", f"it has no version: no distribution {error} is installed.")
        return
    except (TypeError, ValueError) as error:
        yield judging.problem("replay", f"its answer cannot be kept: {error}.", None, facts.given)
        return
    if told.differs_in or not told.same_rules:
        yield judging.problem("replay", f"judged again, {told.sentence}", None, facts.given)
