"""Rules about the hours that a child spends in an early years setting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from portage.policy import dates

if TYPE_CHECKING:
    from portage.policy.facts import Facts

HOURS = "child.setting_hours"
SESSIONS = "child.setting_sessions"
FUNDED_AT_TWO = "child.funded_two_year_old_hours"


@dataclass(frozen=True, slots=True)
class HoursInSetting:
    """Fewer hours or sessions a week than a cap; funded hours of two-year-olds may be left out of the count."""

    number: str
    hours: int | None
    sessions: int | None
    funded_at_two_exempt: bool

    @property
    def states(self) -> str:
        """Name the cap, and what is not counted."""
        return f"The child is in an early years setting for {self._cap()} a week.{self._not_counted()}"

    def _cap(self) -> str:
        caps = [(self.hours, "hours"), (self.sessions, "sessions")]
        return " and ".join(f"fewer than {cap} {unit}" for cap, unit in caps if cap is not None)

    def _not_counted(self) -> str:
        return " Funded hours of two-year-olds are not counted." if self.funded_at_two_exempt else ""

    def test(self, facts: Facts) -> bool | None:
        """Compare what counts with each cap: one that is reached decides, else one that is not known does."""
        found = (self._hours_fit(facts), self._sessions_fit(facts))
        if False in found:
            return False
        return None if None in found else True

    def _hours_fit(self, facts: Facts) -> bool | None:
        if self.hours is None:
            return True
        if facts.setting_hours is None:
            return None
        if facts.setting_hours < self.hours:
            return True
        if not self.funded_at_two_exempt or facts.received_on >= dates.funded_place_start(facts.date_of_birth):
            return False  # from that day on no hour is one of a two-year-old
        exempt = facts.extra.get(FUNDED_AT_TWO)
        # Taken from the cap's side, so that decimals and floats are never subtracted from one another.
        return None if exempt is None else float(facts.setting_hours) - float(exempt) < self.hours  # type: ignore[arg-type] # read as a number

    def _sessions_fit(self, facts: Facts) -> bool | None:
        if self.sessions is None:
            return True
        sessions = facts.extra.get(SESSIONS)
        return None if sessions is None else float(sessions) < self.sessions  # type: ignore[arg-type] # read as a number

    def explain(self, facts: Facts, met: bool | None) -> str:
        """Give the child's hours and sessions beside the cap."""
        told = [
            f"The child is there for {amount} {unit} a week."
            for amount, unit in (
                (facts.setting_hours if self.hours is not None else None, "hours"),
                (facts.extra.get(SESSIONS) if self.sessions is not None else None, "sessions"),
                (facts.extra.get(FUNDED_AT_TWO) if self.funded_at_two_exempt else None, "funded two-year-old hours"),
            )
            if amount is not None
        ]
        unknown = ""
        if met is None:
            what = "how many of these hours are funded at the age of two" if FUNDED_AT_TWO in self.wants(facts) else ""
            unknown = f" We do not know yet {what or 'how long the child is there'}."
        wanted = f"A child may be in an early years setting for {self._cap()} a week.{self._not_counted()}"
        return " ".join([wanted, *told]) + unknown

    def wants(self, facts: Facts) -> tuple[str, ...]:
        """Return what is not known of hours and sessions."""
        wanted = []
        if self._hours_fit(facts) is None:
            wanted.append(HOURS if facts.setting_hours is None else FUNDED_AT_TWO)
        if self._sessions_fit(facts) is None:
            wanted.append(SESSIONS)
        return tuple(wanted)
