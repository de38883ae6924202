"""Linking a partner team to a child, and ending the link; a team outside the council needs the family's yes first."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, PortageError
from portage.core.identity import Actor
from portage.core.tenancy import current_tenant_id, here, scoped
from portage.families.models import SharingPermission
from portage.partners.models import PartnerLink

PURPOSE = "share"


class LinkRefused(PortageError):
    """A link that cannot stand; `field` is the input that the sentence is about."""

    code = "link-refused"
    message = "{sentence}"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence=sentence)


@dataclass(frozen=True, slots=True)
class Agreed:
    """The family's yes to sharing with one team: who gave it, when and how."""

    answered_by: str
    answered_on: date
    how: str


@dataclass(frozen=True, slots=True)
class LinkTeam:
    """A team to link: inside the council, or outside with the family's yes, which may be on record already."""

    team: str
    outside: bool
    what_for: str
    contact_name: str | None
    contact_details: str | None
    agreed: Agreed | None


def link_team(child_id: UUID, link: LinkTeam, teams: Collection[str], *, by: Actor, on: date) -> PartnerLink:
    """Link one of the edition's teams; raises `LinkRefused` for an unknown team, a second link, or a missing yes."""
    if link.team not in teams:
        raise LinkRefused("team", "Choose one of the partner teams.")
    if any(each.team == link.team and each.ended_on is None for each in links_of(child_id)):
        raise LinkRefused("team", "This team is linked already.")
    kept = PartnerLink(
        child_id=child_id,
        team=link.team,
        outside=link.outside,
        what_for=link.what_for,
        contact_name=link.contact_name,
        contact_details=link.contact_details,
        permission_id=_permission(child_id, link, by) if link.outside else None,
        linked_on=on,
        linked_by=by.person_id,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def end_link(child_id: UUID, link_id: UUID, because: str, *, version: int, by: Actor, on: date) -> PartnerLink:
    """End a link. When the family takes its permission back, that is kept as an answer, too, and shown as one."""
    link = here(PartnerLink, link_id, PartnerLink.child_id == child_id, lock=True)
    if link.version != version or link.ended_on is not None:
        raise ChangedMeanwhile(theirs=[("Team", link.team)], yours=[], back=f"/children/{child_id}/partners")
    link.ended_on, link.ended_because, link.ended_by = on, because, by.person_id
    if because == "permission-withdrawn" and link.outside:
        _keep(child_id, link.team, "withdrawn", Agreed("the family", on, "as staff recorded it"), by)
    db.session.flush()
    return link


def links_of(child_id: UUID) -> list[PartnerLink]:
    """The teams that work with a child, then those that did."""
    wanted = scoped(PartnerLink).where(PartnerLink.child_id == child_id)
    order = (PartnerLink.ended_on.is_not(None), PartnerLink.linked_on.desc(), PartnerLink.id.desc())
    return list(db.session.scalars(wanted.order_by(*order)))


def _permission(child_id: UUID, link: LinkTeam, by: Actor) -> UUID:
    """The yes that holds for this team: the one given now, or the last answer on record when it is one."""
    if link.agreed is not None:
        return _keep(child_id, link.team, "yes", link.agreed, by)
    last = db.session.execute(
        select(SharingPermission.id, SharingPermission.answer)
        .where(
            SharingPermission.tenant_id == current_tenant_id(),
            SharingPermission.child_id == child_id,
            SharingPermission.party == link.team,
            SharingPermission.purpose == PURPOSE,
        )
        .order_by(SharingPermission.answered_on.desc(), SharingPermission.created_at.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.answer != "yes":
        raise LinkRefused(
            "answered_by", "This team is outside the council. Ask the family first, and write down who said yes."
        )
    found: UUID = last.id
    return found


def _keep(child_id: UUID, team: str, answer: str, agreed: Agreed, by: Actor) -> UUID:
    kept = SharingPermission(
        child_id=child_id,
        party=team,
        purpose=PURPOSE,
        answer=answer,
        answered_by=agreed.answered_by,
        answered_on=agreed.answered_on,
        how=agreed.how,
        recorded_by=by.person_id,
    )
    db.session.add(kept)
    db.session.flush()
    return kept.id
