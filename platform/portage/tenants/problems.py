"""What is wrong with a council's folder: each problem with its file, its line and its field."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from portage.tenants import toml_lines

MARK = "FILL IN"  # stands where `portage tenants new` leaves a value to a person
_PLACE = re.compile(r" \((?:at line (\d+), column \d+|at end of document)\)\Z")


class Problem(NamedTuple):
    """One thing that is wrong, and where."""

    file: Path
    line: int
    field: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.sentence}"


class FolderInvalid(ValueError):
    """A council's folder does not say what the platform needs; holds every problem, and says each on a line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Source:
    """A TOML file that was read, with the line of each value."""

    file: Path
    told: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[toml_lines.Path, int] = field(default_factory=dict)

    def problem(self, path: str, sentence: str) -> Problem:
        """Say what is wrong with a field: names joined by dots, list items counted from 0; what is not there is
        found at the table that should hold it."""
        found, rest = self.place(path)
        shown = [str(name + 1) if isinstance(name, int) else name for name in found]
        return Problem(self.file, self.lines.get(found, 1), ".".join([*shown, *([rest] if rest else [])]), sentence)

    def place(self, path: str) -> tuple[toml_lines.Path, str]:
        """Follow a path as far as the file goes; return what was found and what is left."""
        found: toml_lines.Path = ()
        held: Any = self.told
        while path:
            for key, below in _inside(held):
                name = str(key)
                if path == name or path.startswith(f"{name}."):
                    found, held, path = (*found, key), below, path[len(name) + 1 :]
                    break
            else:
                break
        return found, path

    def marked(self) -> Iterator[tuple[toml_lines.Path, str]]:
        """Find every text that a person has still to fill in: where it stands, and its path."""
        yield from _marked(self.told, ())


def read_source(file: Path) -> tuple[Source, list[Problem]]:
    """Read a TOML file; where that cannot be done, say on which line and why, and give an empty source."""
    empty = Source(file)
    try:
        content = file.read_bytes()
        text = content.decode("utf-8")
        return Source(file, tomllib.loads(text), toml_lines.lines_of(text.replace("\r\n", "\n"))), []
    except OSError:
        return empty, [Problem(file, 1, "file", "is missing.")]
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return empty, [Problem(file, line, "file", "is not written in UTF-8.")]
    except tomllib.TOMLDecodeError as error:
        return empty, [_not_toml(file, text, str(error))]
    except RecursionError:
        return empty, [Problem(file, 1, "file", "is not TOML: its lists or tables lie too deep in one another.")]


def _not_toml(file: Path, text: str, said: str) -> Problem:
    place = _PLACE.search(said)
    at = int(place[1]) if place and place[1] else len(text.splitlines()) or 1
    return Problem(file, at, "file", f"is not TOML: {_PLACE.sub('', said)}.")


def _inside(held: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(held, Mapping):
        return sorted(held.items(), key=lambda item: -len(item[0]))  # a name that holds a dot is met before its part
    return enumerate(held) if isinstance(held, list) else ()


def _marked(held: Any, at: toml_lines.Path) -> Iterator[tuple[toml_lines.Path, str]]:
    if isinstance(held, str) and MARK in held:
        yield at, ".".join(map(str, at))
    elif not isinstance(held, str):
        for key, below in _inside(held):
            yield from _marked(below, (*at, key))
