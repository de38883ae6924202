"""Accessibility as axe-core sees it: WCAG 2.0 to 2.2 at A and AA, and axe's best practices, with nothing excused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page

from support.skeleton import New, what_is_new

SCRIPT = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDTHS = (320, 1280)


# Where a page has the skeleton of one that was looked at, these are still asked: they depend on where things stand,
GEOMETRY = ("target-size", "scrollable-region-focusable")
# and these on its colours.
COLOURS = ("color-contrast", "link-in-text-block")


def violations(page: Page, new: New | None = None) -> list[str]:
    """What axe finds on the page once it has loaded, each with the element and the reason; of what is new, if told.

    A click that somebody made just before may still take the document away while axe reads it: then the next is read.
    """
    asked = _asked(new)
    page.wait_for_load_state()
    try:
        return _violations(page, asked)
    except Error:
        page.wait_for_load_state()
        return _violations(page, asked)


def _asked(new: New | None) -> dict[str, Any]:
    """Everything; without colours that were all looked at before; or what a page like others may still lack."""
    if new is None or new.skeleton:
        spared = () if new is None or new.paints else COLOURS
        return {"runOnly": {"type": "tag", "values": TAGS}, "rules": {name: {"enabled": False} for name in spared}}
    return {"runOnly": {"type": "rule", "values": (*GEOMETRY, *(COLOURS if new.paints else ()))}}


def _violations(page: Page, asked: dict[str, Any]) -> list[str]:
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(SCRIPT.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("asked => axe.run(document, {...asked, resultTypes: ['violations']})", asked)
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {node['html']}\n    {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def sideways(page: Page) -> list[str]:
    """Whether the page scrolls sideways (WCAG 2.2, 1.4.10)."""
    spare = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"scrolls sideways by {spare} pixels"] if spare > 0 else []


def look_at_every_width(page: Page, then: Callable[[Page, int], None] | None = None) -> tuple[bool, list[str]]:
    """Whether the page is new in its markup, and what is wrong at the width of a small phone and of a desktop."""
    before, found, markup, mains = page.viewport_size, list[str](), False, set[str]()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        new = what_is_new(page, mains)
        markup = markup or new.skeleton
        found += [f"{page.url} at {page.viewport_size}: {each}" for each in violations(page, new) + sideways(page)]
        if then:
            then(page, width)
    if before:
        page.set_viewport_size(before)
    return markup, found


def assert_accessible_at_every_width(page: Page) -> bool:
    """Fail when axe finds anything or the page scrolls sideways; answers whether the page is new in its markup."""
    markup, found = look_at_every_width(page)
    assert not found, "\n".join(found)
    return markup
