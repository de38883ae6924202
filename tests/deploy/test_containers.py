"""What the container files promise, as far as it can be read without an engine; nginx checks its part itself."""

import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from portage.cli import main
from support.front import certify, nginx
from support.run import enterable_folder

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
STEPS = ("migrate", "redetermine")  # each runs once, and ends
OURS = ("web", "relay", "worker", "scheduler", *STEPS)
OWNERS = ("migrate", "postgres")
SERVICES = (*OURS, "nginx", "postgres", "valkey")
# Read by `make demo` and tests alone; nobody who runs the service sets them.
DEMO_ALONE = {"PORTAGE_DEMO", "PORTAGE_PUBLIC_PORT"}
# Each role of the database has a login and a password, whose names the code puts together.
BUILT = {f"PORTAGE_{role}_PASSWORD" for role in ("APP", "WORKER", "OPERATOR", "BACKUP")} | {
    "PORTAGE_WORKER_DATABASE_URL"
}


@cache
def compose() -> dict[str, Any]:
    """The compose file, with its anchors followed."""
    read: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))
    return read


def service(name: str) -> dict[str, Any]:
    """One service of the compose file."""
    found: dict[str, Any] = compose()["services"][name]
    return found


def instructions() -> list[tuple[str, str]]:
    """The Containerfile's instructions, each with what follows it on its lines."""
    whole = re.sub(r"\\\n", " ", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    lines = (line.strip() for line in whole.splitlines())
    return [(line.split()[0], line.partition(" ")[2]) for line in lines if line and not line.startswith("#")]


def environment_of_image() -> dict[str, str]:
    """What the image itself sets."""
    told = next(rest for word, rest in instructions() if word == "ENV")
    return dict(pair.split("=", 1) for pair in told.split())


def example(name: str) -> dict[str, str]:
    """The settings of an example file, those of its comments too."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^#? ?([A-Z_]+)=(.*)$", text, re.MULTILINE))


def sent(path: str) -> bool:
    """Whether the engine is given a file of the repository: the last line of .dockerignore that fits it decides."""
    given = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        if not pattern or pattern.startswith("#"):
            continue
        parts = path.split("/")
        heads = ["/".join(parts[: n + 1]) for n in range(len(parts))]
        tried = parts if line.startswith("**/") else heads
        if any(fnmatch(each, pattern) for each in tried):
            given = line.startswith("!")
    return given


# ------------------------------------------------------------------------------------------------------------ compose


def test_every_part_of_the_service_is_there() -> None:
    assert set(compose()["services"]) == set(SERVICES)
    assert {service(name)["image"] for name in OURS} == {"portage-platform"}


@pytest.mark.parametrize("name", SERVICES)
def test_each_container_can_do_little(name: str) -> None:
    told = service(name)
    assert told["read_only"] is True
    assert told["cap_drop"] == ["ALL"]
    assert told["security_opt"] == ["no-new-privileges:true"]
    assert told["logging"]["options"]["max-size"]
    assert told["restart"] == ("no" if name in STEPS else "unless-stopped")
    assert "privileged" not in told
    if name in OURS:  # these are never root, not even at their beginning
        assert "cap_add" not in told
        assert "user" not in told


@pytest.mark.parametrize("name", SERVICES)
def test_only_nginx_is_reached_from_outside(name: str) -> None:
    assert service(name).get("ports", []) == (["80:8080", "443:8443"] if name == "nginx" else [])


@pytest.mark.parametrize("name", SERVICES)
def test_the_owners_login_is_known_to_the_database_and_its_migration_alone(name: str) -> None:
    files = service(name).get("env_file", [])
    assert ("owner.env" in ([files] if isinstance(files, str) else files)) == (name in OWNERS)
    assert "environment" not in service(name)


@pytest.mark.parametrize("name", ["relay", "worker", "scheduler", "web", *STEPS])
def test_a_process_hears_that_it_shall_end(name: str) -> None:
    assert service(name)["init"] is True


def test_the_database_is_asked_by_address_whether_it_is_ready() -> None:
    # On its first start the image runs a server on its socket alone, and ends it again.
    assert "pg_isready -h 127.0.0.1 " in service("postgres")["healthcheck"]["test"][1]
    assert service("migrate")["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in OURS:
        if name != "migrate":
            assert service(name)["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_nginx_begins_again_when_web_may_have_another_address() -> None:
    assert service("nginx")["depends_on"]["web"]["restart"] is True


def test_every_volume_is_declared_and_used() -> None:
    used = {volume.split(":")[0] for name in SERVICES for volume in service(name).get("volumes", [])}
    assert {name for name in used if not name.startswith("./")} == set(compose()["volumes"])


def test_what_a_host_fills_in_is_kept_out_of_history_and_image() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for private in ("deploy/.env", "deploy/owner.env", "deploy/secrets/", "deploy/nginx/tls/"):
        assert private in ignored
        assert not sent(private.rstrip("/"))
    for name in SERVICES:
        for volume in service(name).get("volumes", []):
            if volume.startswith("./"):
                source, _, mode = volume.split(":")
                assert mode == "ro"
                place = f"deploy/{source.removeprefix('./')}"
                assert (ROOT / place).exists() or f"{place}/" in ignored


def test_evidence_and_secrets_are_mounted_where_the_image_looks_for_them() -> None:
    told = environment_of_image()
    for name in ("web", "worker"):  # sign-in proves itself with them, and texts go out with a key
        mounted = [f"files:{told['PORTAGE_FILES']}", f"./secrets:{told['PORTAGE_SECRETS']}:ro"]
        assert service(name)["volumes"] == mounted


def test_each_command_is_one_that_the_platform_has() -> None:
    commands = main.list_commands(None)  # type: ignore[arg-type]  # the list depends on no context
    for name in OURS:
        command = service(name).get("command", [])
        for said in re.findall(r"portage ([a-z]+)", " ".join(command)):
            assert said in commands
    assert [service(name)["command"] for name in ("relay", "worker", "scheduler")] == [
        ["portage", name] for name in ("relay", "worker", "scheduler")
    ]


# -------------------------------------------------------------------------------------------------------- Containerfile


def test_all_that_the_image_is_made_of_is_there_and_sent() -> None:
    copied = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    assert copied
    for source in (source for sources in copied for source in sources):
        assert (ROOT / source).exists(), source
        assert sent(source), source
    listed = re.findall(r"-r (requirements/\S+)", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))
    assert listed
    for name in listed:
        assert (ROOT / name).is_file()


def test_nothing_else_is_sent() -> None:
    for path in (".git", ".venv", ".demo/logs", "node_modules/x", "tests/x.py", "docs/x.md", "deploy/compose.yml"):
        assert not sent(path), path
    assert not sent("platform/portage/web/static/govuk/made-from.txt")
    assert not sent("platform/portage/__pycache__/app.pyc")
    assert sent("platform/portage/app.py")


def test_the_image_ends_as_somebody_without_rights() -> None:
    words = [word for word, _ in instructions()]
    user = next(rest for word, rest in instructions() if word == "USER")
    assert user == "portage"
    assert "ADD" not in words
    told = environment_of_image()
    copied = {rest.split()[-1] for word, rest in instructions() if word == "COPY"}
    assert {told["PORTAGE_MIGRATIONS"], told["PORTAGE_TENANTS"]} <= copied
    command = next(rest for word, rest in instructions() if word == "CMD")
    assert '"/srv/portage/gunicorn.conf.py"' in command
    assert "/srv/portage/gunicorn.conf.py" in copied


def test_gunicorn_writes_nothing_into_the_home_that_it_cannot_write() -> None:
    assert runpy.run_path(str(DEPLOY / "gunicorn.conf.py"))["control_socket_disable"] is True


LOADING = """
import runpy, sys, threading
runpy.run_path(sys.argv[1])["on_starting"](None)
from flask import Flask
from portage.app import JOBS, VIEWS
missing = [name for name in (*VIEWS, "portage.messages.jobs") if name not in sys.modules]
import gc
opened = [each for each in gc.get_objects() if type(each).__name__ in ("Connection", "Redis", "Engine", "socket")]
print(missing, opened, threading.active_count(), [each for each in gc.get_objects() if isinstance(each, Flask)])
"""


def test_gunicorn_reads_the_code_in_before_its_processes_part_and_opens_nothing() -> None:
    """What a process inherits from the one that forked it is code alone: no connection is ever shared by two."""
    told = subprocess.run(
        [sys.executable, "-c", LOADING, str(DEPLOY / "gunicorn.conf.py")], capture_output=True, text=True, check=True
    )
    assert told.stdout == "[] [] 1 []\n"


@pytest.mark.parametrize("command", ["provision", "upgrade"])
def test_a_database_that_is_away_is_told_in_a_sentence(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAGE_OWNER_DATABASE_URL", "postgresql://owner@127.0.0.1:1/portage")
    monkeypatch.setenv("PORTAGE_TENANT_KEY", "00" * 32)
    for role in ("APP", "WORKER", "OPERATOR", "BACKUP"):
        monkeypatch.setenv(f"PORTAGE_{role}_PASSWORD", "invented")
    said = CliRunner().invoke(main, ["db", command])
    assert said.exit_code == 1
    assert said.output.startswith("Error: The database cannot be reached: ")
    assert "Traceback" not in said.output


# ---------------------------------------------------------------------------------------------------------------- nginx


@pytest.fixture
def container() -> Iterator[Path]:
    """The nginx container's mounts, laid out in a folder."""
    folder = enterable_folder("portage-container-")
    certificates = folder / "certificates"
    certificates.mkdir()
    certify(certificates)
    for volume in service("nginx")["volumes"]:
        source, place = volume.split(":")[:2]
        target = folder / place.removeprefix("/")
        if source == "./nginx/tls":
            shutil.copytree(certificates / "tls", target)
        elif source.startswith("./"):
            target.parent.mkdir(parents=True, exist_ok=True)
            # The name of a neighbouring container is known inside the engine's network alone.
            text = (DEPLOY / source).read_text(encoding="utf-8").replace("server web:8000 ", "server 127.0.0.1:8000 ")
            target.write_text(text, encoding="utf-8")
        else:
            target.mkdir(parents=True, exist_ok=True)
    yield folder
    shutil.rmtree(folder)


def test_nginx_finds_its_certificate_where_compose_puts_it(container: Path) -> None:
    script = service("nginx")["command"][2]
    options = re.search(r"exec nginx -p (\S+) -c (\S+)", script)
    assert options is not None
    prefix, configuration = (str(container / option.removeprefix("/")) for option in options.groups())
    said = subprocess.run(
        [nginx(), "-t", "-p", prefix, "-c", configuration], capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr


# ------------------------------------------------------------------------------------------------------------- settings


def read_by_the_code() -> set[str]:
    """Every setting that the platform's sources name, and those whose names they put together."""
    sources = [*(ROOT / "platform").rglob("*.py"), DEPLOY / "gunicorn.conf.py", *(ROOT / "migrations").glob("*.py")]
    named = {
        name for source in sources for name in re.findall(r'"(PORTAGE_[A-Z_]+)"', source.read_text(encoding="utf-8"))
    }
    return (named | BUILT) - DEMO_ALONE


def test_every_setting_is_described() -> None:
    described = set(re.findall(r"`(PORTAGE_[A-Z_]+)`", (DEPLOY / "README.md").read_text(encoding="utf-8")))
    assert read_by_the_code() - described == set()
    assert described - read_by_the_code() - {"PORTAGE_SECRET_"} == set()


def test_the_examples_name_only_what_is_read_and_all_that_is_needed() -> None:
    both = {**example("environment.example"), **example("owner.env.example")}
    assert {name for name in both if name.startswith("PORTAGE_")} <= read_by_the_code()
    assert {name for name in both if not name.startswith("PORTAGE_")} == {
        "POSTGRES_USER",
        "POSTGRES_PASSWORD",
        "POSTGRES_DB",
    }
    set_by_nobody = {"PORTAGE_BIND", "PORTAGE_LEASE", "PORTAGE_WEB_PROCESSES", "PORTAGE_WEB_THREADS", "PORTAGE_HTTPS"}
    assert read_by_the_code() - set_by_nobody - set(both) - set(environment_of_image()) == set()


def test_the_examples_hold_no_secret_and_no_setting_of_the_image() -> None:
    both = {**example("environment.example"), **example("owner.env.example")}
    for name, value in both.items():
        if name.endswith(("_KEY", "_PASSWORD")):
            assert value == "", name
    assert set(both) & set(environment_of_image()) == set()
