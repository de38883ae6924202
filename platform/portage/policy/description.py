"""A policy in force, as a parent could read it, and what changed from one edition to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portage.policy.arrangements import keeps_to_terms
from portage.policy.edition import Edition
from portage.policy.notified import lines_of_notifications
from portage.policy.plugin import Policy
from portage.policy.shapes import Line, Section, Step
from portage.policy.terms import LONGEST_CHOSEN_BY, MODES
from portage.policy.vocabulary import REFERRERS

UNITS = {"calendar": "days", "working": "working days"}
COUNTS_FROM = {
    "received": "the day the request arrives", "evidence": "the day the evidence is complete",
    "panel": "the panel", "decision": "the decision",
    "assessment": "the assessment", "leaving": "the day support ends",
}  # fmt: skip
AGREEMENTS = {
    "parent": "agreement to the request", "home_based": "agreement to support at home",
    "panel": "agreement to a panel", "sharing": "agreement to sharing", "signed": "signature of a parent or carer",
    "signed_by_professional": "signature of a professional",
}  # fmt: skip
PURPOSES = {
    "share": "Sharing what helps", "ask": "Asking for information", "tell": "Telling that you have support",
    "leaving": "Sharing progress when support ends",
}  # fmt: skip
NO_DAY_STATED = (
    "No source says which day chooses the edition for the longest support. The day the request was received is used."
)
NO_TERMS_STATED = "No source says whether visits stop in the school holidays. That they take place all year is assumed."


@dataclass(frozen=True, slots=True)
class Change:
    """One line that differs between two editions; None where an edition has no such line."""

    section: str
    label: str
    before: str | None
    after: str | None
    rule: str | None


def describe(policy: Policy[Any], edition: Edition) -> list[Section]:
    """Return the edition as titled sections of plain lines, with citations and assumptions."""
    return [section for section in _Writer(policy, edition).sections() if section.lines]


def changes(before: tuple[Policy[Any], Edition], after: tuple[Policy[Any], Edition]) -> list[Change]:
    """Return every line that differs between two editions, each with its policy, in the order of the later one."""
    old = {(s.title, line.label): line for s in describe(*before) for line in s.lines}
    new = {(s.title, line.label): line for s in describe(*after) for line in s.lines}
    found = []
    for at in [*new, *(at for at in old if at not in new)]:
        was, now = old.get(at), new.get(at)
        if (was and was.text) != (now and now.text):
            rule = (now or was or Line("", "")).rule
            found.append(Change(*at, was.text if was else None, now.text if now else None, rule))
    return found


class _Writer:
    """Writes the lines of one edition."""

    def __init__(self, policy: Policy[Any], edition: Edition) -> None:
        self.policy, self.edition, self.terms = policy, edition, edition.terms
        self.labels = {"effective_from": "The first day of this edition"}

    def line(self, label: str, text: str, term: str) -> Line:
        self.labels[term] = label
        return Line(label, text, self.policy.cite(self.terms, term), self.edition.assumed(term))

    def sections(self) -> Iterator[Section]:
        """Write every section; what is assumed comes last, under the labels that the others gave."""
        for key, title, lines in (
            ("service", "The service", self.service()),
            ("conditions", "Which children it is for", self.conditions()),
            ("routes", "How to ask", self.routes()),
            ("path", "What happens after a request", self.paths()),
            ("offers", "What may be offered", self.offers()),
            ("support", "How support runs", self.support()),
            ("clocks", "How long things may take", self.clocks()),
            ("how-it-works", "How the service works", self.statements()),
            ("sharing", "Permission to share", self.sharing()),
            ("programmes", "What else the service does", self.programmes()),
            ("messages", "What we write to you", self.messages()),
            ("notifications", "When a health professional notifies us", self.notifications()),
        ):
            yield Section(key, title, tuple(lines))
        yield from self.policy.more_sections(self.edition, self.line)
        yield Section("assumptions", "What no published source states", tuple(self.assumptions()))

    def service(self) -> Iterator[Line]:
        service, contact = self.terms.service, self.terms.contact
        yield self.line("Name", service.name, "service.name")
        if service.former_name:
            yield self.line("Formerly", service.former_name, "service.former_name")
        yield self.line("In short", service.short_name, "service.short_name")
        yield self.line("Aim", service.aim, "service.aim")
        if service.quality_mark:
            yield self.line("Quality mark", service.quality_mark, "service.quality_mark")
        yield self.line("Who visits", service.visitor_title, "service.visitor_title")
        if service.partners:
            yield self.line("Works with", "; ".join(service.partners), "service.partners")
        yield self.line("Getting in touch", contact.words, "contact.words")
        if contact.telephone:
            yield self.line("Telephone", contact.telephone, "contact.telephone")
        if contact.email:
            yield self.line("E-mail", contact.email, "contact.email")

    def conditions(self) -> Iterator[Line]:
        seen: dict[str, Line] = {}
        for plan in self.edition.plans.values():
            for rule in plan.rules:
                title = self.policy.rule_title(self.terms, rule.number)
                seen.setdefault(rule.number, Line(title, rule.states, rule.number))
        if not seen:
            # What stands in for a policy knows no rules, which is not the same as there being none.
            yield Line("Conditions", getattr(self.policy, "rules_away", "There is no condition."))
        yield from seen.values()

    def routes(self) -> Iterator[Line]:
        for route in self.policy.routes(self.terms):
            who = "; ".join(REFERRERS[key] for key in route.referrers)
            yield self.line(route.name, route.for_whom, f"routes.{route.key}.for_whom")
            yield self.line(f"{route.name}: form", route.form_name, f"routes.{route.key}.form_name")
            yield Line(f"{route.name}: used by", who, route.rule)
            for agreement in route.agreements:
                asked = "Needed: " if agreement.required else "Asked, and not a condition: "
                yield Line(f"{route.name}: {AGREEMENTS[agreement.key]}", asked + agreement.question, agreement.rule)

    def paths(self) -> Iterator[Line]:
        """Write each way of a request once, named for its routes where they differ."""
        routes = self.policy.routes(self.terms)
        named: dict[tuple[Step, ...], list[str]] = {}
        for route in routes:
            named.setdefault(self.policy.path(self.terms, route.key), []).append(route.name)
        for path, names in named.items():
            at = "" if len(names) == len(routes) else f"{'; '.join(names)}: "
            for number, step in enumerate(path, 1):
                yield Line(f"{at}{number}. {step.name}", step.sentence, step.rule)

    def offers(self) -> Iterator[Line]:
        routes = self.policy.routes(self.terms)
        for key, offer in self.terms.offers.items():
            names = [route.name for route in routes if key in self.edition.plans[route.key].offers]
            held = "" if len(names) == len(routes) else f" (For: {'; '.join(names)}.)"
            yield self.line(offer.name, offer.explanation + held, f"offers.{key}")

    def support(self) -> Iterator[Line]:
        support, at = self.terms.support, "support"
        if support.longest_months:
            yield self.line("Longest support", f"{support.longest_months} months", f"{at}.longest_months")
        if support.longest_months or support.longest_chosen_by:
            yield self.longest_chosen_by()
        if support.visit_minutes:
            yield self.line("Length of a visit", f"About {support.visit_minutes} minutes", f"{at}.visit_minutes")
        if support.frequency:
            weeks = " or ".join(str(number) for number in support.frequency.every_weeks)
            planned = f"; planned every {weeks} weeks" if weeks else "; planned visit by visit"
            yield self.line("How often", support.frequency.name + planned, f"{at}.frequency.name")
        yield from self.when_in_the_year()
        yield from self.in_a_visit()
        yield self.line("Where", "; ".join(MODES[mode] for mode in support.modes), f"{at}.modes")
        sentences = {
            "block": ("Blocks of visits", "As long as a school term"),
            "same_day_and_time": ("Day and time", "Normally the same day at a set time"),
            "review_when": ("Reviews", support.review_when),
            "play_plan": ("Play plan", support.play_plan or ""),
            "between_visits": ("Between visits", support.between_visits or ""),
            "training": ("Training", support.training),
            "volunteers": ("Volunteers", "Trained volunteers may visit as well"),
        }
        yield from (self.line(*said, f"{at}.{name}") for name, said in sentences.items() if getattr(support, name))

    def longest_chosen_by(self) -> Line:
        """Write which day chooses the longest support: an assumption of every edition that does not say it."""
        chosen = self.terms.support.longest_chosen_by
        words = f"That of the edition of {LONGEST_CHOSEN_BY[chosen or 'received']}"
        line = self.line("Which longest support", words, "support.longest_chosen_by")
        return line if chosen else Line(line.label, line.text, line.rule, NO_DAY_STATED)

    def when_in_the_year(self) -> Iterator[Line]:
        """Write in which part of the year visits are: all of it is an assumption of every edition that states none."""
        if keeps_to_terms(self.policy, self.terms):
            said = "support.block" if self.terms.support.block == "school-term" else "visits.term_time_only"
            rule, why = self.policy.cite(self.terms, said), self.edition.assumed(said)
            yield Line("When in the year", "In school terms only", rule, why)
        elif not hasattr(self.policy, "rules_away"):  # what stands in for a policy cannot say it
            words = "All year, but for bank holidays and days on which the service is closed"
            line = self.line("When in the year", words, "visits.term_time_only")
            yield Line(line.label, line.text, line.rule, NO_TERMS_STATED)

    def in_a_visit(self) -> Iterator[Line]:
        for table in ("elements", "in_a_visit"):
            for key, each in getattr(self.terms.support, table).items():
                yield self.line(f"In a visit: {each.name}", each.explanation, f"support.{table}.{key}")

    def clocks(self) -> Iterator[Line]:
        for key, clock in self.terms.clocks.items():
            names = [self.terms.routes[route].name for route in clock.routes]
            held = f" ({'; '.join(names)})" if names else ""
            text = f"Within {clock.days} {UNITS[clock.unit]} of {COUNTS_FROM[clock.counts_from]}{held}"
            yield self.line(clock.name, text, f"clocks.{key}.days")

    def statements(self) -> Iterator[Line]:
        for key, each in self.terms.how_it_works.items():
            yield self.line(each.title, each.says, f"how_it_works.{key}")

    def sharing(self) -> Iterator[Line]:
        for key, each in self.terms.sharing.items():
            yield self.line(f"{each.party}: {PURPOSES[each.purpose]}", each.question, f"sharing.{key}")

    def programmes(self) -> Iterator[Line]:
        for key, each in self.terms.programmes.items():
            form = f" ({self.terms.routes[each.route].name})" if each.route else ""
            text = " ".join([f"For {each.for_whom}.", *each.what_happens, f"{each.how_to_ask}{form}"])
            yield self.line(each.name, text, f"programmes.{key}")

    def messages(self) -> Iterator[Line]:
        for key, each in self.terms.messages.items():
            names = "; ".join(self.terms.routes[route].name for route in each.routes)
            text = f"To {each.to} ({names}): {' '.join([each.says, *each.links])}"
            yield self.line(each.title, text, f"messages.{key}")

    def notifications(self) -> Iterator[Line]:
        return lines_of_notifications(self.terms.notifications, self.terms.routes, self.line)

    def assumptions(self) -> Iterator[Line]:
        for each in self.edition.assumptions:
            yield Line(self.labels.get(each.term, each.term), each.says, self.policy.cite(self.terms, each.term))
        if self.terms.support.longest_months and not self.terms.support.longest_chosen_by:
            yield Line(self.labels["support.longest_chosen_by"], NO_DAY_STATED)
        if "visits.term_time_only" in self.labels and not keeps_to_terms(self.policy, self.terms):
            yield Line(self.labels["visits.term_time_only"], NO_TERMS_STATED)
