"""GOV.UK Notify for tests: a stand-in that checks the protocol, and councils with a service there."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from portage.demo.texts import StandIn, in_background
from portage.messages.notify import ApiKey
from support.mailserver import free_port

SERVICE, SECRET = "11111111-2222-4333-8444-555555555555", "66666666-7777-4888-8999-aaaaaaaaaaaa"
TEMPLATE_ID = "bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"
KEY = f"invented key-{SERVICE}-{SECRET}"
GiveTexts = Callable[..., None]


@pytest.fixture
def notify() -> Iterator[StandIn]:
    """GOV.UK Notify as far as this test is concerned."""
    key = ApiKey.read(KEY)
    assert key is not None
    stand_in = StandIn(key, TEMPLATE_ID)
    serving = in_background(stand_in, free_port())
    yield stand_in
    serving.shutdown()
    serving.server_close()


@pytest.fixture
def texts(
    notify: StandIn, app: Flask, worker_app: Flask, tmp_path: Path, db_admin: psycopg.Connection
) -> Iterator[GiveTexts]:
    """`texts(council_id)`: the council has a service at Notify, and the key is where processes find secrets."""
    before = {each: each.extensions["portage.settings"] for each in (app, worker_app)}
    (tmp_path / "council-notify").write_text(KEY, encoding="ascii")
    for each, settings in before.items():
        each.extensions["portage.settings"] = replace(settings, secrets=tmp_path, notify_url=notify.address)

    def give(council_id: UUID, name: str = "council-notify") -> None:
        told = f'{{"secret_name": "{name}", "template_id": "{TEMPLATE_ID}"}}'
        db_admin.execute(
            "update tenant set profile = profile || jsonb_build_object('texts', %s::jsonb) where id = %s",
            (told, council_id),
        )

    yield give
    for each, settings in before.items():
        each.extensions["portage.settings"] = settings
