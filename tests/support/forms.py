"""Pages as a person without JavaScript uses them: find a form, fill it in, send it, follow where it leads."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

_PARTS = re.compile(r"<template\b.*?(?:</template>|\Z)|<form\b.*?(?:</form>|\Z)", re.DOTALL)
Values = Mapping[str, str | list[str]]
File = tuple[str, bytes]


@dataclass
class Field:
    """One control of a form: what a browser would send for it as the page stands."""

    name: str
    kind: str
    options: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)


@dataclass
class FormOnPage:
    """A form as the page has it."""

    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    def typed(self, name: str) -> list[str]:
        """What stands in a field."""
        return self.fields[name].values if name in self.fields else []


class _Reader(HTMLParser):
    """Gathers the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FormOnPage] = []
        self.open: FormOnPage | None = None
        self.area: Field | None = None
        self.select: Field | None = None
        self.inert = 0  # within a template: what is there is no form until a script makes one of it

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inert += tag == "template"
        if self.inert:
            return
        if tag == "form":
            self.open = FormOnPage(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self.open)
        elif self.open is not None and tag == "input" and given.get("name"):
            self._input(given)
        elif self.open is not None and tag == "textarea":
            self.area = self._field(given["name"], "textarea")
            self.area.values = [""]
        elif self.open is not None and tag == "select":
            self.select = self._field(given["name"], "select")
        elif self.select is not None and tag == "option":
            self.select.options.append(given.get("value", ""))
            if "selected" in given or len(self.select.options) == 1:
                self.select.values = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        if self.inert:
            self.inert -= tag == "template"
        elif tag == "form":
            self.open = None
        elif tag == "textarea" and self.area is not None:
            self.area.values = [self.area.values[0].removeprefix("\n")]
            self.area = None
        elif tag == "select":
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.values = [self.area.values[0] + data]

    def _field(self, name: str, kind: str) -> Field:
        assert self.open is not None
        return self.open.fields.setdefault(name, Field(name, kind))

    def _input(self, given: Mapping[str, str]) -> None:
        kind = given.get("type", "text")
        control = self._field(given["name"], kind)
        if kind in ("radio", "checkbox"):
            control.options.append(given.get("value", "on"))
            if "checked" in given:
                control.values.append(given.get("value", "on"))
        elif kind != "file":
            control.values = [given.get("value", "")]


def forms_on(page: TestResponse) -> list[FormOnPage]:
    """The forms of a page, in order."""
    return forms_in(page.get_data(as_text=True))


def forms_in(page: str) -> list[FormOnPage]:
    """The forms of a page that is already text; what lies outside forms and templates is not read."""
    reader = _Reader()
    for part in _PARTS.findall(page):
        reader.feed(part)
    return reader.forms


def form_to(page: TestResponse, action: str) -> FormOnPage:
    """The form of a page that is sent to an address."""
    found = [form for form in forms_on(page) if form.action.split("?")[0] == action]
    assert found, f"no form to {action} among {[form.action for form in forms_on(page)]}"
    return found[0]


def send(
    client: FlaskClient,
    form: FormOnPage,
    values: Values | None = None,
    files: Iterable[tuple[str, File]] = (),
    **options: Any,
) -> TestResponse:
    """Send a form with some fields changed and everything else as the page has it."""
    data: MultiDict[str, Any] = MultiDict()
    for control in form.fields.values():
        changed = (values or {}).get(control.name, control.values)
        for value in [changed] if isinstance(changed, str) else changed:
            data.add(control.name, value)
    for name, added in (values or {}).items():
        if name not in form.fields:
            for each in [added] if isinstance(added, str) else added:
                data.add(name, each)
    for name, (file_name, content) in files:
        data.add(name, (BytesIO(content), file_name))
    return client.open(form.action, method="POST", data=data, **options)
