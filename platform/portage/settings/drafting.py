"""The files of a council that does not exist yet: every field with what it does, and a mark where a person is asked.

Everything is written from the schemas, so that a new field stands in the next council's files by itself.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

import tomli_w
from marshmallow import Schema, ValidationError, fields

from portage.policy import Policy
from portage.policy.said import about, asked_for
from portage.policy.terms import schema_for
from portage.tenants.checks import SLUG
from portage.tenants.manifest import HELP, SAFEGUARDING, CalendarTables, TenantTables
from portage.tenants.problems import MARK

_LONGEST_LINE = 110
_EXAMPLE_KEYS = ("example", "ABC-01")  # of a thing that a table names, and of a published statement
_HEAD = """\
# {file} of {slug}.
#
# Put your own value at each place marked FILL IN. Lines that begin with # and no space are there to be switched on:
# take the # away from a whole table. Then run: portage tenants check {slug}
"""
_PAGES = {
    "home": ("Portage: play and learning at home", "say in two or three sentences what the service is for."),
    "privacy": ("How we use your information", "say who is responsible, why you may use it, and what people can do."),
    "cookies": ("Cookies", "say that only cookies are set without which the service cannot work."),
    "accessibility": ("Accessibility statement", "say how accessible the service is, and how to report a problem."),
}


class SlugRefused(ValueError):
    """A new council cannot have that name; the sentence says why."""


def draft_of(slug: str, policy: Policy[Any]) -> dict[str, str]:
    """Return the files of a new council on a policy; raise SlugRefused for a name that no council can have."""
    if not SLUG.fullmatch(slug) or len(slug) > 40:
        raise SlugRefused(
            f"{slug!r} cannot be a council's short name: use small letters and digits with single hyphens, 40 at most."
        )
    manifest: dict[str, Any] = {"slug": slug, "plugin": policy.name, "hosts": [f"{slug}.localhost"]}
    manifest["safeguarding"] = [{"key": key} for key in SAFEGUARDING]
    manifest["help"] = [{"key": key} for key in HELP]
    edition = {"edition": [{"effective_from": MARK, "terms": _known(policy)}]}
    whole = Schema.from_dict({"edition": fields.List(fields.Nested(policy.terms_schema), required=True)})()
    files = {
        "tenant.toml": _written(schema_for(TenantTables)(), manifest),
        "policy.toml": _written(whole, edition),
        "terms.toml": _written(schema_for(CalendarTables)(), {"term": [{}]}),
    }
    pages = {f"content/{key}.md": f"# {title}\n\n{MARK}: {asks}\n" for key, (title, asks) in _PAGES.items()}
    return {name: f"{_HEAD.format(file=name, slug=slug)}\n{text}" for name, text in files.items()} | pages


def _known(policy: Policy[Any]) -> dict[str, Any]:
    """Name the routes and offers that the policy draws by itself; of each there is at least one."""
    routes = [shape.key for shape in policy.route_shapes] or ["request-form"]
    offers = [offer for shape in policy.route_shapes for offer in shape.offers] or ["home-visits"]
    return {"routes": {key: {} for key in routes}, "offers": {key: {} for key in dict.fromkeys(offers)}}


def _written(schema: Schema, known: Mapping[str, Any]) -> str:
    return "\n".join(_table(schema, known, "", "", live=True))


def _table(schema: Schema, known: Mapping[str, Any], header: str, name: str, *, live: bool) -> Iterator[str]:
    """Yield a table's own fields under its header, then the tables in it; what is not `live` is an example."""
    plain = {key: each for key, each in schema.fields.items() if not _shape_in(each)}
    lines = [_field(key, each, known.get(key), live=live) for key, each in plain.items()]
    if header or lines:
        told = _comment(about(schema)) if header else ""
        yield told + ("" if live or not header else "#") + header + "".join(lines)
    for key, each in schema.fields.items():
        inner = _shape_in(each)
        if inner is None:
            continue
        path = f"{name}.{key}" if name else key
        for below, given in _within(each, known.get(key)):
            inside = live and (given is not None)
            at = f"{path}.{below}" if below else path
            bracket = f"[[{at}]]\n" if isinstance(each, fields.List) else f"[{at}]\n"
            yield from _table(inner, given or {}, bracket, at, live=inside)


def _within(field: fields.Field[Any], known: Any) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """Yield the tables that a field holds: a key, if it has one, and what is known of it; None for an example."""
    if isinstance(field, fields.Dict):
        yield from known.items() if known else [(_example_key(field), {} if field.required else None)]
    elif isinstance(field, fields.List):
        yield from (("", each) for each in known) if known else [("", None)]
    else:
        yield "", known if known is not None else {} if field.required else None


def _example_key(field: fields.Dict) -> str:
    """Return a key that the table may hold."""
    asked = field.key_field
    for key in _EXAMPLE_KEYS:
        try:
            if asked:
                asked.deserialize(key)
        except ValidationError:
            continue
        return key
    return _EXAMPLE_KEYS[0]


def _shape_in(field: fields.Field[Any]) -> Schema | None:
    """Return the schema of the tables that a field holds, or None for a plain value."""
    held: Any = field
    if isinstance(field, fields.List):
        held = field.inner
    elif isinstance(field, fields.Dict):
        held = field.value_field
    return held.schema if isinstance(held, fields.Nested) else None


def _field(key: str, field: fields.Field[Any], known: Any, *, live: bool) -> str:
    value = known if known is not None else [MARK] if isinstance(field, fields.List) else MARK
    written = tomli_w.dumps({key: value})
    if isinstance(value, list):
        items = ", ".join(tomli_w.dumps({"item": each})[len("item = ") : -1] for each in value)
        written = f"{key} = [{items}]\n"
    off = "" if live and (field.required or known is not None) else "#"
    return _comment(asked_for(field)) + off + written


def _comment(words: str) -> str:
    if not words:
        return ""
    wrapped = textwrap.wrap(f"{words.rstrip('.')}.", _LONGEST_LINE, break_on_hyphens=False)
    return "".join(f"# {line}\n" for line in wrapped)
