"""The service's own processes in the demo, and the environment that each of them reads."""

import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from portage.demo.logins import Logins
from portage.demo.personas import OPERATORS, OPERATORS_CLIENT, OPERATORS_SECRET
from portage.demo.places import keep_secret, repository
from portage.demo.processes import Program, Stage, answers, demand_free_port, ready_at_once

PROVIDER_HOST = "idp.localhost"
OPERATOR_HOST = "operator.localhost"
TEXTS = "notify.json"  # in the folder of a run: the services that the stand-in for GOV.UK Notify knows


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens; all follow from the port of its pages."""

    host: str
    pages: int

    @property
    def mails(self) -> int:
        """The page that shows caught mails."""
        return self.pages + 1

    @property
    def smtp(self) -> int:
        """The mail catcher."""
        return self.pages + 2

    @property
    def texts(self) -> int:
        """What stands in for GOV.UK Notify."""
        return self.pages + 3

    @property
    def provider(self) -> int:
        """The identity provider."""
        return self.pages + 10

    @property
    def provider_base(self) -> str:
        """Where browsers find the identity provider."""
        return f"http://{PROVIDER_HOST}:{self.provider}"

    def demand_free(self) -> None:
        """Raise `CannotStart` for the first port that another program uses."""
        remedy = f"stop that program, or choose another port with `portage demo --port {self.pages + 100}`."
        demand_free_port(self.host, self.pages, purpose="the pages", remedy=remedy)
        purposes = {"the caught e-mails": self.mails, "e-mail": self.smtp, "texts": self.texts}
        for purpose, port in {**purposes, "signing in": self.provider}.items():
            demand_free_port("127.0.0.1", port, purpose=purpose, remedy=remedy)


def environment(state: Path, ports: Ports, logins: Logins, broker: str) -> dict[str, str]:
    """What every process of the service reads; the owner's login is for preparing alone and is not among it."""
    secrets = state / "secrets"
    return {
        **{f"PORTAGE_{role.upper()}_DATABASE_URL": logins.roles[role] for role in ("app", "worker", "operator")},
        "PORTAGE_REDIS_URL": broker,
        "PORTAGE_TENANT_KEY": keep_secret(state / "tenant_key.secret"),
        "PORTAGE_SECRET_KEY": keep_secret(state / "secret_key.secret"),
        "PORTAGE_FILES": str(state / "files"),
        "PORTAGE_TENANTS": str(repository() / "tenants"),
        "PORTAGE_SECRETS": str(secrets),
        "PORTAGE_HTTPS": "0",
        "PORTAGE_DEMO": "1",
        "PORTAGE_PUBLIC_PORT": str(ports.pages),
        "PORTAGE_OPERATOR_HOST": OPERATOR_HOST,
        "PORTAGE_OPERATOR_ISSUER": f"{ports.provider_base}/{OPERATORS}",
        "PORTAGE_OPERATOR_CLIENT_ID": OPERATORS_CLIENT,
        "PORTAGE_OPERATOR_SECRET_NAME": OPERATORS_SECRET,
        "PORTAGE_SMTP_URL": f"smtp://127.0.0.1:{ports.smtp}",
        "PORTAGE_NOTIFY_URL": f"http://127.0.0.1:{ports.texts}",
        "PORTAGE_PINNED_HOSTS": f"{PROVIDER_HOST}=127.0.0.1",
    }


def programs(state: Path, ports: Ports, told: Mapping[str, str]) -> list[Program]:
    """Everything that runs beside the servers: mail catcher, provider, pages, relay, worker, scheduler."""
    mails = ["portage.demo.mailcatcher", "--folder", str(state / "mails")]
    mails += ["--smtp-port", str(ports.smtp), "--port", str(ports.mails)]
    mails += ["--texts", str(state / TEXTS), "--texts-port", str(ports.texts)]
    provider = ["portage.demo.provider", "--settings", str(state / "realms.json"), "--state", str(state / "provider")]
    provider += ["--port", str(ports.provider)]
    return [
        _program("mails", mails, {}, Stage.NEIGHBOUR, ports.mails),
        _program("provider", provider, {}, Stage.NEIGHBOUR, ports.provider),
        web(ports, told),
        *(_program(name, ["portage.cli", name], told) for name in ("relay", "worker", "scheduler")),
    ]


def web(ports: Ports, told: Mapping[str, str]) -> Program:
    """The pages, by gunicorn as in production but without nginx in front."""
    configuration = repository() / "deploy" / "gunicorn.conf.py"
    command = ["gunicorn", *(["--config", str(configuration)] if configuration.is_file() else [])]
    command += [
        "--bind",
        f"{ports.host}:{ports.pages}",
        "--worker-class",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "8",
    ]
    command += ["portage.app:create_app()"]
    return Program(
        "web", [sys.executable, "-m", *command], Stage.SERVICE, lambda: _healthy(ports), told, folder=repository()
    )


def _program(
    name: str, module: list[str], told: Mapping[str, str], stage: Stage = Stage.SERVICE, port: int = 0
) -> Program:
    ready = partial(answers, "127.0.0.1", port) if port else ready_at_once
    return Program(name, [sys.executable, "-m", *module], stage, ready, told, folder=repository())


def _healthy(ports: Ports) -> bool:
    host = "127.0.0.1" if ports.host in ("0.0.0.0", "::") else ports.host  # noqa: S104  compared, not bound to
    try:
        with urllib.request.urlopen(f"http://{host}:{ports.pages}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
