"""Forms of the administrator's pages."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validates_schema

from portage.accounts.models import ROLES
from portage.accounts.operations.people import Access, Invite
from portage.accounts.operations.staff_checks import MarkCheck
from portage.core.forms import Choice, Day, FormSchema, Text, Tick, Ticks
from portage.core.mailboxes import mailbox


class InviteSchema(FormSchema):
    """A person to invite."""

    name = Text("Enter the person's name.")
    email = Text(checks=[mailbox("Enter an e-mail address such as name@council.example, or none.")])
    telephone = Text(longest=40)
    roles = Ticks(*ROLES, required="Choose at least one role.")
    areas = fields.List(fields.UUID(), load_default=list)
    whole_council = Tick()
    organisation = Text(longest=200)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Invite:
        return Invite(
            data["name"],
            data["email"],
            data["telephone"],
            tuple(data["roles"]),
            tuple(data["areas"]),
            data["whole_council"],
            data["organisation"],
        )


@dataclass(frozen=True, slots=True)
class ChosenAccess:
    """Roles and areas as chosen on a person's page."""

    roles: tuple[str, ...]
    areas: tuple[UUID, ...]
    whole_council: bool
    organisation: str | None
    version: int

    def of(self, person_id: UUID) -> Access:
        return Access(person_id, self.roles, self.areas, self.whole_council, self.organisation, version=self.version)


class AccessSchema(FormSchema):
    """What a person may do from now on."""

    roles = Ticks(*ROLES)
    areas = fields.List(fields.UUID(), load_default=list)
    whole_council = Tick()
    organisation = Text(longest=200)
    version = fields.Integer(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> ChosenAccess:
        return ChosenAccess(
            tuple(data["roles"]), tuple(data["areas"]), data["whole_council"], data["organisation"], data["version"]
        )


class TrainingSchema(FormSchema):
    """A training that was completed."""

    completed_on = Day("Enter the day on which the training was completed.")

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> date:
        day: date = data["completed_on"]
        return day


class StaffCheckSchema(FormSchema):
    """Whether HR's check is current, and until when."""

    current = Choice("yes", "no", required="Say whether HR’s check is current.")
    current_until = Day()

    @validates_schema
    def says_until_when(self, data: dict[str, Any], **_: object) -> None:
        """A check that is current has a last day, so that nobody visits on an old one."""
        if data.get("current") == "yes" and data.get("current_until") is None:
            raise ValidationError("Enter the day until which HR’s check is current.", "current_until")

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> MarkCheck:
        return MarkCheck(data["current_until"] if data["current"] == "yes" else None)
