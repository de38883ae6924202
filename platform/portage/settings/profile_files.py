"""A developmental profile put from a spreadsheet into a council's folder, without a database."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from portage.core.spreadsheet import LARGEST
from portage.profiles.operations.files import as_told
from portage.profiles.sheet import read_sheet
from portage.settings.exporting import write_files
from portage.tenants.problems import FolderInvalid, Problem
from portage.tenants.reading import read_profiles
from portage.tenants.writing import profiles_as_toml

FILE = "profiles.toml"


def add_to_folder(folder: Path, sheet: Path, *, name: str, source: str, in_use_from: date | None) -> Path:
    """Add the list that a spreadsheet holds to a council's file of profiles; answers the file.

    Raises `FolderInvalid` with everything that is wrong in either of them, and `NotASpreadsheet`; then nothing changed.
    """
    with sheet.open("rb") as opened:
        areas, wrong = read_sheet(opened.read(LARGEST + 1), sheet.name)
    before, problems = read_profiles(folder / FILE)
    problems += [Problem(sheet, each.row, each.column, each.says) for each in wrong]
    if problems:
        raise FolderInvalid(problems)
    told = (*before, as_told(name, source, areas, in_use_from=in_use_from))
    written = profiles_as_toml(told)
    _refuse_misfits(folder / FILE, written)
    write_files({FILE: written}, folder)
    return folder / FILE


def _refuse_misfits(file: Path, written: str) -> None:
    """Read what would be written as `check` reads it: a list may be told twice, or have no name."""
    with TemporaryDirectory() as elsewhere:
        trial = Path(elsewhere) / file.name
        trial.write_text(written, encoding="utf-8")
        _, problems = read_profiles(trial)
    if problems:
        raise FolderInvalid(problem._replace(file=file) for problem in problems)
