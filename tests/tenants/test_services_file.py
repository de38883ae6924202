"""The services with which a council's directory begins: optional, checked as every file, and never overwritten."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import UUID

import pytest

from portage.core.db import db
from portage.core.identity import SYSTEM
from portage.core.tenancy import scoped
from portage.directory.models import Service
from portage.directory.operations import Particulars, change_service
from portage.settings.loading import load_council
from portage.tenants.problems import FolderInvalid
from portage.tenants.reading import read_manifest
from support.policies import TENANTS

GOOD = '[[service]]\nname = "Sleep clinic"\nwhat_for = "For tired families."\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a council's folder."""
    shutil.copytree(TENANTS / "leeds", tmp_path / "leeds")
    return tmp_path / "leeds"


def test_a_council_may_leave_the_file_out(folder: Path) -> None:
    (folder / "services.toml").unlink()
    assert read_manifest(folder).services == ()


@pytest.mark.parametrize(
    ("written", "line", "says"),
    [
        (GOOD + GOOD, 5, "Sleep clinic is told twice."),
        (GOOD + "age_from_months = 24\nage_to_months = 12\n", 5, "comes before the first age."),
        (GOOD + 'email = "nobody"\n', 4, "must be an e-mail address"),
        (GOOD + "age_from_months = 400\n", 4, "300"),
        (GOOD + "colour = 3\n", 4, "colour"),
        ("[[service]\n", 1, ""),
    ],
)
def test_a_slip_is_named_with_its_line(folder: Path, written: str, line: int, says: str) -> None:
    (folder / "services.toml").write_text(written, encoding="utf-8")
    with pytest.raises(FolderInvalid) as refused:
        read_manifest(folder)
    (problem,) = refused.value.problems
    assert (problem.file.name, problem.line) == ("services.toml", line)
    assert says in str(problem)


@pytest.mark.usefixtures("database")
def test_what_people_wrote_of_a_service_is_not_overwritten(
    folder: Path, council: Callable[..., AbstractContextManager[UUID]]
) -> None:
    with council("leeds"):
        service = db.session.scalars(scoped(Service).where(Service.search_name == "health visitors")).one()
        said = Particulars("Health visitors", "Advice at home", telephone="01632 960 100")
        change_service(service.id, said, version=service.version, by=SYSTEM, on=service.created_at.date())
        db.session.commit()
        before = db.session.query(Service).count()
    with council("leeds"):
        load_council(folder)
    with council("leeds"):
        listed = list(db.session.scalars(scoped(Service)))
        assert len(listed) == before == 3
        assert "Advice at home" in {each.what_for for each in listed}
