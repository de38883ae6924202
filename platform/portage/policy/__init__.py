"""The policy contract: what a council's rules are made of, and what the platform may ask of them.

Pure: nothing here knows a database, a web request or a clock. In short:

    policy = policy_named("standard-example")          # an installed plugin
    edition = edition_in_force(editions, received_on)  # its values on that day
    facts = Facts.parse(policy, obj)                   # raises FactErrors
    determination = policy.determine(edition, facts)   # outcome, findings, missing, offers, support, ages_out_on
    determination.as_json()                            # the answer as the command line gives it

Pages ask `policy.routes(edition.terms)`, `.service(terms)`, `.offers(terms, route_key)`, `.support_pattern(terms)`,
`.path(terms, route_key)`, `.clocks(edition, route_key)`, `.sharing(terms)`, `.programmes(terms)`, `.messages(terms, route_key)`
and `describe(policy, edition)`; a finding's number has a title in `policy.rule_title(number)` and its document is `edition.source`.
"""

from portage.policy.description import describe
from portage.policy.discovery import PolicyNotInstalled, installed_policies, policy_named
from portage.policy.edition import Assumption, Edition, NoEditionInForce, edition_in_force
from portage.policy.facts import ExtraFact, FactErrors, FactProblem, Facts, Measured
from portage.policy.plugin import Determination, Plan, Policy, RouteShape
from portage.policy.replay import Replay, Stored, replay
from portage.policy.rules import AgeLimit, DelayInAreas, Finding, Rule
from portage.policy.shapes import (
    Agreement,
    Ask,
    Clock,
    Element,
    Frequency,
    Line,
    Message,
    Offer,
    Programme,
    Route,
    Section,
    Service,
    SharingQuestion,
    Statement,
    Step,
    SupportPattern,
)
from portage.policy.terms import Terms
from portage.policy.vocabulary import AREAS, EVIDENCE, OUTCOMES, REFERRERS, Option

__all__ = [
    "AREAS", "EVIDENCE", "OUTCOMES", "REFERRERS", "AgeLimit", "Agreement", "Ask", "Assumption", "Clock", "DelayInAreas",
    "Determination", "Edition", "Element", "ExtraFact", "FactErrors", "FactProblem", "Facts", "Finding", "Frequency", "Line",
    "Measured", "Message", "NoEditionInForce", "Offer", "Option", "Plan", "Policy", "PolicyNotInstalled", "Programme", "Replay",
    "Route", "RouteShape", "Rule", "Section", "Service", "SharingQuestion", "Statement", "Step", "Stored", "SupportPattern", "Terms",
    "describe", "edition_in_force", "installed_policies", "policy_named", "replay",
]
