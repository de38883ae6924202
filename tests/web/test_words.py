"""Dates, times and ages as families say them, and a council's own texts as safe HTML."""

from datetime import UTC, date, datetime, time

import pytest

from portage.web.words import age, clock_time, dialable, long_date, markdown, moment, short_date, tappable


def test_a_day_is_written_in_full_or_short() -> None:
    assert long_date(date(2024, 3, 5)) == "5 March 2024"
    assert short_date(date(2024, 3, 5)) == "5 Mar 2024"
    assert long_date(None) == short_date(None) == ""


def test_an_instant_is_written_as_clocks_in_england_showed_it() -> None:
    assert moment(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "1 July 2026 at 12:30am"
    assert moment(datetime(2026, 1, 1, 14, 0, tzinfo=UTC)) == "1 January 2026 at 2pm"
    assert moment(None) == ""


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (time(9, 30), "9:30am"),
        (time(12), "midday"),
        (time(0), "midnight"),
        (time(12, 5), "12:05pm"),
        (time(0, 5), "12:05am"),
        (time(17), "5pm"),
        (None, ""),
    ],
)
def test_a_time_is_said_on_a_twelve_hour_clock(at: time | None, said: str) -> None:
    assert clock_time(at) == said


@pytest.mark.parametrize(
    ("born", "said"),
    [
        (date(2026, 3, 20), "1 week"),
        (date(2026, 3, 27), "0 weeks"),
        (date(2026, 2, 27), "1 month"),
        (date(2024, 2, 28), "2 years"),
        (date(2024, 3, 28), "23 months"),
        (date(2024, 3, 27), "2 years"),
        (date(2023, 2, 27), "3 years and 1 month"),
    ],
)
def test_an_age_is_said_in_months_until_two(born: date, said: str) -> None:
    assert age(born, date(2026, 3, 27)) == said


def test_a_councils_words_become_headings_lists_links_and_tables() -> None:
    html = markdown(
        "## Who we are\n\n* one\n* two\n\n[site](https://anytown.example)\n\n| a | b |\n| - | - |\n| 1 | 2 |"
    )
    assert "<h2>Who we are</h2>" in html
    assert html.count("<li>") == 2
    assert '<a href="https://anytown.example">site</a>' in html
    assert "<td>1</td>" in html
    assert markdown(None) == ""


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        '[x](https://a.example "\\" onmouseover=alert(1)")',
        "![x](https://a.example/pixel.gif)",
        "<a href='javascript:alert(1)'>x</a>",
    ],
)
def test_a_councils_words_can_neither_run_nor_load_anything(attack: str) -> None:
    html = str(markdown(attack))
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'href="vbscript' not in html
    assert '" onmouseover' not in html


def test_a_telephone_number_inside_a_sentence_can_be_tapped_and_the_sentence_stays_text() -> None:
    html = tappable("Call 01632 960 100 or a@b.example <now>", "01632 960 100", "a@b.example")
    assert '<a class="govuk-link" href="tel:01632960100">01632 960 100</a>' in html
    assert '<a class="govuk-link" href="mailto:a@b.example">a@b.example</a>' in html
    assert "&lt;now&gt;" in html
    assert tappable("Ask us", None, None) == "Ask us"


@pytest.mark.parametrize(
    "number", ["0113 378 5183", "01632 960 111", "0300 123 4567", "07700900123", "+44 1632 960111"]
)
def test_a_telephone_number_can_be_tapped_and_reads_the_same(number: str) -> None:
    found = str(dialable(f"<b>Call {number}, or write."))
    link = f'<a class="govuk-link" href="tel:{number.replace(" ", "")}">{number}</a>'
    assert found == f"&lt;b&gt;Call {link}, or write."


@pytest.mark.parametrize(
    "text", ["27 03 2026", "LDS-01133785183", "2026-01-02 10:00", "100000000000000", "W01632960111"]
)
def test_dates_and_references_are_no_telephone_numbers(text: str) -> None:
    assert str(dialable(text)) == text
