"""The scripts behind make: one clear sentence for whatever a fresh machine lacks, and lints that notice."""

import importlib.util
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
    monkeypatch.setattr(packages, "MAC_BROWSERS", ())
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
    monkeypatch.setattr(packages, "install", lambda _apt, names: installed.extend(names))
    monkeypatch.setattr(packages.Program, "is_here", lambda self: set(self.debian.split()) <= set(installed))
    assert packages.main() == 0
    pango = ["libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"]
    assert installed == ["chromium", "nginx-light", "libatomic1", *pango, "default-jre-headless"]


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
