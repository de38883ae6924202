"""Rules and what they find: each block is written once, so that a council's policy reads as one page."""

from portage.policy.rules.ages import (
    AgeBetween,
    AgeLimit,
    Until,
    age_between,
    age_up_to,
    before_funded_place,
    latest_entry,
    to_the_end_of_reception,
    until_age,
    until_before_school,
    until_compulsory_school_age,
    until_funded_place,
    until_school_year_after,
    until_the_end_of_reception,
)
from portage.policy.rules.answers import (
    AskedByParent,
    Known,
    Told,
    ToldBeside,
    agreed_at_home,
    lives_in_area,
    parents_agree,
    significant_need,
)
from portage.policy.rules.combined import AllOf, AnyOf, ForAPerson
from portage.policy.rules.days import Earliest, FromBirth
from portage.policy.rules.delays import DelayByAge, DelayFigure, DelayInAreas, delay_rule
from portage.policy.rules.finding import Block, Finding, Rule, Test, answers_of, test_of
from portage.policy.rules.papers import EvidenceOf
from portage.policy.rules.screening import ScreeningScores
from portage.policy.rules.setting import HoursInSetting

__all__ = [
    "AgeBetween",
    "AgeLimit",
    "AllOf",
    "AnyOf",
    "AskedByParent",
    "Block",
    "DelayByAge",
    "DelayFigure",
    "DelayInAreas",
    "Earliest",
    "EvidenceOf",
    "Finding",
    "ForAPerson",
    "FromBirth",
    "HoursInSetting",
    "Known",
    "Rule",
    "ScreeningScores",
    "Test",
    "Told",
    "ToldBeside",
    "Until",
    "age_between",
    "age_up_to",
    "agreed_at_home",
    "answers_of",
    "before_funded_place",
    "delay_rule",
    "latest_entry",
    "lives_in_area",
    "parents_agree",
    "significant_need",
    "test_of",
    "to_the_end_of_reception",
    "until_age",
    "until_before_school",
    "until_compulsory_school_age",
    "until_funded_place",
    "until_school_year_after",
    "until_the_end_of_reception",
]
