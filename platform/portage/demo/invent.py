"""Invents the families of one council: `python -m portage.demo.invent SLUG`, one process for each council."""

import sys

import click

from portage.app import create_app
from portage.demo.seed import plant


def main(slug: str) -> None:
    """Invent them unless they are there."""
    with create_app().app_context():
        plant(click.echo, slug)


if __name__ == "__main__":
    main(sys.argv[1])
