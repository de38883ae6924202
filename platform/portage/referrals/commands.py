"""`portage policy redetermine`: what a release would answer otherwise, before it serves anybody."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click
from sqlalchemy import select

from portage.core.db import db
from portage.core.process import bare_app
from portage.core.tenancy import tenant_scope
from portage.referrals.redetermining import Differing, Redetermined
from portage.referrals.redetermining import redetermine as judge_again
from portage.tenants.models import Tenant


class NotAsked(click.ClickException):
    """The command cannot run as asked: one sentence, and exit status 2."""

    exit_code = 2


@click.command()
@click.argument("slugs", nargs=-1, metavar="[TENANT]...")
@click.option("--findings", is_flag=True, help="Name each finding that would be answered otherwise.")
def redetermine(slugs: tuple[str, ...], findings: bool) -> None:
    """Judge the open cases of every council, or of each TENANT, again by the rules installed now. Writes nothing.

    For each council it prints how many answers are the same, and the references of those that would differ or that
    have no answer any more; never a name. The answers that were kept stand. Run it with the code of a new release
    before that release serves pages. The exit status is 0 where every answer is the same, and 1 where any is not.
    """
    alike = True
    with _application():
        for slug, tenant_id in _councils(slugs):
            with tenant_scope(tenant_id):
                found = judge_again()
            click.echo(_summary(slug, found))
            for title, cases in (("differs", found.differ), ("no answer", found.failed)):
                for case in cases:
                    click.echo(_line(title, case, findings=findings))
            alike = alike and found.same == found.judged
    click.echo("Every answer is the same." if alike else "Nothing was changed. The answers that were kept stand.")
    if not alike:
        sys.exit(1)


def _summary(slug: str, found: Redetermined) -> str:
    cases = "1 open case" if found.judged == 1 else f"{found.judged} open cases"
    return (
        f"{slug}: {cases} judged again, {found.same} the same, {len(found.differ)} would differ, "
        f"{len(found.failed)} without an answer"
    )


def _line(title: str, case: Differing, *, findings: bool) -> str:
    said = "; ".join(case.says) if findings else case.says[0]
    more = f" (and {len(case.says) - 1} more)" if not findings and len(case.says) > 1 else ""
    return f"  {case.reference} {title}: {said}{more}"


@contextmanager
def _application() -> Iterator[None]:
    """The application's own login: row-level security binds this command as it binds every page."""
    url, key = os.environ.get("PORTAGE_APP_DATABASE_URL"), os.environ.get("PORTAGE_TENANT_KEY")
    if not url or not key:
        raise NotAsked("Set PORTAGE_APP_DATABASE_URL and PORTAGE_TENANT_KEY.")
    with bare_app(url, bytes.fromhex(key)).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def _councils(slugs: tuple[str, ...]) -> list[tuple[str, UUID]]:
    """The councils that were named, else all that are served, by slug."""
    rows = db.session.execute(select(Tenant.slug, Tenant.id).where(Tenant.active).order_by(Tenant.slug)).all()
    db.session.remove()
    known = {row.slug: row.id for row in rows}
    if unknown := sorted(set(slugs) - known.keys()):
        raise NotAsked(f"There is no council {unknown[0]!r} in the database.")
    return [(slug, tenant_id) for slug, tenant_id in known.items() if not slugs or slug in slugs]
