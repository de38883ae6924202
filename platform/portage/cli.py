"""The command `portage`: what an engineer or an operator does at a terminal."""

import sys
from importlib import import_module

import click

COMMANDS = (
    "portage.core.commands:db",
    "portage.settings.tenant_commands:tenants",
    "portage.editions.commands:policy",
    "portage.accounts.commands:people",
    "portage.visits.commands:visits",
    "portage.messages.commands:relay",
    "portage.messages.commands:worker",
    "portage.messages.commands:scheduler",
    "portage.settings.commands:cases",
    "portage.settings.commands:audit",
    "portage.demo.command:demo",
)
# Parts of a command that live in a higher slice, loaded when they are asked for and not with the rest of it.
PARTS = {"policy": ("portage.referrals.commands:redetermine",)}


class Manual(click.Group):
    """A group that loads a command only when it is asked for, so that `policy determine` needs no database driver."""

    places: tuple[str, ...] = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(name.rpartition(":")[2].replace("_", "-") for name in self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        for place in self.places:
            module, _, name = place.partition(":")
            if name.replace("_", "-") == cmd_name:
                found: click.Command = getattr(import_module(module), name)
                return _with_parts(found)
        return None


def _with_parts(found: click.Command) -> click.Command:
    """The command, with those of its parts that other slices bring."""
    if not isinstance(found, click.Group) or found.name not in PARTS:
        return found
    parts = Manual(found.name)
    parts.places = PARTS[found.name]
    return click.CommandCollection(found.name, [found, parts], help=found.help)


@click.group(cls=Manual, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="portage-platform")
def main() -> None:
    """Portage: one hosted service for several councils' home visiting teams.

    \b
    Try it            portage demo
    Ask the policy    portage policy determine --tenant COUNCIL FACTS.json
                      portage policy show COUNCIL --on 2025-09-30
    Plan ahead        portage visits preview --tenant COUNCIL SERIES.json
    Add a council     portage tenants new COUNCIL; portage tenants check COUNCIL; portage tenants load COUNCIL
    Run the service   portage db upgrade; portage tenants load tenants/*;
                      gunicorn -c deploy/gunicorn.conf.py; portage relay; portage worker; portage scheduler
    Before a release  portage policy redetermine
    Look after it     portage audit verify COUNCIL; portage cases load FILE.xlsx --tenant COUNCIL

    Settings come from the environment (PORTAGE_APP_DATABASE_URL, PORTAGE_TENANT_KEY, ...); deploy/README.md lists them.
    """


if __name__ == "__main__":
    sys.exit(main())
