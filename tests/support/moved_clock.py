"""Runs a program whose clock a test may move on: `python -m support.moved_clock FILE portage.demo.provider ...`.

FILE holds by how many seconds; without it the clock is right. The service asks the time in one place, and so does the
demonstration's provider, so that a person signs in tomorrow as they will tomorrow.
"""

import runpy
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

from portage.core import clock
from support.run import share_compiled_templates


def main(ahead: Path, module: str) -> None:
    """Run a module as the main one, with what is left of the command line."""
    seconds, now = time.time, clock.now

    def moved_on() -> float:
        return float(ahead.read_text(encoding="ascii")) if ahead.exists() else 0.0

    def moved_seconds() -> float:
        return seconds() + moved_on()

    def moved_now() -> datetime:
        return now() + timedelta(seconds=moved_on())

    share_compiled_templates()
    vars(time)["time"] = moved_seconds
    vars(clock)["now"] = moved_now
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    file, *sys.argv = sys.argv[1:]
    main(Path(file), sys.argv[0])
