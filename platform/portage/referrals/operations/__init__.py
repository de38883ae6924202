"""Verbs on requests; a caller imports them from here or from the module that its verb is in."""

from portage.referrals.operations.clocks import start_clocks, stop_clock
from portage.referrals.operations.evidence import add_evidence, add_late_evidence, evidence_of
from portage.referrals.operations.judging import FactsRefused, edition_of, judge
from portage.referrals.operations.receive import AgreedBy, ReceiveReferral, Referrer, receive
from portage.referrals.operations.references import read_reference
from portage.referrals.operations.stages import move

__all__ = [
    "AgreedBy",
    "FactsRefused",
    "ReceiveReferral",
    "Referrer",
    "add_evidence",
    "add_late_evidence",
    "edition_of",
    "evidence_of",
    "judge",
    "move",
    "read_reference",
    "receive",
    "start_clocks",
    "stop_clock",
]
