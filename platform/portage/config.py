"""Settings of one process, from the environment alone; a missing one is named in a sentence."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from portage.core.addresses import sqlalchemy_url


class Misconfigured(RuntimeError):
    """The environment lacks a setting or holds one that cannot be used."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a process needs to run.

    `database_url` is the login of this process's own database role (app, or worker for background work); the owner's
    is used by migrations alone. `tenant_key` and `secret_key` are at least 32 bytes.
    """

    database_url: str
    tenant_key: bytes
    secret_key: bytes
    operator_database_url: str | None = None
    redis_url: str | None = None
    files: Path = Path("files")
    tenants: Path = Path("tenants")
    secrets: Path | None = None
    https: bool = True
    demo: bool = False
    operator_host: str = "operator.localhost"
    operator_issuer: str = ""
    operator_client_id: str = ""
    operator_auth_method: str = "client_secret_basic"
    operator_secret_name: str = "operator-client"  # noqa: S105 - where the secret is, not what it is
    operator_email: str | None = None
    public_port: int | None = None
    smtp_url: str | None = None
    notify_url: str | None = None
    pinned_hosts: Mapping[str, str] = field(default_factory=dict)
    max_upload_bytes: int = 12 * 1024 * 1024

    @classmethod
    def from_environment(cls, env: Mapping[str, str] | None = None, *, role: str = "app") -> "Settings":
        """Read PORTAGE_* variables for a process of one database role; `Misconfigured` names what is missing."""
        env = os.environ if env is None else env
        port = env.get("PORTAGE_PUBLIC_PORT")
        return cls(
            database_url=sqlalchemy_url(_need(env, f"PORTAGE_{role.upper()}_DATABASE_URL")),
            tenant_key=bytes.fromhex(_need(env, "PORTAGE_TENANT_KEY")),
            secret_key=bytes.fromhex(_need(env, "PORTAGE_SECRET_KEY")),
            operator_database_url=sqlalchemy_url(env["PORTAGE_OPERATOR_DATABASE_URL"])
            if env.get("PORTAGE_OPERATOR_DATABASE_URL")
            else None,
            redis_url=env.get("PORTAGE_REDIS_URL") or None,
            files=Path(env.get("PORTAGE_FILES", "files")),
            tenants=Path(env.get("PORTAGE_TENANTS", "tenants")),
            secrets=Path(env["PORTAGE_SECRETS"]) if env.get("PORTAGE_SECRETS") else None,
            https=env.get("PORTAGE_HTTPS", "1") != "0",
            demo=env.get("PORTAGE_DEMO", "0") == "1",
            operator_host=env.get("PORTAGE_OPERATOR_HOST", "operator.localhost"),
            operator_issuer=env.get("PORTAGE_OPERATOR_ISSUER", ""),
            operator_client_id=env.get("PORTAGE_OPERATOR_CLIENT_ID", ""),
            operator_auth_method=env.get("PORTAGE_OPERATOR_AUTH_METHOD", "client_secret_basic"),
            operator_secret_name=env.get("PORTAGE_OPERATOR_SECRET_NAME", "operator-client"),
            operator_email=env.get("PORTAGE_OPERATOR_EMAIL") or None,
            public_port=int(port) if port else None,
            smtp_url=env.get("PORTAGE_SMTP_URL") or None,
            notify_url=env.get("PORTAGE_NOTIFY_URL") or None,
            pinned_hosts=_pins(env.get("PORTAGE_PINNED_HOSTS", "")),
        )


def _need(env: Mapping[str, str], name: str) -> str:
    if not env.get(name):
        raise Misconfigured(f"Set {name} in the environment of this process (see deploy/README.md).")
    return env[name]


def _pins(listed: str) -> dict[str, str]:
    """`host=address,host=address` for hosts that this machine does not resolve."""
    return dict(pair.split("=", 1) for pair in listed.split(",") if "=" in pair)
