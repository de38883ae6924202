"""Objects as a file holds them: one JSON object, or one on each line; for commands that check all and then answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple


class LineProblem(NamedTuple):
    """One wrong field of one line."""

    line: int
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.path}: {self.sentence}"


def objects(content: bytes) -> Iterator[tuple[int, object, str]]:
    """Yield line number, object, and what is wrong with the line; a file that is one object is one answer's worth."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    whole, wrong = _parsed(content)
    if not wrong and isinstance(whole, dict):
        yield 1, whole, ""
        return
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield number, *_parsed(line)


def _parsed(line: bytes) -> tuple[object, str]:
    """Parse one object; decimals stay as they were written, so that a limit is met exactly or not at all."""
    try:
        return json.loads(line.decode("utf-8"), parse_float=Decimal), ""
    except UnicodeDecodeError:
        return None, "is not written in UTF-8"
    except (ValueError, RecursionError):
        return None, "is not a JSON object"
