"""Keep the rules of the house that no other tool knows: sizes of rooms, names of modules, words no file may hold."""

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
# A module is named for its noun; these names collect what has none.
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc"}
# Brackets round one letter keep a pattern from finding itself in this file.
FORBIDDEN = {
    "the host of a package registry": re.compile(
        r"\b(?:py[p]i\.org|python[h]osted\.org|npm[j]s\.(?:org|com)|yarn[p]kg\.com|deb\.[d]ebian\.org"
        r"|archive\.[u]buntu\.com)|--(?:extra-)?inde[x]-url|--find-[l]inks",
    ),
    "a path of one machine": re.compile(r"(?<![\w.~-])/(?:roo[t]|hom[e]/[a-z][\w-]*|User[s]/\w+|wor[k]|tmp/brie[f])/"),
    "the mark of a merge": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
}


def tracked() -> list[Path]:
    """Every file of the repository, those not yet committed included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def functions(source: str) -> Iterator[tuple[str, int, int]]:
    """The name, first line and length of each function in `source`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node.lineno, (node.end_lineno or node.lineno) - node.lineno + 1


def too_large(path: Path, source: str) -> Iterator[str]:
    """What is larger in this file than a reader can hold in mind."""
    lines = source.count("\n")
    if lines > LONGEST_FILE:
        yield f"{path}: {lines} lines; the most is {LONGEST_FILE}. Split it where its meaning splits."
    for name, line, length in functions(source):
        if length > LONGEST_FUNCTION:
            yield f"{path}:{line}: {name} has {length} lines; the most is {LONGEST_FUNCTION}."


def misplaced(path: Path) -> Iterator[str]:
    """Modules with a name that says nothing, and Python where the standard library's `platform` would be shadowed."""
    if path.stem in NAMELESS or any(part in NAMELESS for part in path.parts):
        yield f"{path}: a thing lives in the slice whose noun it is, not under a name that collects things."
    if path.parts[:-1] == ("platform",):
        yield f"{path}: platform/ is a source root; Python here would shadow the standard library's platform module."


def forbidden_words(path: Path, text: str) -> Iterator[str]:
    """Words that would tie the repository to one machine or registry."""
    for meaning, pattern in FORBIDDEN.items():
        for found in pattern.finditer(text):
            yield f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {meaning} ({found.group().strip()})"


def usual_sizes(sources: dict[Path, str]) -> str:
    """The medians, reported and never a gate."""
    files = [source.count("\n") for source in sources.values()] or [0]
    lengths = [length for source in sources.values() for _, _, length in functions(source)] or [0]
    usual_file, usual_function = statistics.median(files), statistics.median(lengths)
    return f"{len(files)} files, median {usual_file:.0f} lines; functions, median {usual_function:.0f} lines"


def main() -> int:
    """Print each breach on a line of its own; give 1 if there is any."""
    breaches: list[str] = []
    sources: dict[Path, str] = {}
    for absolute in tracked():
        path = absolute.relative_to(ROOT)
        try:
            text = absolute.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and workbooks hold no words
        breaches += forbidden_words(path, text)
        if path.suffix == ".py" and path.parts[0] in {"platform", "policies"}:
            sources[path] = text
            breaches += [*too_large(path, text), *misplaced(path)]
    print("\n".join(breaches) or f"house: {usual_sizes(sources)}")
    return int(bool(breaches))


if __name__ == "__main__":
    sys.exit(main())
