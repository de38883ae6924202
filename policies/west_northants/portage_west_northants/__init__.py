"""West Northamptonshire: evidence, a weekly panel, and programmes around it (WNC-01 to WNC-16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from portage.policy import (
    EVIDENCE_KEYS,
    Edition,
    EvidenceOf,
    Policy,
    RouteShape,
    Rule,
    Section,
    Step,
    Terms,
    asks,
    rules,
)
from portage.policy.arrangements import Arrangements, PanelTerms, VisitorTerms, WaitingTerms
from portage.policy.stated import WriteLine, stated
from portage.policy.terms import part, texts, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class WestNorthantsEligibility:
    """The age, and the papers that show the need."""

    reception_turns: Annotated[int, whole("Birthday in the reception year, in years", least=4, most=6)]
    evidence: Annotated[tuple[str, ...], texts("Papers that show the need", one_of=tuple(sorted(EVIDENCE_KEYS)))]


@dataclass(frozen=True, slots=True, kw_only=True)
class WestNorthantsTerms(Terms):
    """The terms of one edition."""

    eligibility: Annotated[WestNorthantsEligibility, part(WestNorthantsEligibility)]
    panel: Annotated[PanelTerms, part(PanelTerms)]
    visitors: Annotated[VisitorTerms, part(VisitorTerms)]
    waiting_list: Annotated[WaitingTerms | None, part(WaitingTerms)] = None


_REQUEST = Step("request", "Request", "The request arrives on the online form.", "WNC-03")
_PANEL = Step("panel", "Panel", "The Early Years Allocation Panel meets every week and looks at the request.", "WNC-04")
_CONTACT = Step("tell-outcome", "Contact", "You and the person who asked hear from us after the panel.", "WNC-05")
_OFFER = Step("offer", "Offer", "You say whether you would like what we offer.")
_VISIT = Step("introductory-visit", "First visit", "We come to meet you, at a time that suits you.", "WNC-05")
_ALLOCATION = Step("allocation", "Practitioner", "A practitioner is found for your child.")
_PATH = (_REQUEST, _PANEL, _CONTACT, _OFFER, _VISIT, _ALLOCATION)
_IN_A_SETTING = (
    Step("request", "Request", "The setting asks on the online form.", "WNC-08"),
    _PANEL, _CONTACT,
    Step("allocation", "Practitioner", "A practitioner is allocated to the child.", "WNC-08"),
    Step("observation", "Observation", "The practitioner observes the child in the setting.", "WNC-08"),
    Step("next-steps", "Next steps", "Next steps are agreed: assess, plan, do, review.", "WNC-08"),
    Step("review", "Review", "A review is planned, and parents are part of it.", "WNC-08"),
)  # fmt: skip
_NOTIFIED = (
    Step("request", "Notification", "A health professional tells us about the child, as the law asks.", "WNC-13"),
    Step("first-signposting", "First pointers", "We write to you with services that may help at once.", "WNC-13"),
    _PANEL, _CONTACT, _OFFER, _VISIT,
    Step("allocation", "Practitioner", "A practitioner is found, or we point you to a better service.", "WNC-13"),
)  # fmt: skip
_STARTING_SCHOOL = (
    Step("request", "Request", "School admissions tell us about the child.", "WNC-07"),
    _PANEL, _CONTACT,
    Step("observation", "First assessment", "We may carry out a first assessment with admissions.", "WNC-07"),
    Step("next-steps", "Wider support", "The child is linked to wider support.", "WNC-07"),
)  # fmt: skip
_MEETING = (
    Step("request", "Request", "You ask for the meeting after the letter that told you the outcome.", "WNC-12"),
    Step("next-steps", "SEND Support Plan", "You get the SEND Support Plan before the meeting.", "WNC-12"),
    Step("meeting", "Meeting", "School staff, you, and your child where right, meet and agree support.", "WNC-12"),
)
_ABOUT_THE_CHILD = (asks.CONCERNS, asks.OWN_WORDS, asks.EVIDENCE_KINDS, asks.SETTING_NAME, asks.RECEPTION_ENDS)
_EVERYBODY = ("parent", "practitioner", "health-professional", "senco")


class WestNorthantsPolicy(Policy[WestNorthantsTerms]):
    """Age and evidence of the need; a weekly panel looks at every request but one."""

    name = "west-northants"
    terms_type = WestNorthantsTerms
    requirements = {
        "WNC-01": "Age",
        "WNC-02": "Evidence of the need",
        "WNC-03": "Online request form",
        "WNC-04": "Weekly panel",
        "WNC-05": "Contact within one week of the panel",
        "WNC-06": "Portage Development Profile",
        "WNC-07": "Starting school without a plan",
        "WNC-08": "Support in a setting",
        "WNC-09": "Portage home teaching",
        "WNC-10": "Volunteers",
        "WNC-11": "NPA Stamp of Approval",
        "WNC-12": "Moving Forwards meetings",
        "WNC-13": "Section 23 notification",
        "WNC-14": "Partner teams",
        "WNC-15": "Worried parents",
        "WNC-16": "Advice and Family Hubs",
    }
    cites = {
        "service": "WNC-09",
        "service.quality_mark": "WNC-11",
        "service.partners": "WNC-14",
        "contact": "WNC-03",
        "eligibility.reception_turns": "WNC-01",
        "eligibility.evidence": "WNC-02",
        "routes.request-for-support": "WNC-03",
        "routes.setting-support": "WNC-08",
        "routes.section-23": "WNC-13",
        "routes.school-transition": "WNC-07",
        "routes.moving-forwards": "WNC-12",
        "offers.home-visits": "WNC-09",
        "offers.setting-support": "WNC-08",
        "offers.training": "WNC-08",
        "offers.signposting": "WNC-16",
        "offers.moving-forwards-meeting": "WNC-12",
        "support.modes": "WNC-16",
        "support.play_plan": "WNC-06",
        "support.volunteers": "WNC-10",
        "panel": "WNC-04",
        "visitors": "WNC-10",
        "clocks.panel": "WNC-04",
        "clocks.after-panel": "WNC-05",
        "clocks.introductory-visit": "WNC-05",
        "how_it_works.home-teaching": "WNC-09",
        "how_it_works.profile": "WNC-06",
        "how_it_works.panel": "WNC-04",
        "how_it_works.after-the-panel": "WNC-05",
        "how_it_works.evidence": "WNC-02",
        "programmes.starting-school": "WNC-07",
        "programmes.setting-support": "WNC-08",
        "programmes.volunteers": "WNC-10",
        "programmes.stamp-of-approval": "WNC-11",
        "programmes.moving-forwards": "WNC-12",
        "programmes.first-conversation": "WNC-15",
        "programmes.family-hubs": "WNC-16",
        "messages.first-signposting": "WNC-13",
        "notifications": "WNC-13",
    }
    route_shapes = (
        RouteShape(
            key="request-for-support", referrers=_EVERYBODY, rule="WNC-03", path=_PATH, needs_evidence=True,
            decided_by="panel", agreements=(asks.parents_agree(None, required=False),), asks=_ABOUT_THE_CHILD,
        ),
        RouteShape(
            key="setting-support", referrers=("senco",), rule="WNC-08", path=_IN_A_SETTING, needs_evidence=True,
            decided_by="panel", agreements=(asks.parents_agree(None, required=False),), asks=_ABOUT_THE_CHILD,
        ),
        RouteShape(
            key="section-23", referrers=("health-professional",), rule="WNC-13", path=_NOTIFIED, statutory=True,
            decided_by="panel", asks=(asks.CONCERNS, asks.OWN_WORDS, asks.CONDITIONS, asks.SETTING_NAME),
        ),
        RouteShape(
            key="school-transition", referrers=("school-admissions",), rule="WNC-07", path=_STARTING_SCHOOL,
            decided_by="panel", asks=(asks.SCHOOL, asks.OWN_WORDS, asks.RECEPTION_ENDS),
        ),
        RouteShape(
            key="moving-forwards", referrers=("parent",), rule="WNC-12", path=_MEETING,
            offers=("moving-forwards-meeting",),
            asks=(asks.OUTCOME_LETTER_DATE, asks.SCHOOL, asks.MEETING_HOPES),
        ),
    )  # fmt: skip

    def rules(self, terms: WestNorthantsTerms, route: RouteShape) -> tuple[Rule, ...]:
        """Return age and, where it is needed, evidence; a Moving Forwards meeting tests nothing."""
        if route.key == "moving-forwards":
            return ()
        age = rules.to_the_end_of_reception("WNC-01", terms.eligibility.reception_turns)
        evidence = EvidenceOf("WNC-02", frozenset(terms.eligibility.evidence))
        return (age, evidence) if route.needs_evidence else (age,)

    def arrangements(self, terms: WestNorthantsTerms) -> Arrangements:
        """Return how the panel meets, who may visit beside a home visitor, and who comes first on the waiting list."""
        return Arrangements(panel=terms.panel, visitors=terms.visitors, waiting_list=terms.waiting_list)

    def more_sections(self, edition: Edition, line: WriteLine) -> Iterator[Section]:
        """Write how the panel meets, who may visit, and how the waiting list goes."""
        terms: WestNorthantsTerms = edition.terms  # type: ignore[assignment] # an edition of this policy
        yield Section("panel", "How the panel works", tuple(stated(terms.panel, "panel", "Panel", line)))
        yield Section("visitors", "Who may visit", tuple(stated(terms.visitors, "visitors", "Who may visit", line)))
        if terms.waiting_list is not None:
            lines = stated(terms.waiting_list, "waiting_list", "Waiting list", line)
            yield Section("waiting-list", "The waiting list", tuple(lines))
