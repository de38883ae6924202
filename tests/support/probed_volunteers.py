"""What volunteers have and do in a council full of invented families, for whoever asks every page."""

from datetime import time
from typing import Any
from uuid import UUID

from portage.accounts.models import RoleGrant
from portage.core import clock
from portage.core.db import db
from portage.core.identity import SYSTEM, Actor
from portage.core.tenancy import scoped
from portage.families.access import put_on_caseload
from portage.support.models import Episode
from portage.visits.models import Visit
from portage.visits.operations.safety import NewSafetyNote, write_safety
from portage.volunteers.models import Volunteer, VolunteerReference
from support.people import hire


def plant_volunteering(child_id: UUID, person_id: UUID) -> None:
    """A visit that a volunteer recorded, an offer, a reference that was asked for, a note that is not released."""
    today, by = clock.today(), Actor(person_id, f"person:{person_id}")
    write_safety(child_id, NewSafetyNote("home-risk", "A large dog."), by=by, at=clock.now())
    known = db.session.scalars(scoped(Volunteer).where(Volunteer.person_id == person_id)).one_or_none()
    if known is None:
        return  # this council's policy has no volunteers
    db.session.add(Volunteer(name="Val Offers", why="To help", offered_on=today, status="interested", status_on=today))
    db.session.add(
        VolunteerReference(
            volunteer_id=_in_preparation(), name="Roz", how_known="Neighbour", contact="01632 960 222", asked_on=today,
            asked_by=person_id,
        )
    )  # fmt: skip
    for visit in db.session.scalars(scoped(Visit).where(Visit.child_id == child_id)):
        visit.visitor_id = person_id
        if visit.status != "planned":
            visit.recorded_by = person_id
    db.session.flush()
    put_on_caseload(child_id, person_id, "allocated", from_on=today, by=by)  # one of the probes ends the cover
    _of_the_volunteer(child_id)
    hire("volunteer", name="Unknown volunteer", checked=False)


def _in_preparation() -> UUID:
    """A volunteer who gets ready."""
    return db.session.scalars(scoped(Volunteer).where(Volunteer.status == "preparing")).one().id


def _of_the_volunteer(child_id: UUID) -> None:
    """A family of the council's own volunteer, with a visit today, and one that they recorded."""
    today = clock.today()
    volunteer_id = (
        db.session.scalars(scoped(RoleGrant).where(RoleGrant.role == "volunteer", RoleGrant.source == "group"))
        .one()
        .person_id
    )
    episode = db.session.scalars(scoped(Episode).where(Episode.child_id == child_id, Episode.status == "open")).one()
    put_on_caseload(child_id, volunteer_id, "allocated", from_on=today, by=SYSTEM)
    known: dict[str, Any] = {
        "episode_id": episode.id, "child_id": child_id, "visitor_id": volunteer_id, "minutes": 60, "mode": "home",
        "elements": [], "planned_at": time(10),
    }  # fmt: skip
    done = {"status": "done", "done_on": today, "recorded_by": volunteer_id, "how_it_went": "We sang."}
    db.session.add_all([Visit(planned_on=today, **known), Visit(planned_on=today, **known, **done)])
    db.session.flush()
