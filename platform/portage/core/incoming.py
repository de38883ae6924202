"""What a browser sends, made storable: characters that no text can hold are taken out before any view sees them."""

from typing import Any

from flask import Request
from werkzeug.datastructures import FileStorage, ImmutableMultiDict, MultiDict

LAST_PAGE = 10_000


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot keep: NUL is invisible and goes, a lone surrogate becomes a mark."""
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Sent(ImmutableMultiDict[str, Any]):
    """The fields, choices in the address, or files of one request, with every name and text storable."""

    def __init__(self, mapping: Any = None) -> None:
        pairs = MultiDict(mapping).items(multi=True)
        super().__init__([(storable(name), _storable(value)) for name, value in pairs])


class Incoming(Request):
    """A request whose fields, address and file names can be stored as they are read."""

    parameter_storage_class = Sent


def _storable(value: Any) -> Any:
    if isinstance(value, FileStorage):
        value.filename = storable(value.filename) if value.filename is not None else None
        return value
    return storable(value) if isinstance(value, str) else value


def page_in(args: "MultiDict[str, str]", name: str = "page") -> int:
    """The page of a list that an address asks for; the first when it asks for none that could be."""
    typed = args.get(name, "")
    return min(max(int(typed), 1), LAST_PAGE) if typed.isdecimal() and len(typed) <= 9 else 1


def pages_of(total: int, size: int) -> int:
    """How many pages a list of so many rows has: one at least."""
    return max(1, -(-total // size))
