"""A council on a policy of its own, with a case for each kind of answer, whose files are on the standard policy."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select

from portage.cli import main
from portage.core import clock
from portage.core.db import db
from portage.core.identity import NOBODY, Actor
from portage.core.tenancy import scoped, tenant_scope
from portage.editions.models import PolicyEdition
from portage.editions.operations import forget_compiled
from portage.families.operations import NewCarer, NewChild
from portage.policy import installed_policies
from portage.referrals.models import Determination, Referral
from portage.referrals.operations import ReceiveReferral, Referrer, receive
from support.own_policy import OWN, SLUG, OwnPolicy, on_its_own, on_standard, second_edition

NEED = {"agreement": {"parent": True}, "child": {"significant_need": True}}
CASES = (
    ("portage-form", "parent", "2026-01-10", "2024-02-03", NEED),
    ("early-help", "senco", "2026-04-01", "2024-02-03", NEED),
    ("early-help", "practitioner", "2026-04-02", "2024-02-03", {"agreement": {}, "child": {"significant_need": None}}),
    ("portage-form", "parent", "2026-04-03", "2020-02-03", NEED),
)


@dataclass(frozen=True)
class Loaded:
    """A council that is loaded on its own policy, with a case for each kind of answer."""

    home: Path
    tenant_id: UUID
    app: Flask

    @contextmanager
    def within(self) -> Iterator[None]:
        with self.app.app_context(), tenant_scope(self.tenant_id):
            yield

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["tenants", *words])

    def move(self, *words: str) -> Result:
        return self.run("move-plugin", SLUG, "--to", "standard", *words)

    def rows(self) -> list[tuple[str, str, Any]]:
        with self.within():
            rows = db.session.scalars(scoped(PolicyEdition).order_by(PolicyEdition.id)).all()
            return [(row.plugin, row.status, row.effective_from) for row in rows]


@pytest.fixture
def loaded(
    app: Flask, database: Any, servers: Any, db_admin: psycopg.Connection, monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Loaded]:  # fmt: skip
    installed: dict[str, Any] = installed_policies()  # type: ignore[assignment] # the kept dictionary itself
    monkeypatch.setitem(installed, OWN, OwnPolicy())
    for name, value in (
        ("PORTAGE_OWNER_DATABASE_URL", database.at.owner), ("PORTAGE_APP_DATABASE_URL", database.at.app),
        ("PORTAGE_TENANT_KEY", servers.tenant_key), ("PORTAGE_TENANTS", str(tmp_path)),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    on_its_own(tmp_path, second_edition)
    told = CliRunner().invoke(main, ["tenants", "load", SLUG])
    assert told.exit_code == 0, told.output
    (tenant_id,) = db_admin.execute("select id from tenant where slug = %s", (SLUG,)).fetchone() or ()
    council = Loaded(tmp_path, tenant_id, app)
    with council.within():
        for route, referrer, day, born, facts in CASES:
            asked(route, referrer, day, born, facts)
        db.session.commit()
    on_standard(tmp_path, second_edition)
    yield council
    forget_compiled()


def asked(route: str, referrer: str, day: str, born: str, facts: dict[str, Any]) -> Referral:
    """Receive a request; the council is in scope, the caller commits."""
    command = ReceiveReferral(
        route=route,
        received_on=date.fromisoformat(day),
        referrer=Referrer(kind=referrer, name="Sam Canarychild"),
        child=NewChild("Kit", "Canarychild", date.fromisoformat(born), "1 Sample Street", "BB9 1AA"),
        carers=(NewCarer("Sam Canarychild", "mother", email="sam@family.example", main_contact=True),),
        in_their_words="Kit loves water.",
        facts=facts,
    )
    return receive(command, by=Actor.of(NOBODY), at=clock.now())


def kept() -> list[tuple[Any, ...]]:
    """Every answer that is kept, whole."""
    columns = (
        Referral.reference, Determination.id, Determination.edition_id, Determination.plugin,
        Determination.plugin_version, Determination.answer,
    )  # fmt: skip
    wanted = select(*columns).join(Referral, Referral.id == Determination.referral_id).order_by(Referral.received_on)
    return [tuple(row) for row in db.session.execute(wanted)]
