"""The rules of the house about where files lie and what they may not say."""

import ast
import importlib.util
import platform
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ROOT / "platform"
PACKAGE = PLATFORM / "portage"
COUNCILS = re.compile(r"leeds|lancashire|northants|northamptonshire|hampshire|portsmouth|christopher", re.IGNORECASE)
# The front end's compiled files, fetched by the bootstrap and never committed.
FETCHED = ("govuk-frontend.min.css", "govuk-frontend.min.js")


def text_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Each file of a folder that holds text, with it."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


@pytest.fixture(scope="module")
def house() -> ModuleType:
    """The house rules that lint applies too."""
    spec = importlib.util.spec_from_file_location("house", ROOT / "scripts" / "house.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of the files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as packed:
        return set(packed.namelist())


def test_no_python_file_lies_directly_in_platform() -> None:
    assert list(PLATFORM.glob("*.py")) == []


def test_platform_is_no_package_and_the_standard_library_is_heard() -> None:
    assert not (PLATFORM / "__init__.py").exists()
    assert platform.system() in {"Linux", "Darwin"}
    assert not Path(platform.__file__).is_relative_to(ROOT)
    seen = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.system())"], cwd=ROOT, capture_output=True
    )
    assert seen.stdout.decode().strip() == platform.system()


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in PACKAGE.rglob("*.py")}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_each_slice_stands_in_the_contracts_of_imports() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    contracts = {contract["id"]: contract for contract in told}
    slices = {f"portage.{folder.parent.name}" for folder in PACKAGE.glob("*/__init__.py")}
    layered = set(re.findall(r"portage\.\w+", " ".join(contracts["slices"]["layers"])))
    closed_to_plugins = set(contracts["plugins-see-the-contract"]["forbidden_modules"])
    assert slices - layered == set()
    assert slices - closed_to_plugins == {"portage.policy"}


def test_nothing_under_platform_names_a_council() -> None:
    named = [str(path.relative_to(ROOT)) for path in PLATFORM.rglob("*") if COUNCILS.search(path.name)]
    for path, text in text_files(PLATFORM):
        found = COUNCILS.search(text)
        if found:
            named.append(f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}: {found.group()}")
    assert named == []


def test_no_file_names_a_registry_or_a_path_of_one_machine(house: ModuleType) -> None:
    found: list[str] = []
    for path in house.tracked():
        try:
            found += house.forbidden_words(path.relative_to(ROOT), path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "see https://" + "pypi" + ".org/simple",
        "--" + "index-url https://x.example",
        "open('/" + "root/x')",
        "cd /" + "home/ann/x",
    ],
)
def test_the_search_for_such_words_finds_them(house: ModuleType, line: str) -> None:
    assert list(house.forbidden_words(Path("x"), line))


def test_locked_requirements_hold_hashes_and_no_addresses() -> None:
    files = sorted((ROOT / "requirements").glob("*.txt"))
    assert {file.stem for file in files} == {"runtime", "demo", "assets", "pdf", "suggest", "dev"}
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert "://" not in text
        entries = re.split(r"\n(?=\S)", text.strip())
        assert len(entries) > 30
        assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_a_wheel_holds_every_page_style_and_migration(wheel: set[str]) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "platform/portage", "migrations"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    here = [name for name in listed.stdout.split() if (ROOT / name).is_file()]
    expected = {name.removeprefix("platform/").replace("migrations/", "portage/_migrations/", 1) for name in here}
    expected |= {f"portage/web/static/govuk/{name}" for name in FETCHED}
    assert expected - wheel == set()
    assert any("/templates/" in name for name in expected)
    assert any("_migrations/versions/" in name for name in expected)


def test_a_wheel_holds_nothing_but_the_package(wheel: set[str]) -> None:
    assert {name.split("/")[0] for name in wheel} == {"portage", "portage_platform-0.1.0.dist-info"}


def distribution_names(requirements: list[str]) -> set[str]:
    """The normalised names in a list of requirements."""
    return {re.split(r"[\[<>=; ]", line)[0].lower().replace("_", "-") for line in requirements}


def imported(path: Path) -> set[str]:
    """The first names of everything that a module imports by an absolute name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


# Brought by Flask, whose own pages tell to import them so.
BROUGHT = {"werkzeug", "jinja2", "markupsafe", "blinker", "itsdangerous"}


def test_the_platform_imports_only_what_it_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime = distribution_names(project["dependencies"]) | BROUGHT
    demo = runtime | distribution_names(project["optional-dependencies"]["demo"])
    extras = set().union(*(distribution_names(project["optional-dependencies"][name]) for name in ("pdf", "suggest")))
    providers = packages_distributions()
    undeclared: list[str] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        allowed = (demo if "demo" in path.parts else runtime) | extras
        for name in imported(path) - sys.stdlib_module_names - {"portage"}:
            owners = {owner.lower().replace("_", "-") for owner in providers.get(name, [name])}
            if not owners & allowed:
                undeclared.append(f"{path.relative_to(ROOT)}: {name}")
    assert undeclared == []
