"""A council's folder read and checked: its manifest, its school terms and its pages, with every problem on its line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError

from portage.policy.said import asked_for, field_at, said
from portage.policy.terms import schema_for
from portage.tenants.checks import misfits_of_calendar, misfits_of_manifest, misfits_of_services
from portage.tenants.instruments import Instrument, ProfileTables, misfits_of_profiles
from portage.tenants.manifest import (
    CalendarTables,
    DirectoryTables,
    ListedService,
    Manifest,
    Page,
    SchoolCalendar,
    TenantTables,
)
from portage.tenants.problems import MARK, FolderInvalid, Problem, Source, read_source

PAGES = ("accessibility", "cookies", "home", "privacy")
_NEEDED = ("accessibility", "privacy")  # what the law asks of every public body's site


def read_manifest(folder: Path) -> Manifest:
    """Read a council's folder; raise FolderInvalid with every problem."""
    manifest, problems = check_manifest(folder)
    if manifest is None or problems:
        raise FolderInvalid(problems)
    return manifest


def check_manifest(folder: Path) -> tuple[Manifest | None, list[Problem]]:
    """Read a council's folder as far as that goes, with everything that is wrong in it except its policy."""
    source, problems = read_source(folder / "tenant.toml")
    tables, wrong = loaded(source, schema_for(TenantTables)(), read=not problems)
    calendar, wrong_dates = read_calendar(folder / "terms.toml")
    pages, wrong_pages = _pages(folder / "content")
    services, wrong_services = _services(folder / "services.toml")
    instruments, wrong_instruments = read_profiles(folder / "profiles.toml")
    problems += [*wrong, *misfits_of_manifest(source, folder), *wrong_dates, *wrong_services, *wrong_instruments]
    problems += wrong_pages
    if tables is None or calendar is None:
        return None, problems
    return Manifest(tables, pages, calendar, services, instruments), problems


def read_calendar(file: Path) -> tuple[SchoolCalendar | None, list[Problem]]:
    """Read a file of school terms and closures, with everything that is wrong in it."""
    source, unreadable = read_source(file)
    dates, wrong = loaded(source, schema_for(CalendarTables)(), read=not unreadable)
    problems = [*unreadable, *wrong, *misfits_of_calendar(source)]
    return (SchoolCalendar(dates.term, dates.closures) if dates else None), problems


def loaded(source: Source, schema: Schema, *, read: bool = True) -> tuple[Any, list[Problem]]:
    """Load what a file tells, with every wrong field and every place that is still to be filled in."""
    if not read:
        return None, []
    problems = [
        source.problem(path, f"is still to be filled in. {asked_for(asked)}")
        for at, path in source.marked()
        for asked in [field_at(schema, at)]
    ]
    empty = {path for _, path in source.marked()}
    try:
        return schema.load(source.told), problems
    except ValidationError as error:
        wrong = [each for each in said(schema, error.messages) if each.path not in empty]
        return None, problems + [source.problem(path, sentence) for path, sentence in wrong]


def _services(file: Path) -> tuple[tuple[ListedService, ...], list[Problem]]:
    """Read the services with which a directory begins; none where the council has no such file."""
    if not file.exists():
        return (), []
    source, problems = read_source(file)
    tables, wrong = loaded(source, schema_for(DirectoryTables)(), read=not problems)
    return (tables.service if tables else ()), [*problems, *wrong, *misfits_of_services(source)]


def read_profiles(file: Path) -> tuple[tuple[Instrument, ...], list[Problem]]:
    """Read the developmental profiles of a council; none where it has no such file."""
    if not file.exists():
        return (), []
    source, problems = read_source(file)
    tables, wrong = loaded(source, schema_for(ProfileTables)(), read=not problems)
    return (tables.instrument if tables else ()), [*problems, *wrong, *misfits_of_profiles(source)]


def _pages(folder: Path) -> tuple[tuple[Page, ...], list[Problem]]:
    pages, problems = [], []
    for file in sorted(folder.glob("*.md")):
        page, wrong = _page(file)
        problems += wrong
        if page:
            pages.append(page)
    for key in _NEEDED:
        if not (folder / f"{key}.md").is_file():
            problems.append(Problem(folder / f"{key}.md", 1, "file", "is missing: every public service needs it."))
    return tuple(pages), problems


def _page(file: Path) -> tuple[Page | None, list[Problem]]:
    try:
        text = file.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return None, [Problem(file, line, "words", "are not written in UTF-8.")]
    first, _, rest = text.partition("\n")
    problems = list(_unfit_words(file, text))
    if file.stem not in PAGES:
        problems.append(Problem(file, 1, "file", f"is no page of the service; its pages are: {', '.join(PAGES)}."))
    if not first.startswith("# ") or not first[2:].strip():
        problems.append(Problem(file, 1, "title", "must be the first line of the page, written `# Title`."))
    if not rest.strip():
        problems.append(Problem(file, 1, "words", "must follow after the title."))
    return Page(file.stem, first[2:].strip(), rest.strip() + "\n"), problems


def _unfit_words(file: Path, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), 1):
        if MARK in line:
            yield Problem(file, number, "words", "are still to be filled in.")
        if number > 1 and line.startswith("# "):
            yield Problem(file, number, "words", "hold a second title: begin a heading within the page with `## `.")
