"""The run in several processes begins with what takes longest, and starts each shared world once."""

from pathlib import Path

import pytest

from support.order import PIECES

TESTS = Path(__file__).resolve().parents[1]


def test_every_file_that_has_a_place_is_there_and_has_it_once() -> None:
    named = [file for files in PIECES for file in files]
    assert [file for file in named if not (TESTS.parent / file).is_file()] == []
    assert len(named) == len(set(named))


@pytest.mark.parametrize(
    ("fixtures", "folder", "first"),
    [
        (("seeded: World",), "guards", "tests/guards/test_prober.py"),
        (("live: Live", "cast_of: CastOf"), "journeys", "tests/journeys/test_main_job.py"),
    ],
)
def test_files_that_share_a_world_share_a_process(fixtures: tuple[str, ...], folder: str, first: str) -> None:
    sharing = {f"tests/{folder}/{file.name}" for file in (TESTS / folder).glob("test_*.py") if _uses(file, fixtures)}
    (piece,) = (files for files in PIECES if first in files)
    assert sharing == set(piece)


def _uses(file: Path, fixtures: tuple[str, ...]) -> bool:
    text = file.read_text(encoding="utf-8")
    return file != Path(__file__) and any(fixture in text for fixture in fixtures)
