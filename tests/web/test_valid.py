"""All fields and parts together make a valid document, with and without errors."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from portage.core.forms import Form
from portage.core.identity import Viewer
from support import nu
from support.run import FOLDER

Render = Callable[..., str]
EVERYTHING = """
{% extends "layout.html" %}
{% import "macros/forms.html" as f %}
{% import "macros/parts.html" as p %}
{% block title %}Everything{% endblock %}
{% block back %}{{ p.back_link("/") }}{% endblock %}
{% block content %}
{{ f.error_summary(form) }}
{{ f.form_open("/send", upload=true) }}
{{ f.text_input(form, "name", "Name", "A hint", heading=true) }}
{{ f.email_input(form, "mail", "E-mail", optional=true) }}{{ f.phone_input(form, "phone", "Telephone") }}
{{ f.number_input(form, "hours", "Hours", suffix="hours") }}{{ f.time_input(form, "at", "Time") }}
{{ f.textarea(form, "words", "Words", longest=200) }}{{ f.date_input(form, "born", "Date of birth", birthday=true) }}
{{ f.radios(form, "who", "Who", [("a", "A"), ("b", "B", "A hint")], "A hint") }}{{ f.yes_no(form, "sure", "Sure?") }}
{{ f.checkboxes(form, "areas", "Areas", [("a", "A"), ("b", "B")]) }}{{ f.checkbox(form, "agree", "I agree", "A hint") }}
{{ f.select(form, "tongue", "Language", [("en", "English")], empty="Choose one") }}
{% call f.fieldset("Address", "Where you live") %}{{ f.text_input(form, "street", "Street") }}{% endcall %}
{{ f.file_upload(form, "paper", "Paper", accept=".pdf") }}
{{ f.button() }}{{ f.button("Save", "secondary", "save", "1") }}
{{ f.form_close() }}
{{ f.button_form("/deed", "Do it", fields={"one": "1"}) }}
{{ p.summary_list([("Name", "Kim"), ("Born", none, "/change"), ("Areas", ["one", "two"])]) }}
{{ p.tag("New") }}{{ p.warning("Mind this") }}{% call p.inset() %}Inside{% endcall %}
{% call p.details("More") %}<p class="govuk-body">Words</p>{% endcall %}
{{ p.pagination(2, 3, address) }}{{ p.safeguarding([{"name": "Front door", "phone": "01632 960 200"}]) }}
{% endblock %}
"""


@pytest.fixture(scope="module")
def checker() -> nu.Nu:
    return nu.shared(Path(os.environ[FOLDER]) / "nu")


NAMES = ("name", "mail", "phone", "hours", "at", "words", "born", "who", "areas", "agree", "tongue", "street", "paper")


@pytest.mark.parametrize("wrong", [False, True])
def test_fields_and_parts_make_a_valid_document(render: Render, checker: nu.Nu, manager: Viewer, wrong: bool) -> None:
    errors = {name: ["Say which one."] for name in NAMES} if wrong else {}
    html = render(
        EVERYTHING.lstrip(),
        viewer=manager,
        form=Form({"name": "Zoë"}, errors),
        address=lambda page: f"/list?page={page}",
    )
    checker.assert_valid(html)
    assert html.count("<h1") == 1
    assert html.count("Say which one.") == (2 * len(errors))


@pytest.mark.parametrize("template", ["errors/page.html", "errors/conflict.html", "errors/bare.html"])
def test_error_pages_are_valid_documents(render: Render, checker: nu.Nu, template: str) -> None:
    rows = [("Goal", "Sits alone")]
    told = {"heading": "Sorry", "sentence": "It broke.", "steps": ["Wait."], "trace": "ab12", "home_link": True}
    checker.assert_valid(render(f"{{% include '{template}' %}}", theirs=rows, yours=rows, back="/plan", **told))
