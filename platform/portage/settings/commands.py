"""`portage tenants`: councils, loaded from their folders."""

import os
from pathlib import Path

import click

from portage.core.errors import PortageError
from portage.core.process import bare_app
from portage.policy import EditionInvalid, PolicyNotInstalled
from portage.settings.loading import load_council
from portage.tenants.manifest import ManifestInvalid


@click.group()
def tenants() -> None:
    """Add councils and load what they have published."""


@tenants.command("load")
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
def load(folders: tuple[Path, ...]) -> None:
    """Load each council's FOLDER (tenant.toml, policy.toml, terms.toml, content/); doing it twice changes nothing.

    Works with the owner's login, PORTAGE_OWNER_DATABASE_URL. Files among FOLDERS are passed over.
    """
    url, key = os.environ.get("PORTAGE_OWNER_DATABASE_URL"), os.environ.get("PORTAGE_TENANT_KEY")
    if not url or not key:
        raise click.ClickException("Set PORTAGE_OWNER_DATABASE_URL and PORTAGE_TENANT_KEY.")
    with bare_app(url, bytes.fromhex(key)).app_context():
        for folder in folders:
            if folder.is_dir():
                _load_one(folder)


def _load_one(folder: Path) -> None:
    try:
        loaded = load_council(folder)
    except (ManifestInvalid, EditionInvalid, PolicyNotInstalled, PortageError) as error:
        raise click.ClickException(str(error)) from error
    verb = "added" if loaded.new else "is up to date"
    click.echo(f"{loaded.name} {verb}: {loaded.editions.added} new edition(s).")
