"""Proving that rules read no clock, no file and no network: while they run, reaching for one is an error."""

from __future__ import annotations

import datetime
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final, NoReturn

_CLOCKS: Final = (
    "time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "process_time", "localtime",
    "gmtime", "ctime", "strftime", "sleep",
)  # fmt: skip
# These read no clock when they are told the time; the calendar module writes the names of months with one of them.
_TOLD_THE_TIME: Final = {"strftime": 2, "localtime": 1, "gmtime": 1, "ctime": 1}
_FILES: Final = ("open", "subprocess.", "os.", "shutil.", "glob.", "pathlib.", "tempfile.")
_NETWORK: Final = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.")
_watching = threading.local()
_installed: list[bool] = []


class Reached(Exception):
    """A rule reached for something that it must not know."""

    def __init__(self, check: str, what: str) -> None:
        super().__init__(what)
        self.check, self.what = check, what


def reach(check: str, what: str) -> NoReturn:
    """Note that something was reached for, also where the plugin catches what is raised, and refuse it."""
    found = Reached(check, what)
    seen: list[Reached] | None = getattr(_watching, "seen", None)
    if seen is not None:
        seen.append(found)
    raise found


@contextmanager
def quiet(package: str) -> Iterator[list[Reached]]:
    """Run with every clock, file and network closed for a plugin's package; yields what was reached for."""
    if not _installed:
        sys.addaudithook(_heard)  # stays for the life of the process, and is deaf outside of this block
        _installed.append(True)
    undo = [*_clocks_closed(package)]
    seen: list[Reached] = []
    _watching.seen = seen
    try:
        yield seen
    finally:
        _watching.seen = None
        for module, name, real in reversed(undo):
            setattr(module, name, real)


def _heard(event: str, arguments: tuple[Any, ...]) -> None:
    if getattr(_watching, "seen", None) is None:
        return
    if event.startswith(_NETWORK):
        reach("network", f"reaches for the network ({event})")
    if event.startswith(_FILES) and not _importing():
        reach("files", f"opens a file or asks the system ({event}: {arguments[0] if arguments else ''})")


def _importing() -> bool:
    """Say whether Python itself is loading a module."""
    at: Any = sys._getframe(1)
    while at is not None:
        if at.f_code.co_filename.startswith("<frozen importlib"):
            return True
        at = at.f_back
    return False


class _IsReal(type):
    """Makes a closed date or datetime answer for the real one where a rule asks what kind a value is."""

    real: type

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.real)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.real)

    def __call__(cls, *given: Any, **named: Any) -> Any:
        return cls.real(*given, **named)


class _ClosedDate(datetime.date, metaclass=_IsReal):
    """The date type without a clock."""

    real = datetime.date

    @classmethod
    def today(cls) -> NoReturn:
        """Refuse to read the clock."""
        reach("clock", "reads the clock (date.today)")


class _ClosedDatetime(datetime.datetime, metaclass=_IsReal):
    """The datetime type without a clock."""

    real = datetime.datetime

    @classmethod
    def today(cls) -> NoReturn:
        """Refuse to read the clock."""
        reach("clock", "reads the clock (datetime.today)")

    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> NoReturn:
        """Refuse to read the clock."""
        reach("clock", "reads the clock (datetime.now)")

    @classmethod
    def utcnow(cls) -> NoReturn:
        """Refuse to read the clock."""
        reach("clock", "reads the clock (datetime.utcnow)")


def _closed_clock(name: str) -> Any:
    real, enough = getattr(time, name), _TOLD_THE_TIME.get(name)

    def closed(*given: Any, **named: Any) -> Any:
        if enough is not None and len(given) >= enough:
            return real(*given, **named)
        reach("clock", f"reads the clock (time.{name})")

    return closed


def modules_of(package: str) -> list[ModuleType]:
    """Return the loaded modules of a plugin's package."""
    return [module for name, module in [*sys.modules.items()] if f"{name}.".startswith(f"{package}.")]


def _clocks_closed(package: str) -> Iterator[tuple[ModuleType, str, Any]]:
    """Close each clock where its module keeps it and where the plugin imported it; yields what to put back."""
    closed: dict[int, Any] = {id(datetime.date): _ClosedDate, id(datetime.datetime): _ClosedDatetime}
    closed |= {id(getattr(time, name)): _closed_clock(name) for name in _CLOCKS}
    places = [(datetime, ("date", "datetime")), (time, _CLOCKS)]
    places += [(module, tuple(vars(module))) for module in modules_of(package)]
    for module, names in places:
        for name in names:
            real = getattr(module, name)
            if id(real) in closed:
                setattr(module, name, closed[id(real)])
                yield module, name, real
