"""People and what they may do, as an administrator keeps them; a change of access ends the person's sessions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update

from portage.accounts.models import AreaMembership, Identity, Invitation, Person, RoleGrant
from portage.accounts.operations.sessions import end_sessions_of
from portage.accounts.tokens import hash_of, new_token
from portage.core import audit
from portage.core.access import AREA_ROLES, Role
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotHere, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.tenants.models import Area

INVITATION = timedelta(days=7)


class NotYourself(PortageError):
    """An administrator may not close their own place: a council would lose its last one by one wrong click."""

    code = "not-yourself"
    message = "You cannot do this to your own place. Ask another administrator of your council."


class SignsInAlready(PortageError):
    """A link for a first sign-in would let a second account act as somebody who has one."""

    code = "signs-in-already"
    message = "This person has signed in before and needs no link. They sign in through your council as always."


class WhereNotChosen(PortageError):
    """Whoever opens cases by area team without an area opens the whole council's: that is never left to an omission."""

    code = "where-not-chosen"
    message = "{sentence}"

    def __init__(self, sentence: str = "Choose an area team, or tick that they work for the whole council.") -> None:
        super().__init__(sentence=sentence)


@dataclass(frozen=True, slots=True)
class Invite:
    """A person to invite: roles by key, area teams by id, or the whole council."""

    name: str
    email: str | None
    telephone: str | None
    roles: tuple[str, ...]
    areas: tuple[UUID, ...] = ()
    whole_council: bool = False
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What a person may do from now on, by an administrator's word: roles by key, area teams by id.

    `organisation` is where they work when that is not the council: a place on the panel then shows them less.
    `version` is that of the person whose page the administrator saw.
    """

    person_id: UUID
    roles: tuple[str, ...]
    areas: tuple[UUID, ...] = ()
    whole_council: bool = False
    organisation: str | None = None
    version: int = field(kw_only=True)


@dataclass(frozen=True, slots=True)
class Invited:
    """The person, and the token for the one-time link; it is shown or sent once and kept nowhere."""

    person: Person
    token: str


def find_person(person_id: UUID) -> Person:
    """One person of this council; raises NotHere."""
    return here(Person, person_id)


def invite(command: Invite, *, by: Actor, at: datetime) -> Invited:
    """Give somebody a place with roles, and make the one-time link by which they sign in for the first time."""
    _check_where(set(command.roles), command.areas, whole_council=command.whole_council)
    person = Person(
        name=command.name, email=command.email, telephone=command.telephone, organisation=command.organisation
    )
    db.session.add(person)
    db.session.flush()
    _grant(person.id, command.roles, by)
    _place(person.id, command.areas)
    audit.record("person-invited", actor=by.label, subject=("person", person.id), roles=sorted(command.roles))
    return Invited(person, _invitation(person.id, by, at))


def invite_again(person_id: UUID, *, by: Actor, at: datetime) -> Invited:
    """Make a new link for somebody; the earlier ones stop working."""
    person = find_person(person_id)
    if db.session.scalars(scoped(Identity).where(Identity.person_id == person.id).limit(1)).first() is not None:
        raise SignsInAlready
    db.session.execute(
        update(Invitation)
        .where(
            Invitation.tenant_id == current_tenant_id(), Invitation.person_id == person_id, Invitation.used_at.is_(None)
        )
        .values(used_at=at)
    )
    audit.record("person-invited", actor=by.label, subject=("person", person_id))
    return Invited(person, _invitation(person_id, by, at))


def _invitation(person_id: UUID, by: Actor, at: datetime) -> str:
    token = new_token()
    db.session.add(
        Invitation(person_id=person_id, invited_by=by.person_id, token_hash=hash_of(token), expires_at=at + INVITATION)
    )
    db.session.flush()
    return token


def set_access(command: Access, *, by: Actor, at: datetime) -> None:
    """Make an administrator's grants equal to the command; what groups gave stays. Ends the person's sessions."""
    person = _locked(command)
    if by.person_id == person.id and Role.TENANT_ADMINISTRATOR not in command.roles:
        raise NotYourself
    roles = {role for role, source in roles_of(person.id) if source == "group"} | set(command.roles)
    by_group = _areas_of(person.id, "group")
    _check_where(roles, [*command.areas, *by_group], whole_council=command.whole_council)
    mine = (RoleGrant.tenant_id == current_tenant_id(), RoleGrant.person_id == person.id)
    db.session.execute(delete(RoleGrant).where(*mine, RoleGrant.source == "administrator"))
    db.session.execute(
        delete(AreaMembership).where(
            AreaMembership.tenant_id == current_tenant_id(),
            AreaMembership.person_id == person.id,
            AreaMembership.source == "administrator",
        )
    )
    _grant(person.id, command.roles, by)
    _place(person.id, command.areas)
    person.organisation = command.organisation
    end_sessions_of(person.id, reason="access-changed", at=at)
    audit.record("access-changed", actor=by.label, subject=("person", person.id), roles=sorted(command.roles))


def _locked(command: Access) -> Person:
    """The person, who is this administrator's to change until the end; raises when another was quicker."""
    person = here(Person, command.person_id, lock=True)
    if person.version != command.version:
        held = [role for role, source in roles_of(person.id) if source == "administrator"]
        raise ChangedMeanwhile(
            theirs=_in_words(held, _areas_of(person.id, "administrator")),
            yours=_in_words(command.roles, command.areas),
            back=f"/people/{person.id}",
        )
    person.version += 1
    return person


def _in_words(roles: Iterable[str], areas: Collection[UUID]) -> list[tuple[str, str]]:
    names = select(Area.name).where(Area.tenant_id == current_tenant_id(), Area.id.in_(areas)).order_by(Area.name)
    return [
        ("Roles", ", ".join(role.replace("-", " ").capitalize() for role in sorted(roles)) or "None"),
        ("Area teams", ", ".join(db.session.scalars(names)) or "None"),
    ]


def _areas_of(person_id: UUID, source: str) -> list[UUID]:
    wanted = select(AreaMembership.area_id).where(
        AreaMembership.tenant_id == current_tenant_id(),
        AreaMembership.person_id == person_id,
        AreaMembership.source == source,
    )
    return list(db.session.scalars(wanted))


def _check_where(roles: set[str], areas: Collection[UUID], *, whole_council: bool) -> None:
    """Raise unless somebody whose roles open cases by area team has areas, or the whole council by choice."""
    if areas and whole_council:
        raise WhereNotChosen("Choose area teams or the whole council, not both.")
    if areas or whole_council or not roles & {role.value for role in AREA_ROLES}:
        return
    if db.session.scalars(select(Area.id).where(Area.tenant_id == current_tenant_id()).limit(1)).first() is not None:
        raise WhereNotChosen


def _grant(person_id: UUID, roles: Sequence[str], by: Actor) -> None:
    db.session.add_all(
        RoleGrant(person_id=person_id, role=Role(role).value, source="administrator", granted_by=by.person_id)
        for role in sorted(set(roles))
    )
    db.session.flush()


def _place(person_id: UUID, areas: Sequence[UUID]) -> None:
    known = set(db.session.scalars(select(Area.id).where(Area.tenant_id == current_tenant_id())))
    if not known.issuperset(areas):
        raise NotHere
    db.session.add_all(AreaMembership(person_id=person_id, area_id=area_id) for area_id in sorted(set(areas)))
    db.session.flush()


def disable(person_id: UUID, *, by: Actor, at: datetime) -> None:
    """Close a person's place: their sessions end and they cannot sign in again until it is opened."""
    person = find_person(person_id)
    if by.person_id == person.id:
        raise NotYourself
    if person.disabled_at is None:
        person.disabled_at = at
        db.session.flush()
        end_sessions_of(person.id, reason="disabled", at=at)
        audit.record("person-disabled", actor=by.label, subject=("person", person.id))


def enable(person_id: UUID, *, by: Actor) -> None:
    """Open a person's place again, with the roles that they had."""
    person = find_person(person_id)
    if person.disabled_at is not None:
        person.disabled_at = None
        db.session.flush()
        audit.record("person-enabled", actor=by.label, subject=("person", person.id))


def roles_of(person_id: UUID) -> list[tuple[str, str]]:
    """A person's roles with where each came from (`administrator` or `group`)."""
    query = select(RoleGrant.role, RoleGrant.source).where(
        RoleGrant.tenant_id == current_tenant_id(), RoleGrant.person_id == person_id
    )
    return [(row.role, row.source) for row in db.session.execute(query.order_by(RoleGrant.role, RoleGrant.source))]
