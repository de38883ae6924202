"""The Nu HTML checker: one Java process for a test run, shared by its workers, gone when the last of them is."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

JAR = Path(__file__).resolve().parents[2] / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
PORTS = range(21_000, 21_400)
PATIENCE = 60.0


class Nu:
    """A running checker."""

    def __init__(self, address: str) -> None:
        self.address = address

    def errors(self, html: str) -> list[str]:
        """What is wrong with a document, each with its line and the words around it; warnings are not errors."""
        request = urllib.request.Request(  # noqa: S310 - the address is our own server's
            f"{self.address}?out=json", html.encode(), {"Content-Type": "text/html; charset=utf-8"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            messages = json.load(answer)["messages"]
        return [
            f"line {message.get('lastLine', '?')}: {message['message']}: {message.get('extract', '').strip()}"
            for message in messages
            if message["type"] in ("error", "non-document-error")
        ]

    def assert_valid(self, html: str) -> None:
        """Fail when the checker finds an error."""
        found = self.errors(html)
        assert not found, "\n".join(found)


def shared(folder: Path) -> Nu:
    """The checker of the run whose workers share `folder`; the first one that asks starts it."""
    users = folder / "users"
    users.mkdir(parents=True, exist_ok=True)
    (users / str(os.getpid())).touch()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "address").exists():
            _start(folder)
    return Nu((folder / "address").read_text("utf-8"))


def _start(folder: Path) -> None:
    """Start the minder, and wait until its checker answers."""
    if not JAR.is_file():
        raise RuntimeError("The Nu checker is missing: run `python scripts/static_files.py --tests`.")
    from support import programs  # the minder below runs this file by itself

    java = programs.found("JAVA")
    if java is None:
        raise RuntimeError("A Java runtime is missing: run `python scripts/system_packages.py`.")
    port = next(port for port in PORTS if _free(port))
    with (folder / "nu.log").open("wb") as log:
        minder = subprocess.Popen(
            [sys.executable, __file__, str(folder), str(port), java],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}/"
    deadline = time.monotonic() + PATIENCE
    while not _answers(address):
        if minder.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The Nu checker did not start: {(folder / 'nu.log').read_text('utf-8')[-2000:]}")
        time.sleep(0.1)
    minder.returncode = 0  # it outlives this process on purpose; it ends itself
    (folder / "address").write_text(address, "utf-8")


def _free(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) != 0


def _answers(address: str) -> bool:
    try:
        return bool(Nu(address).errors("<!doctype html><html lang=en><title>x</title><p>x") is not None)
    except (urllib.error.URLError, OSError, json.JSONDecodeError):
        return False


def mind(folder: Path, port: int, java: str) -> None:
    """Run the checker for as long as any worker of the run lives."""
    checker = subprocess.Popen(
        [
            java,
            "-Xmx256m",
            "-Xss8m",  # its schemas are read by deep recursion
            "-XX:TieredStopAtLevel=1",
            "-Dnu.validator.servlet.bind-address=127.0.0.1",
            "-cp",
            str(JAR),
            "nu.validator.servlet.Main",
            str(port),
        ]
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while checker.poll() is None and any(_alive(int(user.name)) for user in (folder / "users").iterdir()):
            time.sleep(0.5)
    finally:
        checker.terminate()
        checker.wait()


def _alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


if __name__ == "__main__":
    mind(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
