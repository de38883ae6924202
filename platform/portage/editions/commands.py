"""`portage policy`: what a council's rules say, at a terminal, without a database."""

from __future__ import annotations

import json
import sys
import textwrap
import tomllib
from datetime import date
from pathlib import Path
from typing import IO

import click

from portage.core import clock
from portage.editions.export import editions_as_toml
from portage.editions.folders import TenantPolicy, editions_of_policy, read_tenant_policy
from portage.editions.requests import read_requests
from portage.policy import (
    Edition,
    EditionInvalid,
    NoEditionInForce,
    PolicyNotInstalled,
    changes,
    describe,
    edition_in_force,
    policy_named,
)
from portage.policy.files import editions_from_file
from portage.policy.reference import reference
from portage.policy.testing import check_policy

_LONGEST_LINE = 100


class Refused(click.ClickException):
    """A command that cannot be answered as asked: one sentence, and exit status 2."""

    exit_code = 2


@click.group()
def policy() -> None:
    """Ask a council's policy: judge requests, read it, compare editions.

    Councils are the folders in PORTAGE_TENANTS, else in ./tenants. No database is needed, but for redetermine and
    --from-db.
    """


def _tenant_policy(tenant: str, *, from_db: bool = False) -> TenantPolicy:
    try:
        if not from_db:
            return read_tenant_policy(tenant)
        from portage.editions.reading import read_from_database  # only here: the other ways need no database driver

        return read_from_database(tenant)
    except (LookupError, EditionInvalid) as error:
        raise Refused(str(error)) from error


def _edition(council: TenantPolicy, named: str) -> Edition:
    """Return the draft, or the edition in force on a day."""
    try:
        if named == "draft":
            return council.draft
        return edition_in_force(council.editions, date.fromisoformat(named))
    except NoEditionInForce as error:
        raise Refused(str(error)) from error
    except LookupError as error:
        raise Refused(str(error)) from error
    except ValueError:
        raise Refused(f"{named!r} is neither a date written as YYYY-MM-DD nor the word draft.") from None


@policy.command()
@click.option("--tenant", required=True, metavar="SLUG", help="The council whose rules apply.")
@click.option("--edition", "named", metavar="draft|DATE", help="Judge by this edition, whenever the request arrived.")
@click.option("--from-db", is_flag=True, help="Use the editions in the database.")
@click.argument("file", type=click.File("rb"))
def determine(tenant: str, named: str | None, from_db: bool, file: IO[bytes]) -> None:
    """Judge the requests in FILE (`-` is standard input) and print one JSON answer on a line for each.

    FILE holds one JSON object, or one on each line. If anything is wrong, nothing is judged: every wrong field of
    every line is named on standard error, and the exit status is 2.
    """
    council = _tenant_policy(tenant, from_db=from_db)
    chosen = _edition(council, named) if named else None
    requests, problems = read_requests(council, chosen, file.read())
    if problems:
        for problem in problems:
            click.echo(str(problem), err=True)
        sys.exit(2)
    answers = sys.stdout.buffer
    for request in requests:
        answer = council.policy_of(request.edition).determine(request.edition, request.facts).as_json()
        answers.write(json.dumps(answer, ensure_ascii=False).encode() + b"\n")
    answers.flush()


@policy.command()
@click.argument("tenant")
@click.option("--on", "on", metavar="DATE", help="The day; left out = today.")
@click.option("--draft", is_flag=True, help="Show the draft.")
def show(tenant: str, on: str | None, draft: bool) -> None:
    """Print the policy of TENANT in force on a day, as a parent could read it."""
    council = _tenant_policy(tenant)
    edition = _edition(council, "draft" if draft else on or clock.today().isoformat())
    click.echo(f"{edition.terms.service.name}\n{edition.title}. Source: {edition.source}.")
    if reason := edition.assumed("effective_from"):
        click.echo(_wrapped(f"Assumption: {reason}", ""))
    for section in describe(council.policy_of(edition), edition):
        click.echo(f"\n{section.title}\n{'-' * len(section.title)}")
        for line in section.lines:
            cited = f" [{line.rule}]" if line.rule else ""
            assumed = " (an assumption: see the end)" if line.assumption else ""
            click.echo(_wrapped(f"{line.label}: {line.text}{cited}{assumed}", "  "))


def _wrapped(text: str, indent: str) -> str:
    return textwrap.fill(text, _LONGEST_LINE, subsequent_indent=indent, break_on_hyphens=False)


@policy.command()
@click.argument("name", metavar="POLICY")
@click.option("--example", type=click.File("rb"), help="A policy.toml whose values stand as examples.")
def terms(name: str, example: IO[bytes] | None) -> None:
    """Print every term of POLICY as a Markdown table: type, unit, limits, default, an example, what it does."""
    try:
        known = policy_named(name)
        given = tomllib.load(example)["edition"][0]["terms"] if example else {}
    except (PolicyNotInstalled, ValueError, LookupError) as error:
        raise Refused(str(error)) from error
    click.echo(reference(known, given), nl=False)


@policy.command("check-plugin")
@click.argument("name", metavar="POLICY")
@click.option(
    "--editions",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A policy.toml to judge by; left out = those of every council on this policy.",
)
def check_plugin(name: str, file: Path | None) -> None:
    """Check that the plugin POLICY keeps the contract, and print each promise that it does not keep.

    The exit status is 0 where it keeps all of them, and 1 where it does not.
    """
    try:
        known = policy_named(name)
        editions = editions_from_file(known, name, file) if file else editions_of_policy(known)
    except (PolicyNotInstalled, EditionInvalid, ValueError) as error:
        raise Refused(str(error)) from error
    if not editions:
        raise Refused(f"No council here is on the policy {name}: name a policy.toml with --editions.")
    problems = check_policy(known, editions)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        sys.exit(1)
    click.echo(f"The policy {name} keeps the contract, judged by {len(editions)} edition{'s'[: len(editions) > 1]}.")


@policy.command()
@click.argument("tenant")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
def diff(tenant: str, before: str, after: str) -> None:
    """Print what changed from the edition in force on BEFORE to the one on AFTER (dates, or the word draft)."""
    council = _tenant_policy(tenant)
    old, new = _edition(council, before), _edition(council, after)
    click.echo(f"From: {old.source} ({old.title})\nTo:   {new.source} ({new.title})")
    found = changes((council.policy_of(old), old), (council.policy_of(new), new))
    if not found:
        click.echo("\nNothing changed.")
    section = None
    for change in found:
        if change.section != section:
            section = change.section
            click.echo(f"\n{section}")
        click.echo(f"  {change.label}{f' [{change.rule}]' if change.rule else ''}")
        for mark, text in (("-", change.before), ("+", change.after)):
            if text is not None:
                click.echo(textwrap.indent(_wrapped(f"{mark} {text}", "  "), "    "))


@policy.command()
@click.argument("tenant")
@click.option("--from-db", is_flag=True, help="Use the editions in the database.")
def export(tenant: str, from_db: bool) -> None:
    """Print all editions of TENANT as a policy.toml that can be loaded again."""
    council = _tenant_policy(tenant, from_db=from_db)
    click.echo(editions_as_toml(council), nl=False)
