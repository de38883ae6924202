"""`portage visits`: the dates of a series of visits, at a terminal, without a database."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, NoReturn

import click

from portage.editions.folders import tenants_folder
from portage.tenants.reading import read_calendar
from portage.visits.series import Calendar, Days, Term, days_of
from portage.visits.series_files import Asked, read_series
from portage.visits.wall_clock import ends_at, starts_at


@click.group()
def visits() -> None:
    """Look ahead at visits: on which days a series falls. No database is needed.

    Councils are the folders in PORTAGE_TENANTS, else in ./tenants.
    """


@visits.command()
@click.option(
    "--terms",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="School terms and closures, as a terms.toml.",
)
@click.option("--tenant", metavar="SLUG", help="The council whose terms and closures apply.")
@click.argument("file", type=click.File("rb"))
def preview(terms: Path | None, tenant: str | None, file: IO[bytes]) -> None:
    """Print the visits of each series in FILE (`-` is standard input), one JSON list on a line for each.

    FILE holds one JSON object, or one on each line. Without terms visits run all year, bank holidays left out, and a
    series must end itself. If anything is wrong, nothing is printed but what is wrong, on standard error, and the exit
    status is 2.
    """
    days = days_of(_calendar(terms, tenant))
    asked, problems = read_series(days, file.read())
    if problems:
        _refuse(problems)
    answers = sys.stdout.buffer
    for each in asked:
        answers.write(json.dumps(_planned(days, each), ensure_ascii=False).encode() + b"\n")
    answers.flush()


def _calendar(terms: Path | None, tenant: str | None) -> Calendar:
    if terms and tenant:
        raise click.UsageError("Name a file of terms or a council, not both.")
    if tenant:
        terms = tenants_folder() / tenant / "terms.toml"
        if Path(tenant).name != tenant or not terms.is_file():
            raise click.UsageError(f"There is no council {tenant!r} with terms in {tenants_folder()}.")
    if terms is None:
        return Calendar()
    told, problems = read_calendar(terms)
    if told is None or problems:
        _refuse(problems)
    known = tuple(Term(each.name, each.first_day, each.last_day) for each in told.terms)
    return Calendar(frozenset(told.closures), known)


def _refuse(problems: Sequence[object]) -> NoReturn:
    for problem in problems:
        click.echo(str(problem), err=True)
    sys.exit(2)


def _planned(days: Days, asked: Asked) -> list[dict[str, str | None]]:
    """The visits of a series as the answer holds them; that every start exists was seen when it was read."""
    visits = []
    for day in days.dates(asked.series):
        start, term = starts_at(day, asked.at), days.calendar.term_of(day)
        if start is not None:
            visits.append(
                {
                    "starts": start.isoformat(),
                    "ends": ends_at(start, asked.minutes).isoformat(),
                    "term": term.name if term else None,
                }
            )
    return visits
