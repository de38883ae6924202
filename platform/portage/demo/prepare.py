"""Makes an empty database into the demo's: schema, councils, and sign-in at the demo's own provider.

Run as a process of its own by `portage demo`, once everything that it needs stands in the environment.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from joserfc.jwk import RSAKey
from sqlalchemy import select

from portage.accounts.models import IdentityProvider
from portage.app import create_app
from portage.config import Settings
from portage.core import clock
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.migrate import upgrade
from portage.core.process import bare_app
from portage.core.provision import install_key
from portage.core.tenancy import scoped, tenant_scope
from portage.demo.personas import OPERATORS, OPERATORS_CLIENT, OPERATORS_SECRET, Persona, operator, personas
from portage.demo.places import keep_secret
from portage.demo.service import TEXTS
from portage.editions.refusals import EditionAlreadyPublished, EditionOnAnotherPolicy
from portage.settings.loading import load_council
from portage.settings.moving_plugin import move_plugin
from portage.tenants.models import Tenant, TenantHost

OLDER_DATA = (
    "The invented data here were made when the files of {council} said something else. To throw these data away and"
    " begin anew, run: make demo FRESH=1."
)


def client(client_id: str, method: str, secret: Path, sites: list[str], path: str) -> dict[str, Any]:
    """A client's entry in the provider's settings: what it proves itself with, and where it may send people."""
    proof = {"client_secret": keep_secret(secret)} if method == "client_secret_basic" else {"jwks": _public(secret)}
    return {
        "client_id": client_id,
        **proof,
        "redirect_uris": [f"{site}{path}/callback" for site in sites],
        "post_logout_redirect_uris": [f"{site}{path.partition('/auth')[0]}/signed-out" for site in sites],
        "backchannel_logout_uri": f"{sites[0]}{path}/back-channel-logout",
    }


def council_realm(council: Tenant, provider: IdentityProvider, secrets: Path, port: int) -> dict[str, Any]:
    """The provider of one council, as the settings tell it."""
    hosts = db.session.scalars(select(TenantHost.host).where(TenantHost.tenant_id == council.id).order_by("host"))
    sites = [f"http://{host}:{port}" for host in hosts]
    path = f"/auth/{provider.id}"
    people = personas(council.slug, provider.rules.get("groups", []))
    asking = client(provider.client_id, provider.auth_method, secrets / provider.secret_name, sites, path)
    return {"name": provider.name, "clients": [asking], "personas": [person.as_told() for person in people]}


def councils_realms(base: str, secrets: Path, port: int) -> dict[str, Any]:
    """Point each council's provider to the demo's own, and give the settings of all of them."""
    realms: dict[str, Any] = {}
    for council in db.session.scalars(select(Tenant).order_by(Tenant.slug)).all():
        with tenant_scope(council.id):
            for provider in db.session.scalars(scoped(IdentityProvider).order_by(IdentityProvider.key)).all():
                key = council.slug if council.slug not in realms else f"{council.slug}-{provider.key}"
                provider.issuer = f"{base}/{key}"
                db.session.commit()
                realms[key] = council_realm(council, provider, secrets, port)
    return realms


def text_services(secrets: Path) -> list[dict[str, str]]:
    """What the stand-in for GOV.UK Notify must know of each council that sends texts; a key is drawn when it is new."""
    services = []
    for council in db.session.scalars(select(Tenant).order_by(Tenant.slug)).all():
        told = council.profile.get("texts") or {}
        if told:
            file = secrets / told["secret_name"]
            if not file.exists():
                file.touch(mode=0o600)
                file.write_text(f"demonstration-{uuid4()}-{uuid4()}", encoding="ascii")
            services.append({"key": file.read_text(encoding="ascii"), "template_id": told["template_id"]})
    return services


def operators_realm(base: str, secrets: Path, port: int) -> dict[str, Any]:
    """The operators' provider, and its one person as an operator in the database."""
    person = operator()
    _add_operator(person, f"{base}/{OPERATORS}")
    site = f"http://{os.environ['PORTAGE_OPERATOR_HOST']}:{port}"
    asking = client(OPERATORS_CLIENT, "client_secret_basic", secrets / OPERATORS_SECRET, [site], "/operator/auth")
    return {"name": "Operators of the service", "clients": [asking], "personas": [person.as_told()]}


def load_councils(owner_url: str, tenant_key: bytes, folder: Path) -> None:
    """Bring the schema up to date and load every council's folder, as the owner."""
    upgrade(owner_url)
    install_key(owner_url, tenant_key)
    with bare_app(owner_url, tenant_key).app_context():
        for manifest in sorted(folder.glob("*/tenant.toml")):
            _load(manifest.parent)
        db.session.remove()
        db.engine.dispose()


def _load(folder: Path) -> None:
    """Load a council; one that an earlier version loaded on another policy is moved first, as an operator would.

    Ends the process with a sentence where a published edition has other words now: it is never overwritten.
    """
    try:
        load_council(folder)
    except EditionOnAnotherPolicy as error:
        db.session.remove()
        moved = move_plugin(folder, error.told, at=clock.now())
        if moved.loaded is None:
            raise
    except EditionAlreadyPublished as error:
        sys.exit(f"{OLDER_DATA.format(council=folder.name)} {error}")


def main(settings: Path, base: str) -> None:
    """Prepare the database and write the provider's settings; safe to run twice."""
    told = Settings.from_environment()
    load_councils(os.environ["PORTAGE_OWNER_DATABASE_URL"], told.tenant_key, told.tenants)
    secrets, port = Path(os.environ["PORTAGE_SECRETS"]), int(os.environ["PORTAGE_PUBLIC_PORT"])
    secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    with create_app(told).app_context():
        realms = {**councils_realms(base, secrets, port), OPERATORS: operators_realm(base, secrets, port)}
        texts = text_services(secrets)
    _write(settings.with_name(TEXTS), texts)
    _write(settings, {"realms": realms})


def _write(file: Path, told: object) -> None:
    """Write a file whole or not at all, for its owner's eyes alone."""
    unfinished = file.with_suffix(".part")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(told, indent=1), encoding="utf-8")
    unfinished.replace(file)


def _public(secret: Path) -> dict[str, Any]:
    """The public half of the key kept in `secret`, which is made when it is not there."""
    if not secret.exists():
        made = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
        secret.touch(mode=0o600)
        secret.write_text(json.dumps(made.as_dict(private=True)), encoding="utf-8")
    key = RSAKey.import_key(json.loads(secret.read_text(encoding="utf-8")))
    return {"keys": [key.as_dict(private=False)]}


def _add_operator(person: Persona, issuer: str) -> None:
    """Operators are added at the terminal by the database's owner; nobody becomes one by signing in."""
    row: tuple[UUID, str, str, str] = (new_id(), person.name, issuer, person.sub)
    with psycopg.connect(os.environ["PORTAGE_OWNER_DATABASE_URL"]) as connection:
        connection.execute(
            "insert into operator (id, name, issuer, subject) values (%s, %s, %s, %s) on conflict do nothing", row
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
