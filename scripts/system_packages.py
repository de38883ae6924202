"""Make sure that the programs which the tests drive are there: a browser, nginx, a Java runtime for the HTML
checker, and the library under letters as PDF.

Installs what is missing through apt where it may; elsewhere it names the package in one sentence and fails, because a
test that is skipped for want of a program proves nothing.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# A user's PATH on Debian leaves out the folder where nginx is.
PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"])
MAC_BROWSERS = ("/Applications/Chromium.app", "/Applications/Google Chrome.app")


@dataclass(frozen=True, slots=True)
class Program:
    """A program that the tests start, by the names it may have, and the packages that bring it."""

    meaning: str
    names: tuple[str, ...]
    debian: str
    brew: str
    elsewhere: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()  # a library has no name to run: what Python can do only with it

    def is_here(self) -> bool:
        """Whether one of its names is found and really runs, or what needs the library finds it."""
        if self.proof:
            tried = [sys.executable, *self.proof]
            return subprocess.run(tried, capture_output=True, timeout=60, check=False).returncode == 0
        if any(Path(place).exists() for place in self.elsewhere):
            return True
        return any(runs(found) for name in self.names if (found := shutil.which(name, path=PLACES)))


PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
PROGRAMS = (
    Program("a browser", ("chromium", "chromium-browser", "google-chrome"), "chromium", "chromium", MAC_BROWSERS),
    Program("nginx", ("nginx",), "nginx-light", "nginx"),
    Program("the library of the browser's driver", (), "libatomic1", "gcc", proof=("-m", "playwright", "--version")),
    Program("Pango", (), PANGO, "pango", proof=("-c", "import weasyprint")),
    Program("a Java runtime", ("java",), "default-jre-headless", "openjdk"),
)


def runs(program: str) -> bool:
    """Whether `program` answers to a question for its version; macOS has a `java` that only asks to install one."""
    for question in ("-version", "--version", "-v"):
        if subprocess.run([program, question], capture_output=True, timeout=60, check=False).returncode == 0:
            return True
    return False


def apt_command() -> list[str] | None:
    """apt-get as somebody who may install, or None where that is not possible without asking for a password."""
    apt = shutil.which("apt-get")
    if apt is None:
        return None
    if os.geteuid() == 0:
        return [apt]
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", "env", "DEBIAN_FRONTEND=noninteractive", apt]
    return None


def install(apt: list[str], packages: list[str]) -> None:
    """Install `packages`; what went wrong is printed by apt-get and noticed by the check that follows."""
    print(f"tests: installing {', '.join(packages)} with apt-get", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*apt, "update", "-qq"], check=False, env=environment, stdout=subprocess.DEVNULL)
    quietly = ["install", "-y", "-qq", "--no-install-recommends"]
    subprocess.run([*apt, *quietly, *packages], check=False, env=environment, stdout=subprocess.DEVNULL)


def main() -> int:
    """Install what is missing where that is allowed; give 1 and a sentence if something is still missing."""
    missing = [program for program in PROGRAMS if not program.is_here()]
    apt = apt_command() if missing else None
    if apt:
        install(apt, [package for program in missing for package in program.debian.split()])
        missing = [program for program in missing if not program.is_here()]
    for program in missing:
        package = f"brew install {program.brew}" if sys.platform == "darwin" else f"apt-get install {program.debian}"
        print(f"tests: {program.meaning} is missing and could not be installed from here; please run: {package}")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
