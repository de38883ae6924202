"""The policy contract: what a council's rules are made of, and what the platform may ask of them.

Pure: nothing here knows a database, a web request or a clock. In short:

    policy = policy_named(name)                        # an installed plugin
    edition = edition_in_force(editions, received_on)  # its values on that day
    facts = Facts.parse(policy, obj)                   # raises FactErrors
    determination = policy.determine(edition, facts)   # outcome, findings, missing, offers, support, ages_out_on
    determination.as_json()                            # the answer as the command line gives it

Pages ask `policy.routes(edition.terms)`, `.service(terms)`, `.offers(terms, route_key)`, `.support_pattern(terms)`,
`.path(terms, route_key)`, `.clocks(edition, route_key)`, `.sharing(terms)`, `.programmes(terms)`,
`.messages(terms, route_key)`, `.notifications(terms)` and `describe(policy, edition)`; a finding's number has a title
in `policy.rule_title(number)`, and its document is `edition.source`.
"""

from portage.policy.columns import Columns
from portage.policy.description import Change, changes, describe
from portage.policy.determination import Determination, Plan, RouteShape
from portage.policy.discovery import PolicyNotInstalled, installed_policies, policy_named
from portage.policy.edition import Assumption, Edition, NoEditionInForce, edition_in_force
from portage.policy.facts import ExtraFact, FactErrors, FactProblem, Facts, Measured
from portage.policy.files import editions_from_file, editions_from_toml
from portage.policy.plugin import EditionInvalid, Policy
from portage.policy.replay import Replay, Stored, replay
from portage.policy.rules import (
    AgeLimit,
    AllOf,
    AnyOf,
    AskedByParent,
    DelayInAreas,
    EvidenceOf,
    Finding,
    Known,
    Rule,
)
from portage.policy.shapes import (
    Agreement,
    Ask,
    Clock,
    Element,
    Frequency,
    Line,
    Message,
    Notifications,
    Offer,
    Option,
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
from portage.policy.vocabulary import AREA_KEYS, AREAS, EVIDENCE, EVIDENCE_KEYS, OUTCOMES, REFERRERS, SIGNPOSTING

__all__ = [
    "AREAS",
    "AREA_KEYS",
    "EVIDENCE",
    "EVIDENCE_KEYS",
    "OUTCOMES",
    "REFERRERS",
    "SIGNPOSTING",
    "AgeLimit",
    "Agreement",
    "AllOf",
    "AnyOf",
    "Ask",
    "AskedByParent",
    "Assumption",
    "Change",
    "Clock",
    "Columns",
    "DelayInAreas",
    "Determination",
    "Edition",
    "EditionInvalid",
    "Element",
    "EvidenceOf",
    "ExtraFact",
    "FactErrors",
    "FactProblem",
    "Facts",
    "Finding",
    "Frequency",
    "Known",
    "Line",
    "Measured",
    "Message",
    "NoEditionInForce",
    "Notifications",
    "Offer",
    "Option",
    "Plan",
    "Policy",
    "PolicyNotInstalled",
    "Programme",
    "Replay",
    "Route",
    "RouteShape",
    "Rule",
    "Section",
    "Service",
    "SharingQuestion",
    "Statement",
    "Step",
    "Stored",
    "SupportPattern",
    "Terms",
    "changes",
    "describe",
    "edition_in_force",
    "editions_from_file",
    "editions_from_toml",
    "installed_policies",
    "policy_named",
    "replay",
]
