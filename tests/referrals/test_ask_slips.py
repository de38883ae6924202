"""A slip on the public pages gets a sentence, and nothing that was typed is lost."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from support.asking import answer, walk
from support.forms import form_to, send

Clients = Callable[[str], FlaskClient]
Clock = Callable[[datetime], None]
NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _day(clock: Clock, unhurried: None) -> None:
    clock(NOW)


BAD = [
    ("who", {"referrer": "school-admissions"}, "Choose the answer that fits you best."),
    ("who", {"referrer": []}, "Choose the answer that fits you best."),
    ("you", {"carer_name": ""}, "Enter your name."),
    ("you", {"carer_name": "x" * 101}, "Use 100 characters or fewer."),
    ("you", {"carer_name": "Ro\x07bin"}, "characters that cannot be printed"),
    ("contact", {"carer_email": "robin at family", "carer_safe": ["email"]}, "Enter an e-mail address in full"),
    ("contact", {"carer_email": "", "carer_safe": ["email"]}, "take the tick away from e-mail"),
    ("contact", {"carer_telephone": "ask my aunt"}, "Enter a telephone number"),
    ("contact", {"carer_safe": []}, "Tick at least one safe way"),
    ("contact", {"carer_safe": ["pigeon"]}, "Choose from the list."),
    ("child", {"given_name": ""}, "Enter the child&#39;s first name."),
    ("child", {"born-year": "2027"}, "The date of birth is in the future."),
    ("child", {"born-day": "31", "born-month": "2"}, "Enter a real date"),
    ("child", {"born-month": "March"}, "Enter a real date"),
    ("child", {"born-day": "", "born-month": "", "born-year": ""}, "Enter the child&#39;s date of birth."),
    ("child", {"born-year": "1985"}, "Check the year"),
    ("home", {"postcode": "LS"}, "Enter a full postcode"),
    ("own-words", {"own_words": "word " * 1000}, "Use 4000 characters or fewer."),
    ("concerns", {"concerns": ["everything"]}, "Choose from the list."),
    ("lives-in-area", {"lives_in_area": "perhaps"}, "Choose one of the answers."),
    ("setting", {"setting_hours": "some"}, "Enter the hours as a number"),
    ("setting", {"setting_hours": "200"}, "a week has no more"),
    ("other-carer", {"other_telephone": "01632 960 002"}, "Enter their name."),
]


@pytest.mark.parametrize(("page_key", "typed", "sentence"), BAD)
def test_each_slip_gets_a_sentence_and_everything_typed_stays(
    page_key: str, typed: dict[str, str | list[str]], sentence: str, client_of: Clients
) -> None:
    client = client_of("leeds")
    page = walk(client, "request-form", "parent", until=page_key)
    refused = answer(client, page, "parent", **typed)
    assert refused.status_code == 422
    assert sentence in refused.text
    assert "There is a problem" in refused.text
    shown = form_to(refused, f"/ask/request-form/{page_key}")
    for name, value in typed.items():
        control = shown.fields[name]
        if control.kind in ("radio", "checkbox"):
            assert control.values == [each for each in value if each in control.options]
        else:
            assert control.values == [str(value).strip()]


@pytest.mark.parametrize(
    ("slug", "route", "referrer", "page_key", "typed", "sentence"),
    [
        ("lancashire", "early-help", "senco", "early-help", {"discussed_on-year": "2031"}, "in the future"),
        ("leeds", "one-send", "senco", "agreement", {"agreed_by": ""}, "name of the person who agreed"),
        ("leeds", "one-send", "senco", "agreement", {"agreed_on-year": "2031"}, "in the future"),
        ("leeds", "one-send", "senco", "agreement", {"agreement_parent": []}, "Choose one of the answers."),
        ("leeds", "one-send", "senco", "you", {"referrer_telephone": ""}, "so that we can reach you"),
        ("west-northants", "moving-forwards", "parent", "school", {"school": ""}, "Answer this question."),
    ],
)
def test_slips_on_other_routes_get_a_sentence_too(
    slug: str, route: str, referrer: str, page_key: str, typed: dict[str, str], sentence: str, client_of: Clients
) -> None:
    client = client_of(slug)
    page = walk(client, route, referrer, until=page_key)
    refused = answer(client, page, referrer, **typed)
    assert (refused.status_code, sentence in refused.text) == (422, True)


def test_answers_that_contradict_each_other_are_named_on_the_check(client_of: Clients) -> None:
    client = client_of("west-northants")
    early = {"reception_ends_on-year": "2024"}
    check = walk(client, "request-for-support", "parent", **early)
    refused = send(client, form_to(check, check.request.path))
    assert refused.status_code == 422
    assert "must be after the date of birth" in refused.text
    assert "Robin Invented" in refused.text
