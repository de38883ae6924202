"""Make `.venv` with the locked packages and the projects of this repository; run by `make bootstrap` and `make demo`.

Written for any Python 3, because telling somebody that theirs is too old is one of its tasks.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
NEWER_NAMES = ("python3.13", "python3.12", "python3.11", "python3.14")


def stop(sentence):  # type: (str) -> None
    """End with one sentence for the person at the terminal."""
    sys.exit("bootstrap: " + sentence)


def use_a_new_enough_python():  # type: () -> None
    """Go on under Python 3.11 or later, whatever `python3` means here."""
    if sys.version_info >= OLDEST:
        return
    for name in NEWER_NAMES:
        found = shutil.which(name)
        if found and subprocess.call([found, "-c", "pass"], stderr=subprocess.DEVNULL) == 0:
            os.execv(found, [found, *sys.argv])  # noqa: S606  the same script, under the Python just found
    stop(
        "Python 3.11 or later is needed and this is {}.{}; install one, or name it with `make PYTHON=...`.".format(
            *sys.version_info[:2]
        )
    )


def make_environment():  # type: () -> Path
    """Create `.venv` if it is not there or was made by a Python that has gone, and give its interpreter."""
    python = VENV / "bin" / "python"
    if not python.exists():
        if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
            stop("Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv")
        print("bootstrap: making .venv with Python {}.{}".format(*sys.version_info[:2]), flush=True)
        subprocess.check_call([sys.executable, "-m", "venv", "--clear", str(VENV)])
    return python


def installer(python):  # type: (Path) -> list[str]
    """pip, or uv where the environment has one already: the same files, the same hashes, ten times faster.

    Neither compiles what it installs: one module after the other, and most of them are never imported, this was half
    of the minute in which somebody waits for the first page. Python compiles a module when it is first imported.
    """
    uv = VENV / "bin" / "uv"
    if uv.exists():
        return [str(uv), "pip", "install", "--quiet", "--python", str(python)]
    return [str(python), "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]


def run(install, *arguments):  # type: (list[str], *str) -> None
    """Run the installer and end with its own return code when it fails."""
    code = subprocess.call([*install, *arguments], cwd=str(ROOT))
    if code:
        stop("an installation failed; its own message stands above.")


def projects():  # type: () -> list[str]
    """The distributions of this repository, each installed so that an edit is seen at once."""
    folders = [ROOT, *sorted(path.parent for path in (ROOT / "policies").glob("*/pyproject.toml"))]
    return [argument for folder in folders for argument in ("--editable", str(folder))]


def gone(site_packages):  # type: (list[Path]) -> list[str]
    """The policies that an earlier version installed from a folder which is not here any more."""
    marks = [mark for folder in site_packages for mark in folder.glob("_editable_impl_portage_*.pth")]
    left = [mark for mark in marks if not any(Path(line).is_dir() for line in mark.read_text().split("\n") if line)]
    return sorted(mark.stem.replace("_editable_impl_", "").replace("_", "-") for mark in left)


def take_away(install, names):  # type: (list[str], list[str]) -> None
    """Uninstall distributions by the same program that installs."""
    at = install.index("install")
    confirmed = [] if install[0].endswith("uv") else ["--yes"]
    options = [each for each in install[at + 1 :] if each != "--no-compile"]
    run([*install[:at], "uninstall", *options], *confirmed, *names)


def main(purpose):  # type: (str) -> None
    """Install the lock file of `purpose` (dev or demo), then the projects themselves."""
    use_a_new_enough_python()
    python = make_environment()
    files = [purpose]
    if purpose == "demo":
        # The dev environment contains the demo's, with the same versions.
        if (VENV / "dev.stamp").exists():
            files = ["dev"]
        elif shutil.which("npm") is None:
            files.append("assets")
    print("bootstrap: installing requirements/" + ".txt and requirements/".join(files) + ".txt", flush=True)
    requirements = [argument for name in files for argument in ("--requirement", "requirements/" + name + ".txt")]
    run(installer(python), "--require-hashes", *requirements)
    run(installer(python), "--no-deps", "--no-build-isolation", *projects())
    left = gone([*VENV.glob("lib/python*/site-packages")])
    if left:
        take_away(installer(python), left)
    for name in {purpose, *files}:
        if name != "assets":
            (VENV / (name + ".stamp")).touch()


if __name__ == "__main__":
    main(sys.argv[1])
