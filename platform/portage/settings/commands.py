"""`portage cases` and `portage audit`: what is done for a council at a terminal."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import select

from portage.core import clock
from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.process import bare_app
from portage.core.tenancy import tenant_scope
from portage.core.trail import verify
from portage.settings.case_file import UnderWay, read_cases
from portage.settings.case_template import write_template
from portage.settings.cases import load_cases, problems_with
from portage.tenants.models import Tenant


@click.group()
def cases() -> None:
    """Start with a caseload: bring a council's open cases in from a workbook."""


@cases.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tenant", "slug", required=True, metavar="SLUG", help="The council whose cases they are.")
@click.option("--confirm", is_flag=True, help="Write them. Without it nothing is written.")
def load_workbook_of_cases(file: Path, slug: str, confirm: bool) -> None:
    """Read FILE.xlsx and name every problem by its row; with --confirm, and no problem, bring the cases in.

    All cases are loaded or none; a file that was loaded is refused the second time. A row is a child with support under
    way (stage: supported), or a child who waits for a visitor (stage: waiting). Both are marked as from before the
    recorded policy, and no request and no determination is invented for them. A waiting child's place is by the day on
    which support was asked for; the longest support is the one in the row, else whoever finds the visitor says it.

    `portage cases template FILE.xlsx` writes a workbook to fill in, with a sheet that explains each column.
    """
    with _council(slug):
        found, problems = read_cases(file, today=clock.today())
        problems = sorted([*problems, *problems_with(found, on=clock.today())], key=lambda problem: problem.row)
        if problems:
            for problem in problems:
                click.echo(str(problem), err=True)
            click.echo(f"{len(problems)} problem(s). Nothing was written.", err=True)
            raise SystemExit(2)
        if not confirm:
            stand = Counter("supported" if isinstance(case.stands, UnderWay) else "waiting" for case in found)
            click.echo(f"{_in_words(stand)} can be loaded. Nothing was written. Run it again with --confirm.")
            return
        click.echo(f"{_in_words(load_cases(found, on=clock.today()))} loaded.")
        db.session.commit()


def _in_words(cases: Counter[str]) -> str:
    """How many cases, and how they stand."""
    under_way, waiting = cases["supported"], cases["waiting"]
    return f"{cases.total()} case(s), {under_way} with support under way and {waiting} waiting,"


@cases.command("template")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """Write a workbook to FILE.xlsx: the headings, an invented example of each stage, what each column is for."""
    write_template(file)
    click.echo(f"{file} is ready to be filled in.")


@click.group()
def audit() -> None:
    """Look after the trail."""


@audit.command("verify")
@click.argument("slugs", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every council.")
def verify_trail(slugs: tuple[str, ...], every: bool) -> None:
    """Recompute the chain of each council named by SLUGS; exit status 1 when one is not whole."""
    with _database():
        chosen = slugs or (tuple(db.session.scalars(select(Tenant.slug).order_by(Tenant.slug))) if every else ())
    if not chosen:
        raise click.ClickException("Name a council, or say --all.")
    broken = False
    for slug in chosen:
        with _council(slug):
            verdict = verify()
        broken = broken or not verdict.whole
        place = f" from event {verdict.broken_at} on" if verdict.broken_at else ""
        click.echo(f"{slug}: {verdict.events} event(s), " + ("whole" if verdict.whole else f"NOT whole{place}"))
    if broken:
        raise SystemExit(1)


@contextmanager
def _database() -> Iterator[None]:
    """Connect by the app role's login: row-level security binds a command as it binds a page."""
    url, key = os.environ.get("PORTAGE_APP_DATABASE_URL"), os.environ.get("PORTAGE_TENANT_KEY")
    if not url or not key:
        raise click.ClickException("Set PORTAGE_APP_DATABASE_URL and PORTAGE_TENANT_KEY.")
    with bare_app(url, bytes.fromhex(key)).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _council(slug: str) -> Iterator[None]:
    """Work in one council's scope; refusals become one sentence at the terminal."""
    with _database():
        tenant_id = db.session.scalar(select(Tenant.id).where(Tenant.slug == slug))
        if tenant_id is None:
            raise click.ClickException(f"There is no council {slug!r} in this database.")
        try:
            with tenant_scope(tenant_id, "system:command"):
                yield
        except PortageError as error:
            raise click.ClickException(str(error)) from error
