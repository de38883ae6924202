"""Determinations are faster than the fastest engines that can be installed, one at a time and from columns."""

import sys

import pytest

from bench.rules import measure, measure_columns

# What `make bench` demands, and what the short form beside other tests does: that nothing went badly wrong.
TIMES_ZEN, TIMES_WRITTEN, TIMES_FISCA = 2.5, 1.0, 1.0
ANYWHERE_ZEN, ANYWHERE_WRITTEN, ANYWHERE_FISCA = 1.2, 0.6, 0.5


@pytest.fixture
def at_length(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--bench", default=False))


def test_one_determination_with_all_its_findings_beats_zen_engine_and_rules_written_by_hand(
    at_length: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    found = measure() if at_length else measure(batch=9_000, rounds=7, sample=3_000)
    with capsys.disabled():
        sys.stderr.write(f"\n{found}\n" if at_length else "")
    assert found.times_zen >= (TIMES_ZEN if at_length else ANYWHERE_ZEN), found
    assert found.times_written >= (TIMES_WRITTEN if at_length else ANYWHERE_WRITTEN), found
    assert found.batch_to_one <= 1.05, found


def test_a_hundred_thousand_outcomes_from_columns_beat_openfisca_and_are_those_of_one_at_a_time(
    at_length: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    found = measure_columns() if at_length else measure_columns(9_000, rounds=7)
    with capsys.disabled():
        sys.stderr.write(f"\n{found}\n" if at_length else "")
    assert found.times_fisca >= (TIMES_FISCA if at_length else ANYWHERE_FISCA), found
