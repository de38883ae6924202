"""On which line of a TOML file each value stands: the standard library's reader does not tell."""

import re
import tomllib
from bisect import bisect_right

Path = tuple[str | int, ...]  # names of tables and fields, and numbers of list items from 0

_BETWEEN = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_TEXT = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'  # up to two quotation marks may stand before the three that end it
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_OTHER = re.compile(r"[^,\]}\n#]+")


def lines_of(text: str) -> dict[Path, int]:
    """Return the line of each table, field and list item in a text that is TOML."""
    return _Scanner(text).scan()


class _Scanner:
    """Walks over a text that the standard library has read already, so that its form need not be judged again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.ends = [place for place, letter in enumerate(text) if letter == "\n"]
        self.found: dict[Path, int] = {}
        self.tables: dict[Path, int] = {}  # how many [[tables]] of a name were seen

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self.more():
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.found

    def more(self) -> bool:
        """Pass over white space and comments, and say whether anything follows."""
        self.pass_over(_BETWEEN)
        return self.at < len(self.text)

    def pass_over(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"line {self.line}: not TOML")
        self.at = match.end()
        return match.group()

    @property
    def line(self) -> int:
        return bisect_right(self.ends, self.at - 1) + 1

    def note(self, path: Path, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.found.setdefault(path[:length], line)

    def header(self) -> Path:
        line, many = self.line, self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        *above, name = self.keys()
        self.at += 2 if many else 1
        table = (*self.within(above), name)
        if many:
            self.note(table, line)
            number = self.tables.get(table, 0)
            self.tables[table] = number + 1
            table = (*table, number)
        self.note(table, line)
        return table

    def within(self, names: list[str]) -> Path:
        """Turn the names of a header into a path: of several tables of a name the last one is meant."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self.tables:
                path = (*path, self.tables[path] - 1)
        return path

    def keys(self) -> list[str]:
        names = []
        while True:
            self.pass_over(_SPACES)
            names.append(self.key())
            self.pass_over(_SPACES)
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def key(self) -> str:
        if self.text[self.at] not in "\"'":
            return self.pass_over(_BARE_KEY)
        written: str = tomllib.loads(f"key = {self.pass_over(_TEXT)}")["key"]
        return written

    def pair(self, table: Path) -> None:
        line = self.line
        path = (*table, *self.keys())
        self.at += 1  # the sign =
        self.note(path, line)
        self.value(path)

    def value(self, path: Path) -> None:
        self.pass_over(_SPACES)
        first = self.text[self.at]
        if first in "\"'":
            self.pass_over(_TEXT)
        elif first == "[":
            self.items(path)
        elif first == "{":
            self.inline_table(path)
        else:
            self.pass_over(_OTHER)

    def items(self, path: Path) -> None:
        self.at += 1
        number = 0
        while self.more() and self.text[self.at] != "]":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.note((*path, number), self.line)
            self.value((*path, number))
            number += 1
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while self.more() and self.text[self.at] != "}":
            if self.text[self.at] == ",":
                self.at += 1
                continue
            self.pair(path)
        self.at += 1
