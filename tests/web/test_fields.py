"""Fields show again what was typed, say what is wrong with it, and can be reached from the error summary."""

from collections.abc import Callable

import pytest

Render = Callable[..., str]
KINDS = {"cat": "Cat", "dog": "Dog"}
CHOICES = list(KINDS.items())


@pytest.mark.parametrize(
    ("macro", "places", "values", "shown"),
    [
        ("text_input", (), {"it": "Zoë <b>"}, 'value="Zoë &lt;b&gt;"'),
        ("email_input", (), {"it": "a@b.example"}, 'value="a@b.example"'),
        ("time_input", (), {"it": "9.30"}, 'value="9.30"'),
        ("number_input", (), {"it": 0}, 'value="0"'),
        ("textarea", (), {"it": "first\nsecond"}, ">\nfirst\nsecond</textarea>"),
        ("radios", (CHOICES,), {"it": "dog"}, 'value="dog" checked'),
        ("checkboxes", (CHOICES,), {"it": ["dog"]}, 'value="dog" checked'),
        ("checkbox", (), {"it": "yes"}, 'value="yes" checked'),
        ("select", (CHOICES,), {"it": "dog"}, 'value="dog" selected'),
        ("yes_no", (), {"it": "no"}, 'value="no" checked'),
    ],
)
def test_a_field_shows_again_what_was_typed(
    field: Render, macro: str, places: tuple[object, ...], values: dict[str, object], shown: str
) -> None:
    assert shown in field(macro, "it", "Label", *places, values=values)


@pytest.mark.parametrize("macro", ["radios", "checkboxes", "select"])
def test_a_choice_that_was_not_made_is_not_marked(field: Render, macro: str) -> None:
    html = field(macro, "it", "Label", CHOICES, values={"it": "dog"})
    assert html.count(" checked") + html.count(" selected") == 1
    assert 'value="cat" ' not in html.replace('value="cat" aria', "")


@pytest.mark.parametrize(
    ("macro", "places"),
    [
        ("text_input", ()),
        ("textarea", ()),
        ("date_input", ()),
        ("radios", (CHOICES,)),
        ("checkboxes", (CHOICES,)),
        ("checkbox", ()),
        ("select", (CHOICES,)),
        ("file_upload", ()),
    ],
)
def test_an_error_is_said_at_the_field_and_linked_to_its_first_input(
    field: Render, macro: str, places: tuple[object, ...]
) -> None:
    html = field(macro, "it", "Label", *places, errors={"it": ["Say which one."]}, hint="A hint")
    assert "Say which one." in html
    assert html.count('id="it"') == 1, "the error summary links to #it"
    assert 'aria-describedby="it-hint it-error"' in html
    assert 'id="it-hint"' in html
    assert 'id="it-error"' in html


def test_a_date_keeps_its_three_parts_as_typed_even_when_they_make_no_date(field: Render) -> None:
    html = field(
        "date_input", "born", "Date of birth", values={"born-day": "31", "born-month": "Feb", "born-year": "24"}
    )
    assert [part in html for part in ('value="31"', 'value="Feb"', 'value="24"')] == [True] * 3
    assert [f'name="born-{part}"' in html for part in ("day", "month", "year")] == [True] * 3


def test_a_date_that_a_record_holds_fills_the_three_parts(field: Render) -> None:
    html = field("date_input", "born", "Date of birth", values={"born": "2024-03-27"})
    assert [f'value="{part}"' in html for part in ("27", "03", "2024")] == [True] * 3


def test_a_date_that_was_cleared_does_not_come_back(field: Render) -> None:
    parts = {"born-day": "", "born-month": "", "born-year": "", "born": ""}
    assert 'value="2' not in field("date_input", "born", "Date of birth", values=parts)


def test_a_long_text_says_how_much_room_there_is(field: Render) -> None:
    html = field("textarea", "words", "Words", longest=500)
    assert 'data-maxlength="500"' in html
    assert 'aria-describedby="words-info"' in html
    assert "You can use up to 500 characters" in html


def test_after_an_error_elsewhere_a_file_field_says_that_the_file_must_be_chosen_again(field: Render) -> None:
    assert "Choose the file again" in field("file_upload", "paper", "Paper", errors={"name": ["Enter a name."]})
    assert "Choose the file again" not in field("file_upload", "paper", "Paper")


def test_a_form_carries_its_token_and_a_key_of_its_own(render: Render) -> None:
    source = "{% from 'macros/forms.html' import form_open %}{{ form_open('/ask', upload=true) }}"
    one, other = render(source), render(source)
    assert 'method="post" action="/ask"' in one
    assert 'enctype="multipart/form-data"' in one
    assert 'name="_csrf" value="token-of-this-session"' in one
    assert one.partition("_key")[2] != other.partition("_key")[2], "each form has a key of its own"


def test_the_error_summary_names_every_error_and_links_to_its_field(render: Render) -> None:
    from portage.core.forms import Form

    form = Form({}, {"born": ["Enter a date."], "_schema": ["These answers do not fit."]})
    html = render("{% from 'macros/forms.html' import error_summary %}{{ error_summary(form) }}", form=form)
    assert '<a href="#born">Enter a date.</a>' in html
    assert "<li>These answers do not fit.</li>" in html
    assert not render(
        "{% from 'macros/forms.html' import error_summary %}{{ error_summary(form) }}", form=Form()
    ).strip()


def test_what_a_person_typed_is_never_markup(field: Render) -> None:
    attack = '"><script>alert(1)</script>'
    for macro, places in {"text_input": (), "textarea": (), "radios": ([(attack, attack)],)}.items():
        html = field(macro, "it", attack, *places, values={"it": attack}, errors={"it": [attack]}, hint=attack)
        assert "<script" not in html
