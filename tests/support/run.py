"""The servers of this test run, as each of its processes asks for them."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

from portage.demo.places import server_account
from support import server

# Folders that every account can enter; what is made there is made by mkdtemp.
SHARED = ("/tmp", "/var/tmp")  # noqa: S108  see above
FOLDER = "PORTAGE_TEST_RUN"
PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the run's servers; the database ones name the template, which nobody but `clone` touches."""

    superuser: str
    owner: str
    roles: dict[str, str]
    valkey: str
    tenant_key: str
    secret_key: str


class Holder:
    """Held by the run's first process: makes the folder, and the process that will start the servers if asked."""

    def __init__(self) -> None:
        self.folder = enterable_folder("portage-test-")
        self._process = subprocess.Popen([sys.executable, server.__file__, str(self.folder)], stdin=subprocess.PIPE)
        os.environ[FOLDER] = str(self.folder)

    def end(self) -> None:
        """Stop whatever was started, and remove its files."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.environ.pop(FOLDER, None)


def servers() -> Servers:
    """Ask for the servers and wait until they are ready; fails with the reason when they cannot be."""
    folder = Path(os.environ[FOLDER])
    (folder / "wanted").touch()
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if (folder / "ready.json").exists():
            return Servers(**json.loads((folder / "ready.json").read_text(encoding="utf-8")))
        if (folder / "failed").exists():
            raise RuntimeError("the test servers did not start:\n" + (folder / "failed").read_text(encoding="utf-8"))
        time.sleep(0.02)
    raise TimeoutError(f"the test servers were not ready after {PATIENCE:.0f} s; their logs are in {folder}/logs")


def share_compiled_templates() -> None:
    """Let a template be compiled once for the run, whichever application and process asks for it."""
    compiled = Path(os.environ[FOLDER]) / "templates"
    compiled.mkdir(exist_ok=True)
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(compiled))}


def enterable_folder(prefix: str) -> Path:
    """A new folder that PostgreSQL's account can enter, also when we are root with a closed home."""
    account = server_account()
    parent = next(Path(place) for place in (tempfile.gettempdir(), *SHARED) if account.can_enter(Path(place)))
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    folder.chmod(0o755)
    return folder
