"""Verbs on children and the people who care for them."""

import re
from dataclasses import asdict, dataclass, fields
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile
from portage.core.tenancy import TENANT, here, scoped
from portage.families.models import Carer, Child
from portage.families.names import search_form
from portage.tenants.models import Area

_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][0-9A-Z]?)([0-9][A-Z]{2})")


@dataclass(frozen=True, slots=True)
class NewChild:
    """A child as a request names them."""

    given_name: str
    family_name: str
    date_of_birth: date
    address: str | None = None
    postcode: str | None = None
    setting_name: str | None = None
    external_reference: str | None = None
    invented: bool = False


@dataclass(frozen=True, slots=True)
class NewCarer:
    """A parent or carer, and how it is safe to reach them."""

    name: str
    relationship_to_child: str
    parental_responsibility: bool | None = None
    email: str | None = None
    telephone: str | None = None
    address: str | None = None
    email_is_safe: bool = True
    telephone_is_safe: bool = True
    post_is_safe: bool = True
    contact_note: str | None = None
    interpreter: str | None = None
    format_needs: str | None = None
    main_contact: bool = False


def add_child(new: NewChild) -> Child:
    """Add a child, found by family name first as lists are sorted; the postcode picks the area team."""
    child = Child(
        **{**asdict(new), "postcode": tidy_postcode(new.postcode)},
        search_name=search_form(new.family_name, new.given_name),
        area_id=area_for_postcode(new.postcode),
    )
    db.session.add(child)
    db.session.flush()
    return child


def add_carer(child_id: UUID, new: NewCarer) -> Carer:
    """Add a parent or carer to a child."""
    carer = Carer(child_id=child_id, **asdict(new))
    db.session.add(carer)
    db.session.flush()
    return carer


def change_carer(carer_id: UUID, changed: NewCarer, *, version: int) -> Carer:
    """Write down what is now known of a carer; raises `ChangedMeanwhile` when somebody else did so first."""
    carer = here(Carer, carer_id)
    if carer.version != version:
        names = [field.name for field in fields(NewCarer) if getattr(carer, field.name) != getattr(changed, field.name)]
        raise ChangedMeanwhile(
            theirs=[(_label(name), _shown(getattr(carer, name))) for name in names],
            yours=[(_label(name), _shown(getattr(changed, name))) for name in names],
            back=f"/children/{carer.child_id}",
        )
    for name, value in asdict(changed).items():
        setattr(carer, name, value)
    db.session.flush()
    return carer


def carers_of(child_id: UUID) -> list[Carer]:
    """The parents and carers of a child, the main contact first."""
    return list(db.session.execute(_carers(), {"child_id": child_id}).scalars())


@cache
def _carers() -> Select[Carer]:
    wanted = select(Carer).where(Carer.tenant_id == TENANT, Carer.child_id == bindparam("child_id", type_=Uuid()))
    return wanted.order_by(Carer.main_contact.desc(), Carer.created_at)


def tidy_postcode(postcode: str | None) -> str | None:
    """A postcode as the Post Office writes it; what is no full postcode stays as it was typed."""
    if not postcode:
        return None
    match = _POSTCODE.fullmatch(re.sub(r"[^A-Z0-9]", "", postcode.upper()))
    return f"{match[1]} {match[2]}" if match else postcode.strip()


def is_postcode(postcode: str) -> bool:
    """Whether this is a full postcode, however it is spaced."""
    return _POSTCODE.fullmatch(re.sub(r"[^A-Z0-9]", "", postcode.upper())) is not None


def area_for_postcode(postcode: str | None) -> UUID | None:
    """The area team whose longest district begins this postcode; None when no team claims it.

    A district is written as `AB`, `AB1`, `AB12` or, where one is split between two teams, as the sector `AB12 3`.
    """
    candidates = _districts(postcode)
    if not candidates:
        return None
    claimed: dict[str, UUID] = {}
    for area in db.session.execute(scoped(Area).order_by(Area.key)).scalars():
        for district in area.postcode_districts:
            claimed.setdefault(" ".join(district.upper().split()), area.id)
    return next((claimed[district] for district in candidates if district in claimed), None)


def _districts(postcode: str | None) -> list[str]:
    """Every district that a postcode lies in, the longest first."""
    outward, _, inward = (tidy_postcode(postcode) or "").upper().partition(" ")
    letters = re.match(r"[A-Z]{1,2}(?=[0-9])", outward)
    if letters is None:
        return []
    sector = [f"{outward} {inward[0]}"] if inward else []
    return [*sector, outward, letters[0]]


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _shown(value: object) -> str:
    if value is None:
        return ""
    return ("Yes" if value else "No") if isinstance(value, bool) else str(value)
