"""Whatever a plugin's code does, whoever asks goes on in time; and what stands in for a plugin that is away."""

import copy
import threading
import time
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest

from portage.policy import Edition, EditionInvalid, describe
from portage.policy.bounded import PolicyFailed, _running_on, within
from portage.policy.careful import NEEDS_A_PERSON, judge_with_care, read_with_care
from portage.policy.standin import StandIn
from support.policies import SHIPPED, all_editions, council, request

SHORT = 0.2


@pytest.fixture(autouse=True)
def _nobody_is_stuck() -> Iterator[None]:
    yield
    _running_on.clear()


def for_ever() -> NoReturn:
    while True:
        pass


def test_an_answer_in_time_is_given_as_it_is() -> None:
    answer = object()
    assert within("larkshire", lambda: answer) is answer


def test_what_is_raised_is_told_by_its_type_and_place_and_never_by_its_words() -> None:
    def fails() -> NoReturn:
        raise ValueError("Kit lives in Sample Street")

    with pytest.raises(PolicyFailed, match=r"^raised: ValueError in policies/test_bounded.py, line \d+$") as failed:
        within("larkshire", fails)
    assert failed.value.how == "raised"
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__


def test_leaving_the_process_is_a_failure_like_any_other() -> None:
    with pytest.raises(PolicyFailed, match="raised: SystemExit"):
        within("larkshire", lambda: exit(3))


def test_a_loop_is_left_in_time_and_its_thread_is_ended() -> None:
    before = time.monotonic()
    with pytest.raises(PolicyFailed, match="too-slow: no answer within"):
        within("larkshire", for_ever, SHORT)
    assert time.monotonic() - before < SHORT + 3
    assert eventually_gone("policy-larkshire")
    assert within("larkshire", lambda: 1, SHORT) == 1


def test_a_call_that_cannot_be_interrupted_keeps_nobody_waiting() -> None:
    before = time.monotonic()
    with pytest.raises(PolicyFailed, match="too-slow"):
        within("fernley", lambda: time.sleep(2), SHORT)
    assert time.monotonic() - before < 1.5


def test_a_plugin_that_holds_on_to_its_thread_gets_no_second_one_and_others_go_on() -> None:
    leave = threading.Event()

    def holds_on() -> None:
        while not leave.is_set():
            try:
                while not leave.is_set():
                    pass
            except BaseException:  # noqa: S112 - this is what it is for
                continue

    with pytest.raises(PolicyFailed, match="no answer within"):
        within("larkshire", holds_on, SHORT)
    for _ in range(3):
        before = time.monotonic()
        with pytest.raises(PolicyFailed, match="an earlier question still runs"):
            within("larkshire", lambda: 1, SHORT)
        assert time.monotonic() - before < SHORT
    assert [thread.name for thread in threading.enumerate()].count("policy-larkshire") == 1
    assert within("mossborough", lambda: 2, 2.0) == 2
    leave.set()
    assert eventually_gone("policy-larkshire")
    assert within("larkshire", lambda: 3, 2.0) == 3


def eventually_gone(name: str) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if name not in {thread.name for thread in threading.enumerate()}:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("slug", SHIPPED)
def test_every_shipped_edition_is_read_with_care_as_it_is_without(slug: str) -> None:
    known = council(slug)
    for edition in known.editions:
        read = read_with_care(known.policy, slug, edition.given)
        assert {key: plan.offers for key, plan in read.plans.items()} == {
            key: plan.offers for key, plan in edition.plans.items()
        }


def stood_in(edition: Edition, **changed: Any) -> Edition:
    given = copy.deepcopy(dict(edition.given))
    for path, value in changed.items():
        at: Any = given["terms"]
        *tables, name = path.split("__")
        for table in tables:
            at = at[table]
        at[name] = value
    return StandIn(edition.plugin).edition(edition.tenant, given)


@pytest.mark.parametrize(("policy", "edition"), [*all_editions()], ids=lambda each: getattr(each, "tenant", ""))
def test_a_stand_in_has_the_words_routes_and_offers_of_any_edition_and_none_of_its_rules(
    policy: Any, edition: Edition
) -> None:
    away = StandIn(policy.name)
    found = away.edition(edition.tenant, edition.given)
    assert away.service(found.terms).name == policy.service(edition.terms).name
    assert [route.key for route in away.routes(found.terms)] == [*edition.terms.routes]
    assert [*found.terms.offers] == [*edition.terms.offers]
    assert found.given == edition.given
    assert all(plan.rules == () for plan in found.plans.values())
    lines = [line.text for section in describe(away, found) for line in section.lines]
    assert "The conditions of this edition cannot be read just now." in lines
    assert "There is no condition." not in lines
    with pytest.raises(PolicyFailed):
        away.determine(found, None)  # type: ignore[arg-type] # it never reads them


def test_a_stand_in_leaves_out_what_cannot_be_read_and_keeps_the_rest() -> None:
    edition = council("leeds").published[-1]
    found = stood_in(edition, clocks__sooner={"name": "Soon", "days": "many"}, service__motto="New", novelty={"a": 1})
    assert "sooner" not in found.terms.clocks
    assert {*found.terms.clocks} == {*edition.terms.clocks}
    assert found.terms.service.name == edition.terms.service.name
    with pytest.raises(EditionInvalid):
        stood_in(edition, service="a sentence where a table was")


def test_nothing_is_recommended_where_the_rules_are_away() -> None:
    known = council("leeds")
    away = StandIn("leeds")
    edition = away.edition("leeds", known.published[-1].given)
    judged = judge_with_care(away, edition, request("leeds"))
    assert (judged.outcome, judged.answer["findings"]) == (NEEDS_A_PERSON, [])
    assert judged.answer["offers"] == [*known.published[-1].plans["request-form"].offers]
    assert judged.answer["support"]["longest_months"] == 6
