"""What single fields of a council's files cannot show: whether they fit together, and whether people can use them.

Everything is asked of the file as it was written, so that a wrong field elsewhere hides none of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from typing import Any
from urllib.parse import urlsplit

from portage.core.colours import readable
from portage.tenants.manifest import HELP, SAFEGUARDING, TenantTables
from portage.tenants.problems import Problem, Source, read_source

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_ELSEWHERE = ("calendar", "content")  # other files of the folder, of which an assumption may speak
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


def misfits_of_manifest(source: Source, folder: Path) -> Iterator[Problem]:
    """Find what does not fit in `tenant.toml`."""
    if not source.told:
        return
    slug = source.told.get("slug")
    if isinstance(slug, str) and SLUG.fullmatch(slug) and slug != folder.name:
        yield source.problem("slug", f"must be the name of its folder, {folder.name}.")
    yield from _colour(source)
    yield from _hosts(source, folder)
    yield from _places(source)
    yield from _letters(source)
    yield from _areas(source)
    yield from _providers(source)
    yield from _assumptions(source)


def misfits_of_calendar(source: Source) -> Iterator[Problem]:
    """Find terms that overlap or run backwards, and days told twice."""
    ended: tuple[date, str] | None = None
    for path, term in _tables(source, "term"):
        name = str(term.get("name", "This term"))
        first, last = _day(term.get("first_day")), _day(term.get("last_day"))
        if first and last and last < first:
            yield source.problem(f"{path}.last_day", f"{name} ends before it begins.")
        if first and ended and first <= ended[0]:
            yield source.problem(f"{path}.first_day", f"{name} begins before {ended[1]} ends.")
        if last and (ended is None or last > ended[0]):
            ended = (last, name)
    yield from _doubles(source, _items(source, "closures"), "{value} is told twice.")


def misfits_of_services(source: Source) -> Iterator[Problem]:
    """Find services told twice, and ages that run backwards."""
    seen = set()
    for path, service in _tables(source, "service"):
        first, last = service.get("age_from_months"), service.get("age_to_months")
        if isinstance(first, int) and isinstance(last, int) and last < first:
            yield source.problem(f"{path}.age_to_months", "comes before the first age.")
        key = (str(service.get("name", "")).casefold(), str(service.get("area", "")).casefold())
        if key in seen:
            yield source.problem(f"{path}.name", f"{service.get('name')} is told twice.")
        seen.add(key)


def _colour(source: Source) -> Iterator[Problem]:
    brand = source.told.get("brand")
    colour = brand.get("colour") if isinstance(brand, Mapping) else None
    if isinstance(colour, str) and _COLOUR.match(colour) and not readable(colour):
        yield source.problem(
            "brand.colour",
            "gives neither white nor black text a contrast of 4.5 to 1: take a darker or a lighter colour.",
        )


def _hosts(source: Source, folder: Path) -> Iterator[Problem]:
    hosts = _items(source, "hosts")
    yield from _doubles(source, hosts, "{value} is named twice.")
    for other in sorted(folder.resolve().parent.glob("*/tenant.toml")):
        if other.parent.name != folder.name:
            taken = {host for _, host in _items(read_source(other)[0], "hosts")}
            for path, host in hosts:
                if host in taken:
                    yield source.problem(path, f"{host} already belongs to the council {other.parent.name}.")


def _places(source: Source) -> Iterator[Problem]:
    for name, needed in (("safeguarding", SAFEGUARDING), ("help", HELP), ("area", ()), ("identity_provider", ())):
        keys = [(f"{path}.key", each.get("key")) for path, each in _tables(source, name)]
        yield from _doubles(source, keys, f"{{value}} is the key of two tables of {name}.")
        told = [key for _, key in keys]
        whole = set(map(str, told)) <= set(needed) and len(set(map(str, told))) == len(told)
        for key in needed if told and whole else ():  # a key that is wrong or told twice is told already
            if key not in told:
                yield source.problem(name, f"does not tell of {key}; every council needs it.")


def _letters(source: Source) -> Iterator[Problem]:
    letters = source.told.get("letters")
    for name, words in letters.items() if isinstance(letters, Mapping) else ():
        if isinstance(words, str):
            try:
                held = {each for _, each, _, _ in Formatter().parse(words) if each is not None}
            except ValueError:
                yield source.problem(f"letters.{name}", "holds a curly bracket that is not closed.")
                continue
            if unknown := held - ({"child"} if name == "opening" else set()):
                places = ", ".join(f"{{{each}}}" for each in sorted(unknown))
                yield source.problem(
                    f"letters.{name}", f"holds {places}; only the opening has a place to fill, {{child}}."
                )


def _areas(source: Source) -> Iterator[Problem]:
    districts = [pair for path, _ in _tables(source, "area") for pair in _items(source, f"{path}.postcode_districts")]
    yield from _doubles(source, districts, "The district {value} belongs to two area teams.")


def _providers(source: Source) -> Iterator[Problem]:
    teams = {each.get("key") for _, each in _tables(source, "area")}
    for path, provider in _tables(source, "identity_provider"):
        yield from _issuer(source, path, provider.get("issuer"))
        rules = provider.get("rules")
        scope = rules.get("scope") if isinstance(rules, Mapping) else None
        if isinstance(scope, str) and "openid" not in scope.split():
            yield source.problem(f"{path}.rules.scope", "must hold openid, or nobody can sign in.")
        told = set()
        for at, rule in _tables(source, f"{path}.rules.groups"):
            area = rule.get("area")
            if isinstance(area, str) and area not in teams:
                yield source.problem(f"{at}.area", f"names the area team {area}, which does not exist.")
            same = str((rule.get("value"), rule.get("role"), area))
            if same in told:
                yield source.problem(at, "gives a role that another rule gives to the same people.")
            told.add(same)


def _issuer(source: Source, path: str, issuer: Any) -> Iterator[Problem]:
    if not isinstance(issuer, str) or not issuer.startswith("http"):
        return
    try:
        read = urlsplit(issuer)
        host, plain = read.hostname, read.scheme == "http"
    except ValueError:
        host, plain = None, False
    if not host:
        yield source.problem(f"{path}.issuer", "holds no host name that can be read.")
    elif plain and host not in _OWN_MACHINE:
        yield source.problem(f"{path}.issuer", "must begin with https://: people's sign-in travels there.")


def _assumptions(source: Source) -> Iterator[Problem]:
    known = {each.name for each in fields(TenantTables)} - {"assumption"}
    for path, each in _tables(source, "assumption"):
        term = each.get("term")
        if not isinstance(term, str) or term.partition(".")[0] in _ELSEWHERE:
            continue
        if term.partition(".")[0] not in known or not _there(source, term):
            yield source.problem(f"{path}.term", f"{term!r} names nothing that this file tells.")


def _there(source: Source, path: str) -> bool:
    return not source.place(path)[1]


def _tables(source: Source, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each table of a list of tables, with its path; what is no table is told as a wrong field."""
    for number, each in enumerate(_list(source, name)):
        if isinstance(each, Mapping):
            yield f"{name}.{number}", each


def _items(source: Source, name: str) -> list[tuple[str, Any]]:
    return [(f"{name}.{number}", each) for number, each in enumerate(_list(source, name))]


def _list(source: Source, name: str) -> list[Any]:
    found, rest = source.place(name)
    held: Any = source.told
    for key in found:
        held = held[key]
    return held if isinstance(held, list) and not rest else []


def _doubles(source: Source, told: list[tuple[str, Any]], sentence: str) -> Iterator[Problem]:
    seen = set()
    for path, value in told:
        if isinstance(value, str | date):
            if value in seen:
                yield source.problem(path, sentence.format(value=value))
            seen.add(value)


def _day(told: Any) -> date | None:
    """Read a day as TOML or a text gives it; a time of day beside it is told as a wrong field."""
    if isinstance(told, date) and not isinstance(told, datetime):
        return told
    try:
        return date.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
