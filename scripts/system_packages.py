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

# A user's PATH on Debian leaves out the folder where nginx is, and Homebrew keeps its Java out of everybody's.
PLACES = os.pathsep.join(
    [
        os.environ.get("PATH", ""),
        "/usr/sbin",
        "/usr/local/sbin",
        "/opt/homebrew/bin",
        "/opt/homebrew/opt/openjdk/bin",
        "/usr/local/opt/openjdk/bin",
    ]
)
APPLICATIONS = "/Applications"
MAC_BROWSERS = ("Chromium.app/Contents/MacOS/Chromium", "Google Chrome.app/Contents/MacOS/Google Chrome")
RELEASE = Path("/etc/os-release")


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
        return self.found() is not None or (bool(self.proof) and proven(self.proof))

    def found(self) -> str | None:
        """The program itself, the first that really runs."""
        named = [*(shutil.which(name, path=PLACES) for name in self.names), *self.elsewhere]
        return next((place for place in named if place and not is_confined(place) and runs(place)), None)


PANGO = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
# The browser that its driver brings for itself, where it does.
OWN_BROWSER = """
import os
from playwright.sync_api import sync_playwright
with sync_playwright() as driver:
    raise SystemExit(not os.path.exists(driver.chromium.executable_path))
"""
BROWSER = Program(
    "a browser",
    ("chromium", "chromium-browser", "google-chrome"),
    "chromium",
    "chromium",
    tuple(f"{APPLICATIONS}/{name}" for name in MAC_BROWSERS),
    proof=("-c", OWN_BROWSER),
)
NGINX = Program("nginx", ("nginx",), "nginx-light", "nginx")
JAVA = Program("a Java runtime", ("java",), "default-jre-headless", "openjdk")
DRIVER = Program(
    "the library of the browser's driver", (), "libatomic1", "gcc", proof=("-m", "playwright", "--version")
)
# The driver stands before the browser, because it may have to bring it.
PROGRAMS = (DRIVER, BROWSER, NGINX, Program("Pango", (), PANGO, "pango", proof=("-c", "import weasyprint")), JAVA)


def proven(proof: tuple[str, ...]) -> bool:
    """Whether Python can do what it can do only with the library."""
    return subprocess.run([sys.executable, *proof], capture_output=True, timeout=60, check=False).returncode == 0


def is_confined(program: str) -> bool:
    """Whether this is a snap: it sees neither our files nor the folder in which the tests tell it to keep its own."""
    return Path(program).resolve().name == "snap"


def has_chromium_package() -> bool:
    """Whether the system's packages bring Chromium itself; Ubuntu's only asks for a snap, and macOS has none."""
    told = RELEASE.read_text(encoding="utf-8") if RELEASE.is_file() else ""
    return "ID=debian" in told.splitlines()


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
    command = [*apt, "install", "-y", "-qq", "--no-install-recommends"]
    together = subprocess.run([*command, *packages], check=False, env=environment, stdout=subprocess.DEVNULL)
    if together.returncode and len(packages) > 1:  # one that this release does not know keeps back all of them
        for package in packages:
            subprocess.run([*command, package], check=False, env=environment, stdout=subprocess.DEVNULL)


def bring_browser(apt: list[str] | None) -> None:
    """Let the driver fetch the Chromium that it is made for, with the libraries under it where that is allowed."""
    print("tests: letting Playwright fetch its Chromium", flush=True)
    playwright = [sys.executable, "-m", "playwright"]
    if apt:
        subprocess.run([*apt[:-1], *playwright, "install-deps", "chromium"], check=False, stdout=subprocess.DEVNULL)
    subprocess.run([*playwright, "install", "chromium"], check=False, stdout=subprocess.DEVNULL)


def remedy(program: Program) -> str:
    """What somebody types who may install it."""
    if program is BROWSER and not has_chromium_package():
        return ".venv/bin/playwright install --with-deps chromium"
    return f"brew install {program.brew}" if sys.platform == "darwin" else f"apt-get install {program.debian}"


def main() -> int:
    """Install what is missing where that is allowed; give 1 and a sentence if something is still missing."""
    missing = [program for program in PROGRAMS if not program.is_here()]
    apt = apt_command() if missing else None
    packaged = [program for program in missing if program is not BROWSER or has_chromium_package()]
    if apt and packaged:
        install(apt, [package for program in packaged for package in program.debian.split()])
    if BROWSER in missing and BROWSER not in packaged:
        bring_browser(apt)
    missing = [program for program in missing if not program.is_here()]
    for program in missing:
        told = f"tests: {program.meaning} is missing and could not be installed from here; please run:"
        print(f"{told} {remedy(program)}")
    return int(bool(missing))


if __name__ == "__main__":
    sys.exit(main())
