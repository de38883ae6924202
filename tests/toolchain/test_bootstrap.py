"""The scripts behind make: one clear sentence for whatever a fresh machine lacks, and lints that notice."""

import importlib.util
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def script() -> Callable[[str], ModuleType]:
    """A fresh copy of one of the scripts, by its name."""

    def loaded(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"script_{name}", ROOT / "scripts" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up by name
        spec.loader.exec_module(module)
        return module

    return loaded


def test_a_python_that_is_too_old_is_told_in_one_sentence(
    script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap = script("bootstrap")
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda _name: None)
    with pytest.raises(SystemExit, match=r"^bootstrap: Python 3\.11 or later is needed and this is 3\.9; .*\.$"):
        bootstrap.use_a_new_enough_python()


def test_a_newer_python_beside_an_old_one_is_used(
    script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap = script("bootstrap")
    started: list[str] = []
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setattr(bootstrap.shutil, "which", lambda name: sys.executable if name == "python3.12" else None)
    monkeypatch.setattr(bootstrap.os, "execv", lambda program, _arguments: started.append(program))
    with pytest.raises(SystemExit):  # a real execv does not come back
        bootstrap.use_a_new_enough_python()
    assert started == [sys.executable]


def test_a_missing_venv_module_is_told_with_the_package_that_brings_it(
    script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    bootstrap = script("bootstrap")
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / "venv")
    monkeypatch.setattr(bootstrap.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(
        SystemExit, match=r"^bootstrap: Python's venv module is missing; .*apt-get install python3-venv$"
    ):
        bootstrap.make_environment()


def test_a_missing_program_is_named_and_fails_the_run(
    script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    packages = script("system_packages")
    monkeypatch.setattr(packages.shutil, "which", lambda _name, path=None: None)
    monkeypatch.setattr(packages, "PROGRAMS", (packages.Program("nginx", ("no-such-nginx",), "nginx-light", "nginx"),))
    assert packages.main() == 1
    sentence = capsys.readouterr().out
    assert sentence.startswith("tests: nginx is missing and could not be installed from here; please run: ")
    assert sentence.count("\n") == 1


def test_what_is_missing_is_installed_where_that_is_allowed(
    script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = script("system_packages")
    installed: list[str] = []
    monkeypatch.setattr(packages, "apt_command", lambda: ["apt-get"])
    monkeypatch.setattr(packages, "has_chromium_package", lambda: True)
    monkeypatch.setattr(packages, "install", lambda _apt, names: installed.extend(names))
    monkeypatch.setattr(packages.Program, "is_here", lambda self: set(self.debian.split()) <= set(installed))
    assert packages.main() == 0
    pango = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
    assert installed == ["libatomic1", "chromium", "nginx-light", *pango, "default-jre-headless"]


UBUNTU = 'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nID=ubuntu\nID_LIKE=debian\n'
DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\n'


@pytest.fixture
def machine(
    script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., tuple[ModuleType, list[list[str]]]]:
    """The script on a pretended machine where nothing is installed, and every command that it runs there."""

    def pretended(release: str, platform: str, apt: list[str] | None) -> tuple[ModuleType, list[list[str]]]:
        packages, ran = script("system_packages"), list[list[str]]()
        (tmp_path / "os-release").write_text(release, encoding="utf-8")

        def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[bytes]:
            ran.append([Path(part).name if part == sys.executable else part for part in command])
            return subprocess.CompletedProcess(command, 1 if "-c" in command or "--version" in command else 0)

        monkeypatch.setattr(packages, "RELEASE", tmp_path / ("os-release" if release else "none"))
        monkeypatch.setattr(packages, "apt_command", lambda: apt)
        monkeypatch.setattr(packages.sys, "platform", platform)
        monkeypatch.setattr(packages.shutil, "which", lambda _name, path=None: None)
        monkeypatch.setattr(packages.Program, "found", lambda _self: None)
        monkeypatch.setattr(packages.subprocess, "run", run)
        return packages, ran

    return pretended


def test_on_ubuntu_the_driver_brings_the_browser_because_the_package_is_a_snap(
    machine: Callable[..., tuple[ModuleType, list[list[str]]]], capsys: pytest.CaptureFixture[str]
) -> None:
    packages, ran = machine(UBUNTU, "linux", ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
    assert packages.main() == 1
    python = Path(sys.executable).name
    asked = [command for command in ran if "install" in command and "apt-get" in command]
    assert asked
    assert not any("chromium" in command for command in asked)
    fetched = [command for command in ran if "playwright" in command and command[-1] == "chromium"]
    assert fetched == [
        ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive", python, "-m", "playwright", "install-deps", "chromium"],
        [python, "-m", "playwright", "install", "chromium"],
    ]
    told = capsys.readouterr().out
    assert "a browser is missing" in told
    assert "please run: .venv/bin/playwright install --with-deps chromium\n" in told
    assert "please run: apt-get install nginx-light\n" in told


def test_on_macos_every_missing_program_is_named_with_what_brings_it(
    machine: Callable[..., tuple[ModuleType, list[list[str]]]], capsys: pytest.CaptureFixture[str]
) -> None:
    packages, ran = machine("", "darwin", None)
    assert packages.main() == 1
    told = capsys.readouterr().out
    for command in (
        ".venv/bin/playwright install --with-deps chromium",
        "brew install nginx",
        "brew install openjdk",
        "brew install pango",
    ):
        assert f"please run: {command}\n" in told
    assert "apt-get" not in told
    assert ["playwright", "install", "chromium"] in [command[2:] for command in ran]


def test_one_package_that_a_release_does_not_know_keeps_back_no_other(
    machine: Callable[..., tuple[ModuleType, list[list[str]]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    packages, _ = machine(DEBIAN, "linux", ["apt-get"])
    there: list[str] = []

    def run(command: list[str], **_options: object) -> subprocess.CompletedProcess[bytes]:
        names = command[command.index("--no-install-recommends") + 1 :] if "install" in command else []
        unknown = "libharfbuzz-subset0" in names
        there.extend([] if unknown else names)
        return subprocess.CompletedProcess(command, 100 if unknown else 0)

    monkeypatch.setattr(packages.subprocess, "run", run)
    packages.install(["apt-get"], ["nginx-light", "libharfbuzz-subset0", "libatomic1"])
    assert there == ["nginx-light", "libatomic1"]


def test_a_browser_in_a_snap_is_passed_over(
    script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    packages = script("system_packages")
    snap, real = tmp_path / "usr" / "snap", tmp_path / "google-chrome"
    for program in (snap, real):
        program.parent.mkdir(exist_ok=True)
        program.write_text("#!/bin/sh\nexit 0\n", encoding="ascii")
        program.chmod(0o755)
    (tmp_path / "chromium").symlink_to(snap)
    monkeypatch.setattr(packages, "PLACES", str(tmp_path))
    assert packages.BROWSER.found() == str(real)
    real.unlink()
    monkeypatch.setattr(packages, "PLACES", str(tmp_path))
    assert packages.Program("a browser", ("chromium",), "", "").found() is None


def test_a_policy_whose_folder_is_gone_is_taken_out_of_the_environment(
    script: Callable[[str], ModuleType], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap = script("bootstrap")
    (tmp_path / "here").mkdir()
    for name in ("here", "west_gone"):
        (tmp_path / f"_editable_impl_portage_{name}.pth").write_text(f"{tmp_path / name}\n", "utf-8")
    assert bootstrap.gone([tmp_path]) == ["portage-west-gone"]
    asked: list[list[str]] = []
    monkeypatch.setattr(bootstrap.subprocess, "call", lambda words, **_: asked.append(words) or 0)
    bootstrap.take_away(["/x/uv", "pip", "install", "--quiet", "--python", "p"], ["portage-a"])
    bootstrap.take_away(
        ["p", "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"], ["portage-a"]
    )
    assert asked == [
        ["/x/uv", "pip", "uninstall", "--quiet", "--python", "p", "portage-a"],
        ["p", "-m", "pip", "uninstall", "--quiet", "--disable-pip-version-check", "--yes", "portage-a"],
    ]


def test_rooms_that_are_too_large_are_noticed(script: Callable[[str], ModuleType]) -> None:
    house = script("house")
    body = "def long():\n" + "    x = 1\n" * 40
    assert [line.split(": ")[1].split(" has")[0] for line in house.too_large(Path("a.py"), body)] == ["long"]
    assert len(list(house.too_large(Path("a.py"), "x = 1\n" * 401))) == 1
    assert list(house.too_large(Path("a.py"), "x = 1\n" * 400)) == []
    assert list(house.misplaced(Path("platform/portage/visits/utils.py")))
    assert list(house.misplaced(Path("platform/conftest.py")))


def test_a_secret_in_a_file_is_noticed_and_never_printed(
    script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    find_secrets = script("find_secrets")
    monkeypatch.setattr(find_secrets, "ROOT", tmp_path)
    (tmp_path / "council.toml").write_text('key = "AKIA' + 'Z7Q4XWJ2M5TB3KLN"\n', encoding="utf-8")
    assert find_secrets.findings(["council.toml"], [{"name": "AWSKeyDetector"}]) == ["council.toml:1: AWS Access Key"]


def test_make_help_names_each_target() -> None:
    told = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    named = {line.split()[1] for line in told.splitlines()}
    assert named == {
        "help",
        "bootstrap",
        "demo",
        "test",
        "test-long",
        "bench",
        "lint",
        "format",
        "lock",
        "wheels",
        "clean",
    }


# What GNU make 3.81 and bash 3.2, the newest that macOS brings, do not know or read otherwise.
NEWER_MAKE = (
    r"^\.ONESHELL",
    r"!=",
    r"::=",
    r"\$\(file ",
    r"^undefine ",
    r"^\.RECIPEPREFIX",
    r"\$\((let|intcmp) ",
    r"&:",
)
NEWER_BASH = (r"&>>", r"\|&", r"\b(mapfile|readarray|coproc)\b", r"declare -[A-Za-z]*[An]", r"\$\{\w+(,|\^)", r";;?&")
GNU_ALONE = (r"sed -i", r"readlink -f", r"date -d", r"stat -c", r"\bnproc\b", r"\bflock\b", r"\bsetsid\b", r"grep -P")


@pytest.mark.parametrize("name", ["Makefile", ".ci/run"])
def test_nothing_in_make_needs_more_than_macos_has(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    for line in (line for line in lines if not line.lstrip().startswith("#")):
        for pattern in (*NEWER_MAKE, *NEWER_BASH, *GNU_ALONE):
            assert not re.search(pattern, line), (pattern, line)


def test_a_step_that_fails_inside_a_loop_stops_make_without_shell_flags_too() -> None:
    recipes = re.sub(r"\\\n", " ", (ROOT / "Makefile").read_text(encoding="utf-8")).splitlines()
    loops = [line for line in recipes if line.startswith("\t") and re.search(r"\bdo\b", line)]
    assert loops
    assert all("|| exit 1; done" in line for line in loops)
    others = [line for line in recipes if line.startswith("\t") and ";" in line and line not in loops]
    assert [line for line in others if "-exec" not in line] == []
