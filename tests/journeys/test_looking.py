"""The journeys' own promise: what is spared on a page like one that was looked at could not have been found there."""

import pytest
from playwright.sync_api import Page

from support import axe, skeleton
from support.axe import look_at_every_width, violations

pytestmark = pytest.mark.browser
SOUND = """<!doctype html><html lang="en"><head><title>A page</title><style>{style}</style></head><body>
<header><a href="/">Start</a><a href="/help">Help</a></header>
<main><h1>{heading}</h1><p class="quiet">{words}</p>
<form action="/x" method="post"><label for="name-1">Name</label><input id="name-1" name="name">
<button>Send</button></form>
</main></body></html>"""
UNDER = "b { position: absolute; inset: 0; z-index: -1; background: #333 }"
STYLE = ".quiet { color: #333 } a, button { display: inline-block; padding: 12px }"


@pytest.fixture(autouse=True)
def _nothing_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(skeleton, "_skeletons", set())
    monkeypatch.setattr(skeleton, "_around", set())
    monkeypatch.setattr(skeleton, "_paints", set())
    monkeypatch.setattr(skeleton, "AT_LENGTH", False)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether everything was asked, of each look."""
    looks: list[bool] = []

    def spy(page: Page, new: skeleton.New | None = None) -> list[str]:
        looks.append(new is None or new.skeleton)
        return violations(page, new)

    monkeypatch.setattr(axe, "violations", spy)
    return looks


def looked_at(page: Page, *, style: str = "", words: str = "Some words.", **changed: str) -> tuple[bool, list[str]]:
    """Look at the page with other words, more style, or one part of its markup in the place of another."""
    sent = SOUND.format(style=STYLE + style, heading="A page", words=words)
    for old, new in changed.items():
        sent = sent.replace(
            {"label": 'for="name-1"', "title": "<title>A page</title>", "field": 'id="name-1"'}[old], new
        )
    page.set_content(sent)
    return look_at_every_width(page)


def test_a_page_that_differs_in_words_alone_is_not_examined_again(page: Page) -> None:
    assert looked_at(page) == (True, [])
    assert looked_at(page, words="Other words, and more of them.") == (False, [])


def test_a_main_part_that_is_the_same_at_both_widths_is_examined_at_one(page: Page, asked: list[bool]) -> None:
    assert looked_at(page) == (True, [])
    assert asked == [True, False]
    hides = "@media (min-width: 1000px) { header a + a { display: none } }"
    assert looked_at(page, style=hides) == (True, [])
    assert asked[2:] == [False, True]  # what stands around it is new at that width
    assert looked_at(page, style=hides, words="<b>Other</b> words.") == (True, [])
    assert asked[4:] == [True, False]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"label": 'for="name-2"'}, "label"),
        ({"title": ""}, "document-title"),
        ({"style": ".quiet { color: #aaa }"}, "color-contrast"),
        ({"style": "body { background: #333 } "}, "color-contrast"),
        ({"style": "a { padding: 0; font-size: 8px }"}, "target-size"),
        ({"words": "W" * 400}, "scrolls sideways"),
        ({"words": "Words.<b></b>", "style": UNDER}, "color-contrast"),
        ({"words": "<b>Pale</b>.", "style": "b { color: #aaa }"}, "color-contrast"),
        ({"style": "@media (min-width: 1000px) { a { padding: 0; font-size: 8px } }"}, "target-size"),
        ({"style": "@media (min-width: 1000px) { label { display: none } }"}, "label"),
    ],
)
def test_what_is_wrong_is_found_also_on_a_page_like_a_sound_one(change: dict[str, str], named: str, page: Page) -> None:
    assert looked_at(page) == (True, [])
    _, found = looked_at(page, **change)
    assert any(named in each for each in found), found


def test_markup_that_only_the_checker_refuses_is_new(page: Page) -> None:
    assert looked_at(page) == (True, [])
    markup, _ = looked_at(page, field='id="name-1" required="maybe"')
    assert markup
