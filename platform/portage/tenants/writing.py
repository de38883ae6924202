"""A council's files in the form in which they are kept: the same words, field by field in the order that is declared.

Text without comments, so that a file and the database can be compared byte by byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import tomli_w

from portage.tenants.instruments import Instrument
from portage.tenants.manifest import Manifest

_LONGEST_LINE = 120


def manifest_files(manifest: Manifest) -> dict[str, str]:
    """Return the text of each of a council's files except its policy, by its name within the folder."""
    calendar = {"closures": manifest.calendar.closures, "term": [asdict(term) for term in manifest.calendar.terms]}
    pages = {f"content/{page.key}.md": f"# {page.title}\n\n{page.body}" for page in manifest.pages}
    services = {"service": [asdict(service) for service in manifest.services]}
    listed = {"services.toml": as_toml(services)} if manifest.services else {}
    profiled = {"profiles.toml": profiles_as_toml(manifest.instruments)} if manifest.instruments else {}
    tables = {"tenant.toml": as_toml(asdict(manifest.tables)), "terms.toml": as_toml(calendar)}
    return {**tables, **listed, **profiled, **pages}


def profiles_as_toml(instruments: Sequence[Instrument]) -> str:
    """Write a council's developmental profiles as the file `profiles.toml`."""
    return as_toml({"instrument": [asdict(each) for each in instruments]})


def as_toml(told: Mapping[str, Any]) -> str:
    """Write tables as TOML; what is not said, None or empty, is left out."""
    return "\n".join(_blocks("", told))


def _blocks(header: str, table: Mapping[str, Any], name: str = "") -> Iterator[str]:
    """Yield a table's own fields under its header, then each table in it."""
    said = {key: value for key, value in table.items() if value is not None and value not in ((), [], {})}
    lines = [_field(key, value) for key, value in said.items() if not _tables(value)]
    if lines:
        yield header + "".join(lines)
    for key, value in said.items():
        path = f"{name}.{key}" if name else key
        many = not isinstance(value, Mapping)
        for each in _tables(value):
            yield from _blocks(f"[[{path}]]\n" if many else f"[{path}]\n", each, path)


def _tables(value: Any) -> list[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        return [value]
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list | tuple) else []


def _field(key: str, value: Any) -> str:
    if not isinstance(value, list | tuple):
        return tomli_w.dumps({key: value})
    items = [tomli_w.dumps({"item": each})[len("item = ") : -1] for each in value]
    line = f"{key} = [{', '.join(items)}]\n"
    if len(line) <= _LONGEST_LINE:
        return line
    return f"{key} = [\n" + "".join(f"    {item},\n" for item in items) + "]\n"
