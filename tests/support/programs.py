"""The programs that the tests drive, found in the way in which `make test` makes sure of them."""

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "system_packages.py"


@cache
def _listed() -> ModuleType:
    spec = importlib.util.spec_from_file_location("system_packages", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


@cache
def found(name: str) -> str | None:
    """Where BROWSER, NGINX or JAVA is; None for a browser that its driver brought itself."""
    program: str | None = getattr(_listed(), name).found()
    return program
