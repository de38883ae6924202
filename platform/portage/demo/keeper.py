"""Stop the servers of a run when the process that started them is gone, however it went.

Runs as a process of its own: its standard input is a pipe whose other end the starter holds and never writes to. When
that end closes, each process still listed in the file named on the command line is stopped, the last started first.
Works where Linux's parent-death signal does not exist, and stops in order where that would stop all at once.
"""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

PATIENCE = 15.0


def is_running(pid: int) -> bool:
    """Whether a process of this id exists and has not ended; one that ended may wait for its parent as a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True


def stop(pid: int, with_signal: int) -> None:
    """Ask a process to stop, wait for it, and end its whole group when it does not."""
    # macOS answers that a group may not be signalled when all that is left of it waits to be collected.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, with_signal)
        deadline = time.monotonic() + PATIENCE
        while is_running(pid) and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(pid, signal.SIGKILL)


def listed(file: Path) -> list[tuple[int, int]]:
    """The (process id, stop signal) pairs that the starter wrote, the last started first."""
    try:
        lines = file.read_text(encoding="ascii").split("\n")
    except FileNotFoundError:
        return []
    pairs = [tuple(map(int, line.split())) for line in lines if line]
    return [(pid, with_signal) for pid, with_signal in reversed(pairs)]


def main(file: Path) -> None:
    """Wait until the starter is gone, then stop what it left."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    sys.stdin.buffer.read()
    for pid, with_signal in listed(file):
        stop(pid, with_signal)
    file.unlink(missing_ok=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
