"""`--bench` measures at full length and prints what was measured; without it each measure is a short check."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--bench`, which `make bench` passes."""
    parser.addoption("--bench", action="store_true", help="measure at full length and print the figures")
