"""`portage relay`, `portage worker`, `portage scheduler`: the processes that work in the background."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click
from redis import Redis

from portage.core.process import demand_bound_role, settle

LINE = "%(asctime)s %(name)s %(message)s"


@contextmanager
def _service() -> Iterator[Any]:
    """The application as the worker's database role, with a log on standard error; gives its settings."""
    logging.basicConfig(level=logging.INFO, format=LINE)
    # The application knows every slice and this slice does not know the application, so it is named, not imported.
    app = import_module("portage.app").create_app(role="worker")
    settle()
    with app.app_context():
        yield app.extensions["portage.settings"]


def _redis(url: str | None) -> Redis:
    if not url:
        raise click.ClickException("Set PORTAGE_REDIS_URL in the environment of this process (see deploy/README.md).")
    return Redis.from_url(url, socket_timeout=30, socket_connect_timeout=2)


@click.command()
@click.option(
    "--lease",
    default=20.0,
    envvar="PORTAGE_LEASE",
    show_default=True,
    help="Seconds after which a row that no worker has begun is handed on again.",
)
@click.option("--every", default=0.25, show_default=True, help="Seconds between two looks at an idle outbox.")
def relay(lease: float, every: float) -> None:
    """Hand due work from the database to the workers.

    Safe to run twice and to kill at any moment: a row that was handed on and not finished is handed on again.
    """
    from portage.core.relay import Relay

    logging.basicConfig(level=logging.INFO, format=LINE)
    # It moves ids alone, so it needs no slice of the application: a second less to start, and half the memory.
    settings = import_module("portage.config").Settings.from_environment(role="worker")
    demand_bound_role(settings.database_url)
    settle()
    Relay(settings.database_url, _redis(settings.redis_url), lease=lease).run(every)


@click.command()
@click.option(
    "--lease",
    default=60.0,
    envvar="PORTAGE_LEASE",
    show_default=True,
    help="Seconds that this worker has for one piece of work before it is handed on again.",
)
def worker(lease: float) -> None:
    """Carry out work: send e-mails, write reminders. Run as many as you like.

    Jobs are JSON and may name one function alone; a job of any other kind is refused.
    """
    from datetime import timedelta

    from portage.core import worker as carrying
    from portage.core.relay import work_until_asked_to_stop

    carrying.LEASE = timedelta(seconds=lease)
    with _service() as settings:
        work_until_asked_to_stop(_redis(settings.redis_url))


@click.command()
@click.option("--every", default=10.0, show_default=True, help="Seconds between two ticks.")
def scheduler(every: float) -> None:
    """Ask for what happens by the calendar, such as reminders of dates; two at once do no harm."""
    from portage.core.scheduler import Scheduler

    with _service():
        Scheduler().run(every)
