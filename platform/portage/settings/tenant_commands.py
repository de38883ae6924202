"""`portage tenants`: a council's folder begun, checked, put in order, loaded and written back, at a terminal."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import select

from portage.core import clock
from portage.core.db import db
from portage.core.errors import PortageError
from portage.core.process import bare_app
from portage.core.tenancy import tenant_scope
from portage.editions.folders import tenants_folder
from portage.policy import PolicyNotInstalled, policy_named
from portage.settings import moving_plugin
from portage.settings.checking import problems_of, read_council
from portage.settings.drafting import SlugRefused, draft_of
from portage.settings.exporting import council_files, exported, write_files
from portage.settings.loading import Loaded, load_council
from portage.settings.profile_files import add_to_folder
from portage.tenants.models import Tenant
from portage.tenants.problems import FolderInvalid


@click.group()
def tenants() -> None:
    """Add a council, and keep its files and the database in step.

    A council is a folder of files: tenant.toml, policy.toml, terms.toml and content/*.md, and services.toml and
    profiles.toml where it has them. Councils are looked for in
    the folder PORTAGE_TENANTS, else in ./tenants. For files, the path of a council's folder does as well as its SLUG,
    and of several paths those that are no folders are passed over.

    \b
    A new council     portage tenants new SLUG        writes the files, with a mark at each place to fill in
                      portage tenants check SLUG      names everything that is wrong or missing, line by line
                      portage tenants load SLUG       brings it into the database
    Later             portage tenants export SLUG     writes the files back from the database
                      portage tenants move-plugin SLUG --to POLICY    moves it to another policy

                      portage tenants add-profile SLUG SHEET --name .. --source ..    adds a developmental profile

    `new`, `check`, `tidy` and `add-profile` need no database.
    """


@tenants.command("new", short_help="Write the files of a new council.")
@click.argument("slug")
@click.option("--plugin", default="standard", show_default=True, metavar="NAME", help="The policy that it is built on.")
def new(slug: str, plugin: str) -> None:
    """Write the files of a new council, SLUG, each value with a comment that says what it does.

    SLUG is the council's short name in addresses and commands: small letters and digits, with single hyphens. What
    only the council can know is marked FILL IN; lines that begin with # and no space are there to be switched on.
    Nothing is written where the council exists already.
    """
    try:
        folder, files = tenants_folder() / slug, draft_of(slug, policy_named(plugin))
        if folder.exists():
            raise SlugRefused(f"There is a council {slug} already: {folder}.")
    except (SlugRefused, PolicyNotInstalled) as error:
        raise click.ClickException(str(error)) from error
    for name in write_files(files, folder):
        click.echo(folder / name)
    click.echo(f"Fill in each place marked FILL IN, then run: portage tenants check {slug}")


@tenants.command("check", short_help="Name everything that is wrong in a council's files.")
@click.argument("slugs", nargs=-1, required=True, metavar="SLUG...")
def check(slugs: tuple[str, ...]) -> None:
    """Name everything that is wrong in the files of each SLUG, all at once, as FILE:LINE: FIELD: what is wrong.

    In FIELD the tables of a list are counted from 1. Exit status 0 when every council can be loaded, else 1. No
    database is needed; whether a published edition was changed is seen only by `load`.
    """
    wrong = 0
    for folder in _folders(slugs):
        problems = problems_of(folder)
        wrong += len(problems)
        for problem in problems:
            click.echo(str(problem))
        if not problems:
            council = read_council(folder)
            drafts = sum(edition.draft for edition in council.policy.editions)
            click.echo(
                f"{folder}: nothing is wrong. {len(council.policy.published)} edition(s), {drafts} draft(s), "
                f"{len(council.manifest.calendar.terms)} school term(s), {len(council.manifest.pages)} page(s)."
            )
    if wrong:
        click.echo(f"{wrong} problem(s).", err=True)
        raise SystemExit(1)


@tenants.command("tidy", short_help="Put a council's files into the form that export writes.")
@click.argument("slugs", nargs=-1, required=True, metavar="SLUG...")
def tidy(slugs: tuple[str, ...]) -> None:
    """Put the files of each SLUG into the form that `export` writes, so that the two can be compared.

    Fields come into their order and comments go. A council with a problem is left as it is.
    """
    for folder in _folders(slugs):
        try:
            council = read_council(folder)
        except FolderInvalid as error:
            raise click.ClickException(f"{folder} is left as it is:\n{error}") from error
        changed = write_files(council_files(council.manifest, council.policy), folder)
        click.echo(f"{folder}: {', '.join(changed) or 'nothing'} changed.")


@tenants.command("load", short_help="Bring a council's files into the database.")
@click.argument("slugs", nargs=-1, required=True, metavar="SLUG...")
def load(slugs: tuple[str, ...]) -> None:
    """Bring the files of each SLUG into the database; doing it twice changes nothing.

    What `check` would name is refused in the same words, and nothing of that council is written. Published editions
    and the way in which people sign in stay as they are; nothing that a council has is taken away.

    Works with the owner's login, PORTAGE_OWNER_DATABASE_URL. `portage tenants load tenants/*` loads every council.
    """
    with _database("PORTAGE_OWNER_DATABASE_URL"):
        for folder in _folders(slugs):
            try:
                loaded = load_council(folder)
            except (FolderInvalid, PortageError) as error:
                raise click.ClickException(f"{folder} is not loaded:\n{error}") from error
            verb = "added" if loaded.new else "is up to date"
            click.echo(f"{loaded.name} {verb}: {loaded.editions.added} new edition(s).{_kept(loaded)}")


def _kept(loaded: Loaded) -> str:
    kept = loaded.editions.kept
    return f" {kept} draft(s) that people changed here since stay as they are." if kept else ""


@tenants.command("move-plugin", short_help="Move a council to another policy; its answers stay.")
@click.argument("slug")
@click.option("--to", "plugin", required=True, metavar="POLICY", help="The policy that the council's files name now.")
@click.option("--dry-run", is_flag=True, help="Compare and print; write nothing.")
def move_plugin(slug: str, plugin: str, dry_run: bool) -> None:
    """Move the council SLUG, which is loaded already, to another policy, such as `standard`.

    Its files hold the same editions in the terms of POLICY: the same days, documents and words, and other conditions.
    Every answer that was ever kept is asked for again, of open and closed cases. Where one would differ, its case is
    named by its reference, nothing is written and the exit status is 1. Else each published edition is written again
    on the new policy in one transaction. Cases, decisions and kept answers stay as they are, and the editions as they
    were published stay in the history. The policy that is left may be taken away afterwards, or be away already.

    Works with the owner's login, PORTAGE_OWNER_DATABASE_URL.
    """
    with _database("PORTAGE_OWNER_DATABASE_URL"):
        try:
            moved = moving_plugin.move_plugin(_folder(slug), plugin, at=clock.now(), write=not dry_run)
        except (FolderInvalid, PortageError, moving_plugin.CannotMove) as error:
            raise click.ClickException(f"{slug} is not moved:\n{error}") from error
    for line in _moved(slug, plugin, moved):
        click.echo(line)
    if moved.witnessed.differ:
        raise SystemExit(1)


def _moved(slug: str, plugin: str, moved: moving_plugin.Moved) -> Iterator[str]:
    seen = moved.witnessed
    yield f"{slug}: {seen.answers} kept answer(s) asked for again, {seen.open_cases} open case(s) among them."
    if seen.other_words:
        yield f"  {seen.other_words} would say the same in other words."
    if seen.earlier_rules:
        yield f"  {seen.earlier_rules} were given by earlier rules, which the policy that is left has changed as well."
    if seen.unanswered:
        yield f"  {seen.unanswered} were never given: a person had to look."
    for case in seen.differ:
        yield f"  {case.reference} differs: {'; '.join(case.says)}"
    if seen.differ:
        yield f"{len(seen.differ)} answer(s) would differ. Nothing was changed."
    elif moved.loaded is None:
        yield f"Every answer stays. Nothing was changed: {moved.editions} edition(s) can be moved to {plugin}."
    else:
        yield f"Every answer stays. {moved.editions} edition(s) moved to {plugin}."
    if moved.drafts_left:
        yield f"{moved.drafts_left} draft(s) that people work on stay on the policy that is left."


@tenants.command("add-profile", short_help="Put a spreadsheet of a developmental profile into a council's files.")
@click.argument("slug")
@click.argument("sheet", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--name", required=True, help="Name of the list, as staff and families read it.")
@click.option("--source", required=True, help="Where the list comes from, and by whose leave it is used.")
@click.option("--from", "day", type=click.DateTime(["%Y-%m-%d"]), help="New profiles follow it from this day on.")
def add_profile(slug: str, sheet: Path, name: str, source: str, day: datetime | None) -> None:
    """Add the areas and steps of SHEET, CSV or Excel, to the file profiles.toml of the council SLUG.

    The columns are Area, Step, From months and To months; the service offers an example under Profiles. Everything that
    is wrong is named at once, as FILE:LINE: COLUMN: what is wrong, and then nothing is written. Without --from a person
    takes the list in the service. `portage tenants load SLUG` brings it into the database; this needs none.
    """
    try:
        file = add_to_folder(_folder(slug), sheet, name=name, source=source, in_use_from=day.date() if day else None)
    except (FolderInvalid, PortageError) as error:
        raise click.ClickException(f"Nothing is added:\n{error}") from error
    click.echo(f"{file}: “{name}” added. Now run: portage tenants check {slug}")


@tenants.command("export", short_help="Write a council's files back from the database.")
@click.argument("slug")
@click.option(
    "--to",
    "folder",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the files there; what else is in FOLDER stays.",
)
@click.option("--only", metavar="FILE", help="Print one file and nothing else, such as policy.toml.")
def export(slug: str, folder: Path | None, only: str | None) -> None:
    """Write the council SLUG back from the database as the files that `load` reads.

    What was loaded comes back byte by byte when the files were in the form that `tidy` gives them. Without --to the
    files are printed, each under a line with its name.
    """
    with _database("PORTAGE_APP_DATABASE_URL"):
        tenant_id = db.session.scalar(select(Tenant.id).where(Tenant.slug == slug))
        if tenant_id is None:
            raise click.ClickException(f"There is no council {slug!r} in this database.")
        with tenant_scope(tenant_id, "system:command"):
            try:
                files = exported()
            except PolicyNotInstalled as error:
                raise click.ClickException(str(error)) from error
    if only is not None:
        if only not in files:
            raise click.ClickException(f"{slug} has no file {only}; its files are: {', '.join(files)}.")
        files = {only: files[only]}
    if folder:
        write_files(files, folder)
        click.echo(f"{folder}: {', '.join(files)}")
        return
    for name, text in files.items():
        click.echo(text if only else f"==> {name} <==\n{text}", nl=not only)


def _folders(slugs: tuple[str, ...]) -> list[Path]:
    """Find councils' folders by slug or by path; a shell's `tenants/*` names files beside them too."""
    return [_folder(slug) for slug in slugs if not Path(slug).is_file()]


def _folder(slug: str) -> Path:
    named, folder = tenants_folder() / slug, Path(slug)
    if folder.name == slug and named.is_dir():
        return named
    if not folder.is_dir():
        raise click.ClickException(f"There is no council {slug!r} in {tenants_folder()}.")
    return folder if folder.name not in ("", "..") else folder.resolve()


@contextmanager
def _database(setting: str) -> Iterator[None]:
    url, key = os.environ.get(setting), os.environ.get("PORTAGE_TENANT_KEY")
    if not url or not key:
        raise click.ClickException(f"Set {setting} and PORTAGE_TENANT_KEY.")
    with bare_app(url, bytes.fromhex(key)).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
