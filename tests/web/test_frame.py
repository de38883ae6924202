"""The frame of a page belongs to the council: its name, its colour, its telephone number, and no mark of the Crown."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from portage.core.access import Audience, Can, Rate
from portage.core.colours import contrast
from portage.core.identity import Viewer
from portage.core.routes import Routes
from portage.web import files
from portage.web.brand import PLAIN, Brand
from portage.web.site import Site

Render = Callable[..., str]
PAGE = (
    "{% extends 'layout.html' %}{% block title %}A page{% endblock %}{% block content %}<h1>A page</h1>{% endblock %}"
)
STATIC = files.FOLDER


def test_the_frame_names_the_council_its_service_and_its_contacts(render: Render) -> None:
    html = render(PAGE)
    assert "<title>A page – Anytown Portage – Anytown Council</title>" in html
    assert 'href="tel:01632960100"' in html
    assert 'href="mailto:portage@anytown.example"' in html
    assert '<html lang="en-GB"' in html
    for address in ("/accessibility", "/cookies", "/privacy"):
        assert f'href="{address}"' in html


def test_an_error_on_a_page_is_said_in_its_title(render: Render) -> None:
    from portage.core.forms import Form

    assert "<title>Error: A page" in render(PAGE, form=Form({}, {"name": ["Enter a name."]}))
    assert "<title>A page" in render(PAGE, form=Form())


def test_invented_data_is_said_on_every_page_of_a_demonstration_and_on_no_other(render: Render, anytown: Site) -> None:
    assert "here is invented" in render(PAGE, site=replace(anytown, invented=True))
    assert "here is invented" not in render(PAGE)


def test_signing_out_is_a_form_so_that_no_link_can_do_it(render: Render, manager: Viewer) -> None:
    html = render(PAGE, viewer=manager)
    assert "Ines Example" in html
    assert re.search(r'<form method="post" action="/sign-out".*?value="of-ines".*?Sign out', html, re.S)
    assert "Sign out" not in render(PAGE)


def test_the_pages_of_the_service_are_listed_for_people_who_work_there_and_can_be_reached_without_scripts(
    app: Flask, render: Render, manager: Viewer
) -> None:
    assert "<nav" not in render(PAGE)
    for path in ("/worklist", "/visits"):
        pages = Routes(path[1:], __name__)
        pages.get(path, can=Can.SEE_WORKLIST, audience=Audience.STAFF, audit="", rate=Rate.PAGE)(lambda: "")
        app.register_blueprint(pages)
    html = render(PAGE, viewer=manager)
    assert re.search(r'<a class="portage-nav__link" href="/worklist">Worklist</a>', html)
    assert "/panel" not in html, "a page that does not exist is not listed"
    assert 'aria-expanded="false" hidden>Menu' in html, "the button that folds the list shows only when scripts run"
    nobody = Viewer(kind="person", name="Ines Example", can=frozenset({Can.SEE_SELF}))
    assert "<nav" not in render(PAGE, viewer=nobody)


def test_no_page_holds_a_style_or_a_script_of_its_own(render: Render) -> None:
    html = render(PAGE)
    assert "<style" not in html
    assert " style=" not in html
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", html, re.S)
    assert scripts == [""]
    assert 'nonce="abc"' in html


def test_the_compiled_front_end_holds_no_typeface_crown_or_crest_and_asks_for_no_other_file() -> None:
    names = {path.name for path in (STATIC / "govuk").iterdir()}
    assert names == {"govuk-frontend.min.css", "govuk-frontend.min.js", "LICENCE.txt", "made-from.txt"}
    for name in ("govuk-frontend.min.css", "govuk-frontend.min.js"):
        text = (STATIC / "govuk" / name).read_text("utf-8")
        for word in ("GDS Transport", "crown", "crest", "@font-face", "url(/", "sourceMappingURL"):
            assert word not in text, f"{word} in {name}"


def test_our_own_stylesheet_asks_for_no_other_file() -> None:
    text = (STATIC / "portage.css").read_text("utf-8")
    assert "url(" not in text
    assert "@import" not in text


def test_a_static_file_may_be_kept_for_a_year_because_its_address_changes_with_its_content(app: Flask) -> None:
    browser = app.test_client()
    with app.test_request_context("/"):
        address = files.asset("portage.css")
    answer = browser.get(address, buffered=True)
    assert answer.status_code == 200
    assert answer.cache_control.max_age == 365 * 24 * 3600
    assert answer.cache_control.immutable
    older = browser.get("/static/000000000000/portage.css", buffered=True)
    assert older.status_code == 200
    assert older.cache_control.max_age is None or older.cache_control.max_age == 0


def test_one_changed_byte_changes_every_address(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = files.digest(tmp_path)
    (tmp_path / "a.css").write_text("b{}")
    assert files.digest(tmp_path) != before


@pytest.mark.parametrize("path", ["../conftest.py", "..%2f..%2fconfig.py", "%2e%2e/words.py"])
def test_nothing_outside_the_static_folder_is_served(app: Flask, path: str) -> None:
    assert app.test_client().get(f"/static/000000000000/{path}").status_code == 404


@pytest.mark.parametrize("colour", ["#ffffff", "#ffd100", "#00703c", "#000000", "#7a1f5c", "#c0c0c0"])
def test_any_colour_of_a_council_can_be_read(colour: str) -> None:
    brand = Brand.of(colour)
    assert contrast(brand.colour, brand.text) >= 4.5
    assert contrast(brand.edge, "#ffffff") >= 3
    assert contrast(brand.soft, "#0b0c0c") >= 7


@pytest.mark.parametrize("colour", [None, "", "red", "#fff", "#12345g", "#123456;}body{display:none", "#123456\n"])
def test_a_colour_that_is_none_gives_way_to_the_plain_one(colour: str | None) -> None:
    assert Brand.of(colour).colour == PLAIN


def test_contrast_is_measured_as_wcag_defines_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
