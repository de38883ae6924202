"""The table that the demo prints: council, address, who signs in, what to try."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portage.demo.personas import OPERATORS
from portage.demo.service import Ports

HEADINGS = ("Council", "Address", "Who", "What to try")
PARENT = ("A parent, not signed in", "ask for support: tick areas of concern, tell it in your own words")
Row = tuple[str, str, str, str]


def table(settings: Path, ports: Ports) -> str:
    """The table as text, from the provider's settings."""
    realms = json.loads(settings.read_text(encoding="utf-8"))["realms"]
    rows = [row for key, realm in realms.items() for row in _realm_rows(key, realm)]
    rows.append(
        (
            "Everybody",
            f"http://127.0.0.1:{ports.mails}",
            "",
            "read the e-mails and texts that were caught, none is delivered",
        )
    )
    widths = [max(len(row[column]) for row in (HEADINGS, *rows)) for column in range(3)]
    lines = [_line(HEADINGS, widths), _line(("-" * widths[0], "-" * widths[1], "-" * widths[2], "-" * 11), widths)]
    return "\n" + "\n".join([*lines, *(_line(row, widths) for row in rows)]) + "\n"


def _realm_rows(key: str, realm: dict[str, Any]) -> list[Row]:
    """One row for each thing to be here; area teams' doubles are on the sign-in page and left out."""
    personas: list[dict[str, str]] = realm["personas"]
    parts = urlsplit(realm["clients"][0]["redirect_uris"][0])
    site = f"{parts.scheme}://{parts.netloc}"
    sign_in = f"{site}/operator/sign-in" if key == OPERATORS else f"{site}/sign-in"
    people = [(f"{told['role']}: {told['name']}", told["try"]) for told in personas if ", " not in told["role"]]
    entries = [(sign_in, who, what) for who, what in people]
    if key != OPERATORS:
        entries.insert(0, (site, *PARENT))
    names = [str(realm["name"])] + [""] * (len(entries) - 1)
    return [(name, *entry) for name, entry in zip(names, entries, strict=True)]


def _line(row: Row, widths: list[int]) -> str:
    cells = [text.ljust(width) for text, width in zip(row, [*widths, 0], strict=True)]
    return "  ".join(cells).rstrip()
