"""What the page of a draft shows: its parts, what changed from the edition that it copies, what does not fit yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portage.accounts.models import Person, RoleGrant
from portage.core.access import ROLE_CAN, Can
from portage.core.db import db
from portage.core.errors import NotHere
from portage.core.tenancy import current_tenant_id
from portage.editions.drafting import authors_of, edition_row
from portage.editions.models import PolicyEdition
from portage.editions.operations import draft_problems, edition_as_published, edition_by_id
from portage.editions.refusals import PolicyAway
from portage.messages.operations import alert, settle, tell
from portage.policy import Change, FactProblem, Policy, PolicyNotInstalled, changes, policy_named
from portage.policy.said import about
from portage.settings.terms.kinds import Field, inner_of, plain


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a draft with a page of its own."""

    number: int  # counted from 1, as its address has it
    key: str
    title: str
    about: str
    stated: bool
    changed: bool
    field: Field


@dataclass(frozen=True, slots=True)
class Overview:
    """A draft as its page shows it."""

    policy: Policy[Any]
    parts: list[Part]
    problems: list[tuple[Part | None, FactProblem]]
    changes: list[Change] | None  # None while the terms do not fit together
    copied: PolicyEdition | None


def policy_for(draft: PolicyEdition) -> Policy[Any]:
    """Return the policy in whose terms a draft is written; raise PolicyAway."""
    try:
        return policy_named(draft.plugin)
    except PolicyNotInstalled as error:
        raise PolicyAway(policy=draft.plugin) from error


def parts_of(draft: PolicyEdition) -> list[Part]:
    """Return every part of a draft in the order of its policy, also those that it does not state."""
    fields = inner_of(policy_for(draft).terms_schema.fields["terms"])
    copied = edition_row(draft.copied_from).terms if draft.copied_from else draft.terms
    return [
        Part(
            number,
            key,
            plain(key),
            about(field),
            key in draft.terms,
            repr(draft.terms.get(key)) != repr(copied.get(key)),
            field,
        )
        for number, (key, field) in enumerate(fields.items(), 1)
    ]


def part_of(draft: PolicyEdition, number: int) -> Part:
    """Return one part by its number; raise NotHere."""
    parts = parts_of(draft)
    if not 1 <= number <= len(parts):
        raise NotHere
    return parts[number - 1]


def overview(draft: PolicyEdition) -> Overview:
    """Gather what the page of a draft shows."""
    policy, parts = policy_for(draft), parts_of(draft)
    known = {part.key: part for part in parts}
    problems = draft_problems(draft)
    said = [(_part_at(problem, known), problem) for problem in problems]
    copied = edition_row(draft.copied_from) if draft.copied_from else None
    found = None
    if copied is not None and not problems:
        found = changes(edition_as_published(copied.id), edition_by_id(draft.id))
    return Overview(policy, parts, said, found, copied)


def _part_at(problem: FactProblem, known: dict[str, Part]) -> Part | None:
    names = problem.path.removeprefix("terms.").split(".")
    return known.get(names[0])


def reference_of(draft: PolicyEdition) -> str:
    """Return the short name of a draft that an e-mail may hold."""
    return f"policy draft {draft.id.hex[-6:]}"


def tell_publishers(draft: PolicyEdition, *, at: datetime) -> None:
    """Let everybody who may publish this draft know that it waits for a second person."""
    authors = set(authors_of(draft))
    roles = [role.value for role, may in ROLE_CAN.items() if Can.PUBLISH_POLICY in may]
    people = (
        select(RoleGrant.person_id)
        .join(Person, (Person.tenant_id == RoleGrant.tenant_id) & (Person.id == RoleGrant.person_id))
        .where(RoleGrant.tenant_id == current_tenant_id(), RoleGrant.role.in_(roles), Person.disabled_at.is_(None))
        .distinct()
    )
    for person_id in db.session.scalars(people):
        if person_id in authors:
            continue
        mark = f"{draft.id}:{at.isoformat()}"
        tell(
            kind="draft",
            recipient_kind="person",
            recipient_id=person_id,
            reference=reference_of(draft),
            subject_id=draft.id,
            again=at.isoformat(),
        )
        alert(
            kind="policy-draft",
            path=f"/policy/drafts/{draft.id}",
            sentence="A draft of the policy is ready for a second person.",
            person_id=person_id,
            dedupe=f"policy-draft:{mark}:{person_id}",
        )


def settle_alerts(draft: PolicyEdition) -> None:
    """Let what asked for a second person rest: the draft is published, taken back or given up."""
    settle("policy-draft", f"/policy/drafts/{draft.id}")
