"""Forms of the directory."""

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from portage.core.forms import FormSchema, Text, Ticks
from portage.directory import entries
from portage.directory.operations.keeping import Particulars, Withdrawal


def _checked(read: Any) -> Any:
    """A cell's reader as a check of a form's field: the same rules for what is typed and what is imported."""

    def check(value: str) -> None:
        try:
            read(value)
        except entries.Wrong as wrong:
            raise ValidationError(str(wrong)) from None

    return check


class ServiceSchema(FormSchema):
    """What is said of a service."""

    version = fields.Integer(load_default=0)
    name = Text("Enter the name.", longest=entries.LONGEST_NAME)
    what_for = Text("Say what it is for, as a parent would understand it.", longest=entries.LONGEST_TEXT)
    age_from = Text(longest=20, checks=[_checked(entries.age)])
    age_to = Text(longest=20, checks=[_checked(entries.age)])
    telephone = Text(longest=40, checks=[_checked(entries.telephone)])
    email = Text(longest=254, checks=[_checked(entries.email)])
    web_page = Text(longest=entries.LONGEST_ADDRESS, checks=[_checked(entries.web_page)])
    area = Text(longest=entries.LONGEST_NAME)

    @validates_schema
    def _ages(self, data: dict[str, Any], **_: Any) -> None:
        try:
            entries.in_order(*(entries.age(data[name]) if data.get(name) else None for name in ("age_from", "age_to")))
        except entries.Wrong as wrong:
            raise ValidationError(str(wrong), "age_to") from None

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[Particulars, int]:
        """The command and the version."""
        version = data.pop("version")
        for name in ("age_from", "age_to"):
            written = data.pop(name)
            data[f"{name}_months"] = entries.age(written) if written else None
        return Particulars(**data), version


class WithdrawSchema(FormSchema):
    """Why nobody is pointed to a service any more."""

    version = fields.Integer(required=True)
    reason = Text("Say why, in your own words.", longest=1000)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Withdrawal:
        """The command."""
        return Withdrawal(**data)


class SeenSchema(FormSchema):
    """The version of what a person saw."""

    version = fields.Integer(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> int:
        """The version."""
        version: int = data["version"]
        return version


class FirstSchema(FormSchema):
    """Whether the first pointers to parents name a service, and the version of what a person saw."""

    version = fields.Integer(required=True)
    first = fields.Boolean(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[int, bool]:
        """The version, and whether they do."""
        return data["version"], data["first"]


class FeedSchema(FormSchema):
    """The address of a feed."""

    address = Text("Enter the address of the feed.", longest=entries.LONGEST_ADDRESS)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> str:
        """The address as it was typed."""
        address: str = data["address"]
        return address


class TakeSchema(FormSchema):
    """Which entries of a list are taken."""

    version = fields.Integer(required=True)
    take = Ticks()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> tuple[frozenset[str], int]:
        """The keys of the chosen entries, and the version."""
        return frozenset(data["take"]), data["version"]
