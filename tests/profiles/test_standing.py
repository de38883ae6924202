"""Where a child stands: gaps before what is there, next steps after it, and how the numbers grew (WNC-06)."""

from datetime import date
from uuid import UUID, uuid4

from portage.profiles import picture
from portage.profiles.operations.instruments import Step
from portage.profiles.standing import Held, Standing, latest_steps, progress, standings

PLAY, TALK = uuid4(), uuid4()
AREAS = [(PLAY, "Play"), (TALK, "Talk")]
STEPS = [Step(uuid4(), area, name, f"{name} {number}", None, None) for area, name in AREAS for number in range(6)]


def held(number: int, stage: str = "can-do", day: int = 1) -> Held:
    """A mark on one of the steps."""
    return Held(STEPS[number].id, stage, date(2026, 3, day), "visit")


def play(*marks: Held) -> Standing:
    """Where the first area stands."""
    return standings(STEPS, marks)[0]


def words(area: Standing, what: str) -> list[str]:
    """The wording of the gaps, or of the next steps."""
    return [place.step.wording for place in getattr(area, what)]


def test_gaps_lie_before_the_furthest_step_and_next_steps_after_it() -> None:
    """WNC-06: needs, gaps and next steps."""
    area = play(held(0), held(2), held(1, "beginning"))
    assert words(area, "gaps") == ["Play 1"]
    assert words(area, "next_steps") == ["Play 3", "Play 4", "Play 5"]
    assert (area.can_do, area.beginning) == (2, 1)


def test_with_nothing_marked_there_is_no_gap_and_the_first_steps_come_next() -> None:
    area = play(held(1, "beginning"))
    assert words(area, "gaps") == []
    assert words(area, "next_steps") == ["Play 0", "Play 1", "Play 2"]


def test_at_the_end_of_an_area_nothing_comes_next() -> None:
    assert words(play(held(5)), "next_steps") == []
    assert len(play(held(5)).gaps) == 5


def test_can_do_says_more_than_beginning_whichever_was_marked_first() -> None:
    for marks in ([held(0, "beginning", 1), held(0, "can-do", 2)], [held(0, "can-do", 1), held(0, "beginning", 2)]):
        assert play(*marks).places[0].stage == "can-do"


def test_progress_counts_what_was_known_by_each_day() -> None:
    marks = [held(0, "beginning", 1), held(0, "can-do", 5), held(1, "can-do", 5), held(2, "beginning", 9)]
    assert [(each.on.day, each.can_do, each.beginning) for each in progress(marks)] == [(1, 0, 1), (5, 2, 0), (9, 2, 1)]
    many = [Held(UUID(int=day), "can-do", date(2026, 3, day), "visit") for day in range(1, 31)]
    found = progress(many)
    assert (len(found), found[0].on.day, found[-1].on.day, found[-1].can_do) == (10, 1, 30, 30)


def test_bars_stay_inside_the_picture_and_carry_their_numbers() -> None:
    drawn = picture.by_area(standings(STEPS, [held(0), held(1), held(2, "beginning")]))
    crowded = [Held(UUID(int=number), "beginning", date(2026, 3, 1), "visit") for number in range(112)]
    for bar in (*drawn.bars, *picture.over_time(progress(crowded)).bars):
        numbers = len(f"{bar.can_do} + {bar.beginning}") * 7.8  # the width of a digit at 14 pixels, the widest sign
        assert bar.number_x + numbers <= picture.WIDTH
    assert [(bar.label, bar.can_do, bar.beginning) for bar in drawn.bars] == [("Play", 2, 1), ("Talk", 0, 0)]
    assert drawn.says == "Most steps are marked in Play: 2."
    assert picture.over_time([]).says == "Nothing is marked yet."


def test_what_was_marked_last_is_said_first() -> None:
    found = standings(STEPS, [held(0, day=1), held(7, day=9), held(2, "beginning", 11)])
    assert latest_steps(found) == ["Talk 1", "Play 0"]
