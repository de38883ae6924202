"""Writes the settings of the demo's identity providers for a service under test, without inventing families.

One council has a second provider, for volunteers alone: theirs need no account of the council.
"""

import json
import os
import sys
from pathlib import Path

from sqlalchemy import select

from portage.accounts.models import IdentityProvider
from portage.app import create_app
from portage.core.db import db
from portage.core.tenancy import tenant_scope
from portage.demo.personas import OPERATORS
from portage.demo.prepare import councils_realms, operators_realm, text_services
from portage.demo.service import TEXTS
from portage.tenants.models import Tenant

COUNCIL = "west-northants"
VOLUNTEERS_PROVIDER = "West Northamptonshire volunteers"


def main(settings: Path, base: str) -> None:
    """Point every council to a provider of its own at `base`, and the operators to theirs."""
    secrets, port = Path(os.environ["PORTAGE_SECRETS"]), int(os.environ["PORTAGE_PUBLIC_PORT"])
    with create_app().app_context():
        _let_volunteers_sign_in_elsewhere()
        realms = {**councils_realms(base, secrets, port), OPERATORS: operators_realm(base, secrets, port)}
        texts = text_services(secrets)
    settings.with_name(TEXTS).write_text(json.dumps(texts), encoding="utf-8")
    settings.write_text(json.dumps({"realms": realms}), encoding="utf-8")


def _let_volunteers_sign_in_elsewhere() -> None:
    with tenant_scope(db.session.scalars(select(Tenant.id).where(Tenant.slug == COUNCIL)).one()):
        rules = {"claim": "groups", "groups": [{"value": "volunteers", "role": "volunteer"}]}
        db.session.add(
            IdentityProvider(
                key="volunteers", name=VOLUNTEERS_PROVIDER, issuer="https://volunteers.example", client_id="portage",
                auth_method="client_secret_basic", secret_name=f"{COUNCIL}-volunteers", rules=rules, demands={},
                enabled=True,
            )
        )  # fmt: skip
        db.session.commit()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
