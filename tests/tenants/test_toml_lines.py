"""Each value of a TOML file is found on its line, however the file is written."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from portage.tenants.toml_lines import lines_of
from support.policies import TENANTS


def paths_of(told: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every table, field and list item of what was read."""
    inner = told.items() if isinstance(told, dict) else enumerate(told) if isinstance(told, list) else ()
    for key, value in inner:
        yield (*at, key)
        yield from paths_of(value, (*at, key))


EVERY_FORM = """\
# a comment with = and [brackets]
title = "a # that is no comment"   # one that is
path = 'C:\\no escape'
long = \"""
[not.a.table]
key = "said"\"""\"
after = '''
it's # here'''''
dotted . "quoted key" = 1
numbers = [ 1, # one
  2,
  [3, "]"], # "three"
]
when = 2026-09-01 07:30:00
inline = { a = 1, b = { c = ["}", 2] }, "d.e" = true }

[table]
x = -0.5
[ table . inner ]
y = "\\"]"

[[many]]
z = 1
[many.below]
w = 2
[[many.list]]
v = 1
[[many.list]]
v = 2
[[many]]
z = 2
[[many.list]]
v = 3
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("path",), 3),
        (("long",), 4),
        (("after",), 7),
        (("dotted", "quoted key"), 9),
        (("numbers",), 10),
        (("numbers", 0), 10),
        (("numbers", 1), 11),
        (("numbers", 2, 1), 12),
        (("when",), 14),
        (("inline", "b", "c", 1), 15),
        (("inline", "d.e"), 15),
        (("table",), 17),
        (("table", "inner", "y"), 20),
        (("many",), 22),
        (("many", 0), 22),
        (("many", 0, "below", "w"), 25),
        (("many", 0, "list", 1, "v"), 29),
        (("many", 1), 30),
        (("many", 1, "list", 0, "v"), 33),
    ],
    ids=str,
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_every_form_of_value_is_found_on_its_line(path: tuple[str | int, ...], line: int, ends: str) -> None:
    assert lines_of(EVERY_FORM.replace("\n", ends))[path] == line


def test_every_form_is_found_and_nothing_else() -> None:
    assert set(lines_of(EVERY_FORM)) == set(paths_of(tomllib.loads(EVERY_FORM)))


@pytest.mark.parametrize("file", sorted(TENANTS.glob("*/*.toml")), ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_value_of_a_shipped_file_stands_on_the_line_that_names_it(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    lines, found = text.splitlines(), lines_of(text)
    assert set(found) == set(paths_of(tomllib.loads(text)))
    for path, line in found.items():
        if isinstance(path[-1], str):
            assert path[-1] in lines[line - 1]


KEYS = st.text(alphabet="ab-_ .\"'#=[]é\n\\", min_size=1, max_size=4)
SCALARS = st.one_of(
    st.integers(-9, 9), st.booleans(), st.dates(), st.text(alphabet="ab#\"'\\\n[]{}=,", max_size=8), st.just(0.5)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(KEYS, inner, max_size=3),
        st.lists(st.dictionaries(KEYS, inner, min_size=1, max_size=2), min_size=1, max_size=2),
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(told=st.dictionaries(KEYS, VALUES, max_size=4), multiline=st.booleans())
def test_any_toml_is_found_whole(told: dict[str, Any], multiline: bool) -> None:
    text = tomli_w.dumps(told, multiline_strings=multiline)
    found = lines_of(text)
    assert set(found) == set(paths_of(tomllib.loads(text)))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())
