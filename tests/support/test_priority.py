"""The order of the waiting list: total, stable and explained, whatever a policy counts and whoever was moved."""

import random
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from portage.policy.arrangements import ORDER
from portage.support.priority import Figures, Line, Waits, counted, nth
from support.lengths import examples

DAY = date(2026, 5, 3)
CRITERIA = st.lists(st.sampled_from([*ORDER]), unique=True, max_size=4)
CHILDREN = st.lists(
    st.builds(
        Figures,
        asked_on=st.integers(0, 4).map(lambda days: DAY + timedelta(days=days)),
        since=st.integers(5, 8).map(lambda days: DAY + timedelta(days=days)),
        entry_id=st.uuids(version=4),
        areas=st.integers(0, 3),
        in_setting=st.sampled_from([None, True, False]),
        first_time=st.booleans(),
    ),
    unique_by=lambda each: each.entry_id,
    min_size=2,
    max_size=12,
)


def of(number: int, **known: object) -> Waits:
    """A child who asked so many days after the first one."""
    figures = Figures(DAY + timedelta(days=number), DAY + timedelta(days=20), UUID(int=number + 1))
    return Waits(replace(figures, **known))  # type: ignore[arg-type]  # figures by name


def ids(line: Line) -> list[UUID]:
    """The places in their order."""
    return [child.entry_id for child in line.order]


def test_the_reason_says_when_they_asked_and_how_many_asked_earlier() -> None:
    children = [of(0), of(1), of(2)]
    line = Line(["date"], reversed(children))
    assert line.place(children[2]).reason == "Third: asked on 5 May 2026; two asked earlier."
    assert line.place(children[0]).reason == "First: asked on 3 May 2026; nobody comes before."


def test_each_criterion_of_the_policy_is_counted_and_said_in_its_turn_lan_11() -> None:
    children = [of(0, areas=1), of(1, areas=3), of(2, areas=3, in_setting=True), of(3, areas=3, first_time=False)]
    line = Line(["most-complex-need", "not-in-a-setting", "first-time"], children)
    assert [child.areas for child in (each.figures for each in line.order)] == [3, 3, 3, 1]
    assert line.place(children[2]).reason == (
        "Third: a delay on record in three areas, in a setting, asks for the first time, asked on 5 May 2026;"
        " two are not in a setting."
    )
    assert line.place(children[0]).reason.endswith("; three have a delay in more areas.")
    assert "not known whether in a setting, which counts as not in one" in line.place(children[1]).reason


def test_a_childs_reason_counts_who_was_put_ahead_and_says_no_more_of_them() -> None:
    first, second, third = of(0), of(1), of(2)
    moved = replace(third, moved=Line(["date"], [first, second, third]).before(first.entry_id, third.entry_id))
    line = Line(["date"], [first, second, moved])
    assert line.place(moved).reason == "First: moved here by a person; third by the policy alone."
    assert line.place(second).reason == "Third: asked on 4 May 2026; one asked earlier, one was put ahead by a person."


@settings(max_examples=examples(150), deadline=None)
@given(CRITERIA, CHILDREN, st.randoms(use_true_random=False))
def test_the_order_is_total_and_does_not_depend_on_how_the_children_come(
    criteria: list[str], figures: list[Figures], chance: random.Random
) -> None:
    children = [Waits(each) for each in figures]
    line = Line(criteria, children)
    chance.shuffle(children)
    assert ids(Line(criteria, children)) == ids(line)
    assert sorted(ids(line)) == sorted(each.entry_id for each in figures)
    assert [line.place(child).number for child in line.order] == [*range(1, len(figures) + 1)]


@settings(max_examples=examples(150), deadline=None)
@given(CRITERIA, CHILDREN)
def test_nobody_loses_the_place_before_another_when_somebody_leaves(
    criteria: list[str], figures: list[Figures]
) -> None:
    line = Line(criteria, [Waits(each) for each in figures])
    for gone in line.order:
        rest = Line(criteria, [child for child in line.order if child is not gone])
        assert ids(rest) == [child.entry_id for child in line.order if child is not gone]


@settings(max_examples=examples(150), deadline=None)
@given(CRITERIA, CHILDREN, st.randoms(use_true_random=False))
def test_moves_put_a_child_where_they_say_keep_the_others_and_are_undone_one_by_one(
    criteria: list[str], figures: list[Figures], chance: random.Random
) -> None:
    children = {each.entry_id: Waits(each) for each in figures}
    before: list[tuple[UUID, Waits, list[UUID]]] = []
    for _ in range(6):
        line = Line(criteria, children.values())
        moving = chance.choice([*children])
        others = [key for key in ids(line) if key != moving]
        target = chance.choice([*others, None])
        before.append((moving, children[moving], ids(line)))
        move = line.last(moving) if target is None else line.before(target, moving)
        children[moving] = replace(children[moving], moved=move)
        at = len(others) if target is None else others.index(target)
        assert ids(Line(criteria, children.values())) == [*others[:at], moving, *others[at:]]
    for moving, was, order in reversed(before):
        children[moving] = was
        assert ids(Line(criteria, children.values())) == order


@settings(max_examples=examples(100), deadline=None)
@given(CRITERIA, CHILDREN, st.randoms(use_true_random=False))
def test_every_place_is_explained_and_the_counts_add_up(
    criteria: list[str], figures: list[Figures], chance: random.Random
) -> None:
    children = {each.entry_id: Waits(each) for each in figures}
    line = Line(criteria, children.values())
    moving = chance.choice(line.order)
    target = chance.choice([child for child in line.order if child is not moving])
    children[moving.entry_id] = replace(moving, moved=line.before(target.entry_id, moving.entry_id))
    line = Line(criteria, children.values())
    words = {counted(number): number for number in range(13)}
    for child in line.order:
        place = line.place(child)
        start, _, ahead = place.reason.rstrip(".").partition("; ")
        assert start.startswith(nth(place.number) + ": ")
        if child.moved is None:
            said = [] if ahead == "nobody comes before" else ahead.split(", ")
            assert sum(words[each.split()[0]] for each in said) == place.number - 1


def test_numbers_in_a_line_are_said_as_people_say_them() -> None:
    assert [nth(number) for number in (1, 10, 11, 12, 21, 22, 23, 111)] == [
        "First", "Tenth", "11th", "12th", "21st", "22nd", "23rd", "111th",
    ]  # fmt: skip
