"""A static look at a plugin's source: what it imports, what it calls, what it does not document."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from marshmallow import Schema, fields

from portage.policy.plugin import Policy
from portage.policy.terms import schema_for
from portage.policy.testing.problem import Problem
from portage.policy.testing.quiet import modules_of

ALLOWED: Final = frozenset({
    "__future__", "abc", "bisect", "calendar", "collections", "dataclasses", "datetime", "decimal", "enum", "fractions",
    "functools", "itertools", "marshmallow", "math", "operator", "re", "string", "textwrap", "types", "typing",
})  # fmt: skip
_CALLS: Final = {
    "open": "files", "input": "files", "print": "files", "eval": "code", "exec": "code", "compile": "code",
    "__import__": "code",
}  # fmt: skip
_METHODS: Final = {"today": "clock", "now": "clock", "utcnow": "clock", "read_text": "files", "read_bytes": "files"}
_KINDS: Final = {
    "clock": "reads the clock", "files": "opens a file or speaks to a terminal", "code": "runs code made from text",
}  # fmt: skip


def package_of(policy: Policy[Any]) -> str:
    """Return the name of the package that holds a plugin."""
    return type(policy).__module__.partition(".")[0]


def look_at_source(policy: Policy[Any]) -> Iterator[Problem]:
    """Find imports beyond the contract and a few pure modules, and calls that reach out of the rules."""
    package = package_of(policy)
    for file in _files_of(package):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            for check, says in _found(node, package):
                line = getattr(node, "lineno", 0)
                yield Problem(policy.name, check, f"{file.name}, line {line}: {says}.")


def _files_of(package: str) -> list[Path]:
    found: set[Path] = set()
    for module in modules_of(package):
        if module.__file__:
            file = Path(module.__file__)
            found |= {*file.parent.rglob("*.py")} if file.name == "__init__.py" else {file}
    return sorted(found)


def _found(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        for name in _imported(node):
            contract = name == "portage.policy" or name.startswith("portage.policy.")
            if not contract and name.partition(".")[0] not in {*ALLOWED, package}:
                yield "imports", f"it imports {name}, which rules have no need of"
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            yield _CALLS[node.func.id], f"{_KINDS[_CALLS[node.func.id]]} ({node.func.id})"
        if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
            yield _METHODS[node.func.attr], f"{_KINDS[_METHODS[node.func.attr]]} ({node.func.attr})"


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if node.module and node.level == 0 else []


def look_at_words(policy: Policy[Any]) -> Iterator[Problem]:
    """Find public methods without a docstring, and terms without help."""
    package = package_of(policy)
    for owner in type(policy).__mro__:
        if f"{owner.__module__}.".startswith(f"{package}."):
            if not (owner.__doc__ or "").strip():
                yield Problem(policy.name, "documented", f"{owner.__name__} has no docstring.")
            for name in _undocumented(owner):
                yield Problem(policy.name, "documented", f"{owner.__name__}.{name} has no docstring.")
    shape: Any = policy.terms_type
    for path in _without_help(schema_for(shape)(), ""):
        yield Problem(policy.name, "help", f"the term {path} has no help: declare what it is about.")
    for fact in policy.extra_facts:
        if not fact.help.strip():
            yield Problem(policy.name, "help", f"the fact {fact.path} has no help: say what it is.")


def _undocumented(owner: type) -> Iterator[str]:
    for name, held in vars(owner).items():
        hook = inspect.isfunction(held) or isinstance(held, property | classmethod | staticmethod)
        hook = hook or type(held).__name__ == "cached_property"
        if hook and not name.startswith("_") and not (getattr(held, "__doc__", None) or "").strip():
            yield name


def _without_help(schema: Schema, at: str) -> Iterator[str]:
    for name, field in schema.fields.items():
        path = f"{at}.{name}" if at else name
        held: Any = field.value_field if isinstance(field, fields.Dict) and field.value_field else field
        if isinstance(held, fields.Nested):
            yield from _without_help(held.schema, path)
        elif not str(field.metadata.get("about", "")).strip():
            yield path
