"""Progress over time as bars that a server draws: every number stands in words beside them, and patterns carry them."""

from collections.abc import Sequence
from dataclasses import dataclass

from portage.profiles.standing import Moment, Standing
from portage.profiles.words import steps

WIDTH, ROW, BAR, LEFT = 300, 46, 18, 4  # in the drawing's own units; it grows with the page
GAP, LETTER = 5, 8  # before the numbers, and the widest a sign of them is


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of the picture: its words, the two parts of the bar, and where they stand."""

    label: str
    can_do: int
    beginning: int
    y: int
    done_width: float
    begun_x: float
    begun_width: float

    @property
    def number_x(self) -> float:
        """Where the numbers begin, after the bar."""
        return self.begun_x + self.begun_width + GAP


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars of one scale."""

    bars: tuple[Bar, ...]
    says: str  # the whole picture in a sentence

    @property
    def height(self) -> int:
        """The height of the drawing."""
        return ROW * len(self.bars) + 4


def over_time(moments: Sequence[Moment]) -> Picture:
    """How the numbers grew, a bar for each day."""
    rows = [(_day(each), each.can_do, each.beginning) for each in moments]
    if not moments:
        return Picture((), "Nothing is marked yet.")
    first, last = moments[0], moments[-1]
    says = f"From {steps(first.can_do)} on {_day(first)} to {last.can_do} on {_day(last)}."
    return Picture(_bars(rows), says)


def by_area(standings: Sequence[Standing]) -> Picture:
    """What stands in each area now."""
    rows = [(each.name, each.can_do, each.beginning) for each in standings]
    most = max(standings, key=lambda each: each.can_do, default=None)
    says = f"Most steps are marked in {most.name}: {most.can_do}." if most and most.can_do else "Nothing is marked yet."
    return Picture(_bars(rows), says)


def _bars(rows: Sequence[tuple[str, int, int]]) -> tuple[Bar, ...]:
    most = max((can_do + beginning for _, can_do, beginning in rows), default=0) or 1
    numbers = max((len(f"{can_do} + {beginning}") for _, can_do, beginning in rows), default=0) * LETTER
    unit = (WIDTH - LEFT - GAP - numbers) / most
    return tuple(
        Bar(
            label,
            can_do,
            beginning,
            place * ROW,
            round(can_do * unit, 1),
            round(LEFT + can_do * unit, 1),
            round(beginning * unit, 1),
        )
        for place, (label, can_do, beginning) in enumerate(rows)
    )


def _day(moment: Moment) -> str:
    return f"{moment.on.day} {moment.on:%B %Y}"
