"""From the JSON of a phone and the forms of pages to commands."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate
from werkzeug.datastructures import MultiDict

from portage.core.forms import FormSchema
from portage.core.incoming import storable
from portage.offline.models import KINDS
from portage.offline.operations.conflicts import Settle
from portage.offline.operations.phones import KeptFor
from portage.offline.operations.sending import Sent
from portage.offline.refusals import Unreadable

_HOURS = "Enter a number of hours from 1 to 168, which is a week."


class SentForm(FormSchema):
    """One thing that a phone sends."""

    key = fields.UUID(required=True)
    phone_id = fields.UUID(required=True, data_key="phone")
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    visit_id = fields.UUID(required=True, data_key="visit")
    written_at = fields.AwareDateTime(required=True, data_key="written")
    fields_ = fields.Dict(keys=fields.String(), required=True, data_key="fields", attribute="fields")

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Sent:
        return Sent(**data)


class PhoneForm(FormSchema):
    """Which phone asks."""

    phone = fields.UUID(required=True)


class LimitForm(FormSchema):
    """For how long phones keep visits."""

    kept_hours = fields.Integer(
        required=True,
        error_messages={"required": _HOURS, "null": _HOURS, "invalid": _HOURS},
        validate=validate.Range(1, 168, error=_HOURS),
    )
    version = fields.Integer(load_default=None, allow_none=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> KeptFor:
        return KeptFor(**data)


class SettleForm(FormSchema):
    """Which of two records stands."""

    how = fields.String(
        required=True,
        validate=validate.OneOf(("theirs", "ours", "both"), error="Choose which record stands."),
        error_messages={"required": "Choose which record stands.", "null": "Choose which record stands."},
    )
    version = fields.Integer(required=True)

    @post_load
    def command(self, data: dict[str, Any], **_: Any) -> Settle:
        return Settle(**data)


def told(schema: FormSchema, sent: object) -> Any:
    """Load what a phone sent; raises `Unreadable` with the first thing that is wrong."""
    if not isinstance(sent, dict):
        raise Unreadable(what="it is no JSON object")
    try:
        return schema.load(_storable(sent))
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        raise Unreadable(what=", ".join(sorted(map(str, messages)))) from None


def typed_on_phone(values: Mapping[str, Any]) -> "MultiDict[str, str]":
    """The fields of a form as a browser would have sent them; raises `Unreadable` for anything but texts in lists."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        several = value if isinstance(value, list) else [value]
        for each in several:
            if isinstance(each, str | int) and not isinstance(each, bool):
                pairs.append((name, str(each)))
            elif each is not None:
                raise Unreadable(what=name)
    return MultiDict(pairs)


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {storable(str(key)): _storable(each) for key, each in value.items()}
    return value
