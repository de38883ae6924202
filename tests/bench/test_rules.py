"""One determination is as fast as the fastest rules engine that can be installed, and a batch costs nothing extra."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def rules() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_rules", Path(__file__).with_name("rules.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_one_determination_with_all_its_findings_is_at_least_as_fast_as_zen_engine(
    rules: ModuleType, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    at_length = request.config.getoption("--bench", default=False)
    report = rules.measure() if at_length else rules.measure(batch=9_000, rounds=7, sample=3_000)
    with capsys.disabled():
        sys.stderr.write(f"\n{report}\n" if at_length else "")
    assert report.times_zen >= 1, report
    assert report.batch_to_one <= 1.05, report
