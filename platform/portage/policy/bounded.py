"""Asking a plugin within a time limit: whatever its code does, whoever asked goes on."""

from __future__ import annotations

import ctypes
import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread
from typing import Any, Final, Generic, Literal, TypeVar

Answer = TypeVar("Answer")
How = Literal["raised", "too-slow", "nonsense", "not-installed"]

LONGEST_ANSWER: Final = 2.0  # seconds for one request; a determination takes well under a millisecond
LONGEST_READING: Final = 5.0  # seconds for reading an edition, and for asking every question about it once


class PolicyFailed(Exception):
    """A plugin gave no answer that can be used. Says how and where, and never what a family told."""

    def __init__(self, how: How, what: str) -> None:
        super().__init__(f"{how}: {what}")
        self.how: How = how
        self.what = what  # the type of an exception, or which part of the answer is wrong


class _Ended(BaseException):
    """Raised into a thread whose time is up; no `except Exception` of a plugin holds it."""


class _Asking(Generic[Answer]):
    """One question in a thread of its own: what it answered, or how it failed."""

    def __init__(self, question: Callable[[], Answer], name: str) -> None:
        self.question = question
        self.answer: list[Answer] = []
        self.error: BaseException | None = None
        self.over = False
        self.lock = Lock()
        self.thread = Thread(target=self.run, name=f"policy-{name}", daemon=True)

    def run(self) -> None:
        try:
            try:
                self.answer.append(self.question())
            except BaseException as error:  # whatever a plugin raises, SystemExit included, is its failure and not ours
                self.error = error
            with self.lock:
                self.over = True
        except _Ended:  # it came when the plugin was through
            self.over = True

    def end(self) -> None:
        """Raise into the thread. The lock keeps it from ending meanwhile, so that no other thread has its number."""
        with self.lock:
            if not self.over and self.thread.ident is not None:
                number = ctypes.c_ulong(self.thread.ident)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(_Ended))


def _place(error: BaseException) -> str:
    """Say what was raised, and at which line of which file."""
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return type(error).__name__
    return f"{type(error).__name__} in {'/'.join(Path(frames[-1].filename).parts[-2:])}, line {frames[-1].lineno}"


_running_on: dict[str, _Asking[Any]] = {}  # of each plugin, the question whose time was up


def within(plugin: str, question: Callable[[], Answer], seconds: float = LONGEST_ANSWER) -> Answer:
    """Ask a plugin's code and wait so long at most; raises `PolicyFailed` where it raises or is too slow.

    A thread of its own, because whoever asks may hold a database's transaction and must never be interrupted in it.
    While a question of this plugin still runs after its time, no other is begun: threads cannot pile up.
    """
    stuck = _running_on.get(plugin)
    if stuck is not None:
        stuck.end()
        if not stuck.over:
            raise PolicyFailed("too-slow", "an earlier question still runs")
        del _running_on[plugin]
    asking = _Asking(question, plugin)
    asking.thread.start()
    asking.thread.join(seconds)
    if not asking.over:
        _running_on[plugin] = asking
        asking.end()
        raise PolicyFailed("too-slow", f"no answer within {seconds:g} seconds")
    if asking.error is not None:
        raise PolicyFailed("raised", _place(asking.error)) from None  # its message may hold a family's words
    return asking.answer[0]
