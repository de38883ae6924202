"""Stands in for a policy that is not installed, or that cannot read one of its editions any more.

Families and staff still see the council's own words: its service, contacts, ways to ask, offers and clocks are terms
that every council has. Only what the plugin draws itself is gone: its rules, its own questions, its steps. So a request
is taken by a plain form, and a person looks at it.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from marshmallow import ValidationError

from portage.policy import asks
from portage.policy.bounded import PolicyFailed
from portage.policy.determination import Determination, RouteShape
from portage.policy.edition import Edition
from portage.policy.facts import Facts
from portage.policy.plugin import Policy
from portage.policy.rules import Rule
from portage.policy.shapes import Step
from portage.policy.terms import Terms
from portage.policy.vocabulary import REFERRERS

_PATH: Final = (
    Step("request", "Request", "The request arrives, and you get a reference number."),
    Step("decision", "Decision", "A named person looks at everything and decides."),
    Step("tell-outcome", "Outcome", "Someone from the service tells you the outcome and what we can offer."),
)
_ASKS: Final = (
    asks.CONCERNS, asks.OWN_WORDS, asks.RESIDENCE, asks.CONDITIONS, asks.EVIDENCE_KINDS, asks.SETTING_NAME,
    asks.SETTING_HOURS,
)  # fmt: skip
_MOST_TRIES: Final = 200  # each takes away what is wrong at one place or more


class StandIn(Policy[Terms]):
    """The words of an edition without its rules; whoever asks may use every route."""

    name = "stand-in"
    rules_away = "The conditions of this edition cannot be read just now."
    terms_type = Terms

    def __init__(self, stands_for: str) -> None:
        self.stands_for = stands_for  # the name of the plugin

    @cached_property
    def version(self) -> str:
        """Return that no version of the policy answered."""
        return "none"

    @cached_property
    def rules_digest(self) -> str:
        """Return that no rules answered."""
        return "none"

    def shapes_of(self, terms: Terms | None) -> tuple[RouteShape, ...]:
        """Draw each route plainly: how the plugin draws it is not known."""
        if terms is None:
            raise ValueError("The routes stand in the edition: name one.")
        agreed = (asks.parents_agree(None, required=False),)
        return tuple(
            RouteShape(key=key, referrers=tuple(REFERRERS), rule="", path=_PATH, agreements=agreed, asks=_ASKS)
            for key in terms.routes
        )

    def determine(self, edition: Edition, facts: Facts) -> Determination:
        """Refuse to answer: without the plugin nobody knows the rules."""
        raise PolicyFailed("not-installed", f"the policy {self.stands_for} cannot answer")

    def rules(self, terms: Terms, route: RouteShape) -> tuple[Rule, ...]:
        """Return no rule: none is known."""
        return ()

    def rule_title(self, terms: Terms, number: str) -> str:
        """Return a word for a statement whose title only the plugin knows."""
        return "as published"

    def edition(self, tenant: str, given: Mapping[str, Any], id: UUID | None = None) -> Edition:  # noqa: A002 - the row's
        """Read the terms that every council has; raises EditionInvalid where even these cannot be read."""
        kept = {**copy.deepcopy(dict(given)), "assumptions": []}
        for _ in range(_MOST_TRIES):
            try:
                self.terms_schema.load(kept)
                break
            except ValidationError as error:
                if not _take_away(kept, error.messages):
                    break
        return replace(super().edition(tenant, kept, id), given=given)

    def _misfits(self, terms: Terms) -> Any:
        return iter(())


def _take_away(held: Any, messages: Any) -> bool:
    """Remove what marshmallow's messages are about, as far in as they lead; says whether anything was removed."""
    if not isinstance(held, dict) or not isinstance(messages, Mapping):
        return False
    removed = False
    for key, told in messages.items():
        about = (
            told["value"] if isinstance(told, Mapping) and set(told) <= {"key", "value"} and "value" in told else told
        )
        if key in held and not _take_away(held[key], about):
            del held[key]
            removed = True
        elif key in held:
            removed = True
    return removed
