"""Run every check that reads the code without running it, two at a time, and say in one line how each went."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

# The slowest first, so that two cores finish together.
GATES: dict[str, list[str]] = {
    "types": [f"{BIN}/mypy"],
    "arrows": [f"{BIN}/lint-imports"],
    "secrets": [f"{BIN}/python", "scripts/find_secrets.py"],
    "style": [f"{BIN}/ruff", "check", "."],
    "form": [f"{BIN}/ruff", "format", "--check", "."],
    "house": [f"{BIN}/python", "scripts/house.py"],
}


def run_gate(name: str) -> tuple[str, int, float, str]:
    """Run one check; gives its name, return code, seconds and output."""
    started = time.monotonic()
    done = subprocess.run(
        GATES[name], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return name, done.returncode, time.monotonic() - started, done.stdout


def main() -> int:
    """Run all gates and give 1 if any of them failed."""
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for name, code, seconds, output in pool.map(run_gate, GATES):
            failed |= code != 0
            if code:
                print(output)
            print(f"lint: {name:8} {'FAILED' if code else 'ok'} ({seconds:.1f} s)", flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
