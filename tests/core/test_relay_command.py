"""`portage relay` needs no application, and still starts on no login that sees every council by its own power."""

import pytest
from click.testing import CliRunner

from portage.cli import main
from portage.core.relay import Relay
from portage.messages import commands
from support.database import Database


@pytest.mark.parametrize("role", ["owner", "superuser"])
def test_a_relay_does_not_start_as_a_role_that_row_level_security_does_not_bind(
    role: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Relay] = []
    monkeypatch.setattr(Relay, "run", lambda relay, _every: begun.append(relay))
    monkeypatch.setattr(commands, "settle", lambda: None)  # this process is no relay
    monkeypatch.setenv("PORTAGE_TENANT_KEY", "00" * 32)
    monkeypatch.setenv("PORTAGE_SECRET_KEY", "00" * 32)
    monkeypatch.setenv("PORTAGE_REDIS_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("PORTAGE_WORKER_DATABASE_URL", getattr(database.at, role))
    refused = CliRunner().invoke(main, ["relay"])
    assert "pass row-level security" in str(refused.exception)
    monkeypatch.setenv("PORTAGE_WORKER_DATABASE_URL", database.at.worker)
    assert CliRunner().invoke(main, ["relay"]).exit_code == 0
    assert len(begun) == 1
