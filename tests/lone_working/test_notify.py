"""The protocol of GOV.UK Notify: what it refuses, what it keeps, and what is known when it does not answer."""

import pytest

from portage.demo.texts import StandIn
from portage.messages import notify as channel
from portage.messages.notify import ApiKey, Became, Notify
from support.texts import KEY, TEMPLATE_ID

WORDS = {"reference": "V-1", "link": "https://council.example/overdue-visits"}
NUMBER = "+447700900101"


def service(notify: StandIn, **other: str) -> Notify:
    key = ApiKey.read(other.pop("key", KEY))
    assert key is not None
    reach = channel.Reach(loopback=True, seconds=5)
    return Notify(key, other.get("template_id", TEMPLATE_ID), notify.address, reach)


@pytest.mark.parametrize(
    ("key", "template_id", "number", "words", "because"),
    [
        (KEY.replace("66666666", "77777777"), TEMPLATE_ID, NUMBER, WORDS, "does not accept our key"),
        (KEY.replace("11111111", "22222222"), TEMPLATE_ID, NUMBER, WORDS, "does not accept our key"),
        (KEY, TEMPLATE_ID.replace("b", "c"), NUMBER, WORDS, "template"),
        (KEY, "not-an-id", NUMBER, WORDS, "template"),
        (KEY, TEMPLATE_ID, NUMBER, {"reference": "V-1"}, "template"),
        (KEY, TEMPLATE_ID, "+441632960001", WORDS, "no number for texts"),
        (KEY, TEMPLATE_ID, "999", WORDS, "no number for texts"),
    ],
)
def test_what_notify_refuses_is_refused_for_good(
    notify: StandIn, key: str, template_id: str, number: str, words: dict[str, str], because: str
) -> None:
    told = service(notify, key=key, template_id=template_id).send(number, words, "r-1")
    assert told.became is Became.REFUSED
    assert because in (told.because or "")
    assert notify.sent == []


def test_a_clock_that_is_wrong_is_said_so(notify: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    real = channel.time.time
    monkeypatch.setattr("portage.demo.texts.time.time", lambda: real() + 31)
    monkeypatch.setattr("portage.messages.notify.time", type("Clock", (), {"time": staticmethod(lambda: real() - 31)}))
    told = service(notify).send(NUMBER, WORDS, "r-1")
    assert "clock" in (told.because or "")


def test_a_text_is_found_by_our_reference_and_by_notifys_id(notify: StandIn) -> None:
    way = service(notify)
    assert way.find("r-1").became is Became.ABSENT
    notify.delivered = False
    taken = way.send(NUMBER, WORDS, "r-1")
    assert taken.became is Became.TAKEN
    assert way.find("r-1").notify_id == taken.notify_id
    assert way.look(taken.notify_id or "").became is Became.TAKEN
    failed = way.send("+447700900003", WORDS, "r-2")
    assert way.look(failed.notify_id or "").became is Became.UNDELIVERED


def test_nothing_listens_where_notify_should_be() -> None:
    key = ApiKey.read(KEY)
    assert key is not None
    away = Notify(key, TEMPLATE_ID, "http://127.0.0.1:9", channel.Reach(loopback=True, seconds=1))
    assert away.send(NUMBER, WORDS, "r-1").became is Became.UNKNOWN
    inside = Notify(key, TEMPLATE_ID, "http://127.0.0.1:9", channel.Reach())
    assert inside.send(NUMBER, WORDS, "r-1").became is Became.REFUSED


@pytest.mark.parametrize("text", ["", "name", "x-1-2", KEY[:-1], KEY + "0", KEY.split("-", 1)[1]])
def test_a_key_of_another_form_is_no_key(text: str) -> None:
    assert ApiKey.read(text) is None
