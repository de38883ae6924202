"""Accessibility as axe-core sees it: WCAG 2.0 to 2.2 at A and AA, and axe's best practices, with nothing excused."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page

SCRIPT = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
WIDTHS = (320, 1280)


def violations(page: Page) -> list[str]:
    """What axe finds on the page once it has loaded, each with the element and the reason.

    A click that somebody made just before may still take the document away while axe reads it: then the next is read.
    """
    page.wait_for_load_state()
    try:
        return _violations(page)
    except Error:
        page.wait_for_load_state()
        return _violations(page)


def _violations(page: Page) -> list[str]:
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(SCRIPT.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", list(TAGS)
    )
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {node['html']}\n    {node['failureSummary']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """Fail when axe finds anything, or when the page scrolls sideways (WCAG 2.2, 1.4.10)."""
    found = violations(page)
    assert not found, f"{page.url} at {page.viewport_size}:\n" + "\n".join(found)
    spare = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert spare <= 0, f"{page.url} at {page.viewport_size} scrolls sideways by {spare} pixels"


def assert_accessible_at_every_width(page: Page) -> None:
    """The same at the width of a small phone and of a desktop, then back to the width it had."""
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert_accessible(page)
    if before:
        page.set_viewport_size(before)
