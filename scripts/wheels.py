"""Check that every locked package is there as a wheel, with a locked hash, for each kind of machine that we name.

`make demo` promises to install without a compiler, on Debian, Ubuntu and macOS. No one machine can show that for the
others; the index can: nothing is downloaded or installed here, only chosen.
"""

import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13")
MACHINES = {
    "Linux, Intel and AMD": "x86_64-unknown-linux-gnu",
    "Linux, ARM": "aarch64-unknown-linux-gnu",
    "macOS, Apple silicon": "aarch64-apple-darwin",
    "macOS, Intel": "x86_64-apple-darwin",
}
# The development packages contain those of every other list, in the same versions.
LOCK = "requirements/dev.txt"


def chosen(python: str, machine: str) -> subprocess.CompletedProcess[str]:
    """What uv says of installing the lock file there, from wheels alone."""
    uv = Path(sys.executable).parent / "uv"
    there = ["--python-version", python, "--python-platform", machine, "--only-binary", ":all:"]
    with tempfile.TemporaryDirectory() as empty:
        command = [str(uv), "pip", "install", "--dry-run", "--target", empty, "--require-hashes", "-r", LOCK, *there]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def main() -> int:
    """Print one line for each Python and machine; give 1 when one of them would have to compile something."""
    bad = 0
    for (words, machine), python in itertools.product(MACHINES.items(), PYTHONS):
        said = chosen(python, machine)
        bad += said.returncode != 0
        print(f"Python {python}, {words}: {'not every package has a wheel' if said.returncode else 'wheels for all'}")
        if said.returncode:
            print(said.stderr.strip())
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
