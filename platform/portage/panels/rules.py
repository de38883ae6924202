"""What the policy in force says of its panel: its rhythm, the papers' day, the quorum, and who reads what."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portage.editions.operations import edition_on
from portage.policy import Edition, NoEditionInForce, Policy, SharingQuestion
from portage.policy.arrangements import CADENCE_DAYS, PANEL_SHARING, PanelTerms

CLOCK = "panel"  # the clock of a policy without terms for its panel that says how often it meets


@dataclass(frozen=True, slots=True)
class PanelRules:
    """How this council's panel works."""

    every: timedelta
    papers_days_before: int | None = None
    quorum: int = 0
    conflicted_count: bool = False
    sharing: SharingQuestion | None = None  # the permission that shows a child's papers to members from outside

    def papers_by(self, held_on: date) -> date:
        """The last day on which a request may come to be on the agenda of a meeting."""
        return held_on - timedelta(days=self.papers_days_before or 0)


def rules_of(policy: Policy[Any], edition: Edition) -> PanelRules | None:
    """The rules of an edition's panel; None for a council without one."""
    shape = next((each for each in policy.shapes_of(edition.terms) if each.decided_by == "panel"), None)
    if shape is None:
        return None
    sharing = next((each for each in policy.sharing(edition.terms) if each.key == PANEL_SHARING), None)
    terms: PanelTerms | None = policy.arrangements(edition.terms).panel
    if terms is None:
        clocks = {clock.key: clock for clock in policy.clocks(edition, shape.key)}
        return PanelRules(timedelta(days=clocks[CLOCK].days if CLOCK in clocks else 7), sharing=sharing)
    every = timedelta(days=CADENCE_DAYS[terms.every])
    return PanelRules(every, terms.papers_days_before, terms.quorum, terms.conflicted_count, sharing)


def panel_rules(on: date) -> PanelRules | None:
    """The rules of the panel by the edition in force on a day; None where there is no panel."""
    try:
        return rules_of(*edition_on(on))
    except NoEditionInForce:
        return None
