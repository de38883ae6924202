"""Invents the families of one council: `python -m portage.demo.invent SLUG HOW_MANY`, in a process of its own."""

import sys

import click

from portage.app import create_app
from portage.demo.seed import plant


def main(slug: str, families: int) -> None:
    """Invent them unless they are there."""
    with create_app().app_context():
        plant(click.echo, slug, families=families)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
