"""Whatever a browser, a script or a broken proxy sends, every route answers a page: never a fault of the service."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from werkzeug.routing import IntegerConverter, Rule

from portage.accounts.models import ROLES
from portage.core.access import Audience, Rate
from portage.core.ids import new_id
from portage.core.incoming import page_in, storable
from portage.core.rates import RateLimiter
from portage.core.routes import declaration_of
from support.asking import begin
from support.forms import forms_on, send
from support.lengths import AT_LENGTH
from support.people import Hired
from support.requests import RequestOf, request_of
from support.staff import SignIn

CHOICES = (
    "page", "q", "stage", "route", "area", "sort", "order", "overdue", "person", "done", "visit", "kind", "next",
    "edition", "actor", "action", "subject", "before", "rows", "question", "starts_on-day", "starts_on-year", "change",
    "invitation", "error", "state", "code", "iss", "left", "right", "show", "move", "copy_of", "draft",
)  # fmt: skip
ODD = ("\0", "a\0b", "\ud800", "\udfff\0", "\x1f\x7f", "9" * 19, "9" * 5000, "²", "-1", "\u202e" * 9, "%", "1e400")
OF_NOBODY = 3  # a page of ids that nobody has says so, mostly, before it reads a choice: each third odd text will do
KEYS = {"route_key": "request-form", "place": 9**18, "number": 9**18}  # parts of addresses that are no ids
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
__all__ = ["request_of"]
NOT_FORMS = {
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n"),
    "cut off": ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nhalf'),
    "odd boundary": ("multipart/form-data; boundary=\xff\xfe", b"--x--"),
    "headers alone": (
        "multipart/form-data; boundary=x",
        b"--x\r\nX: y\r\n\r\n1\r\n--x--\r\n",
    ),
    "many fields": ("application/x-www-form-urlencoded", b"&".join(b"f%d=1" % n for n in range(1500))),
    "many parts": (
        "multipart/form-data; boundary=x",
        b"".join(b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n' for _ in range(1500)) + b"--x--\r\n",
    ),
    "a long field": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + b"a" * 2_000_000 + b"\r\n--x--\r\n",
    ),
    "too large": ("application/x-www-form-urlencoded", b"a=" + b"b" * 13_000_000),
    "bytes that are no text": ("application/x-www-form-urlencoded", b"name=%ED%A0%80%FF&%00=%00&_csrf=%E9&_key=%00"),
    "json": ("application/json", b'{"_csrf": "\\u0000"}'),
    "nothing said": ("", b"\0\1\2"),
}


def gently(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lift the limit on how often one address may call."""
    monkeypatch.setitem(app.extensions, "portage.rates", RateLimiter(None, dict.fromkeys(Rate, 1_000_000)))


@pytest.fixture
def everybody(app: Flask, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> Hired:
    """Somebody with every role at once; the service answers as it does to a person, not to a test."""
    gently(app, monkeypatch)
    monkeypatch.setitem(app.config, "TESTING", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return sign_in("leeds", *ROLES)


def routes_of(app: Flask, method: str) -> Iterator[tuple[Rule, str]]:
    """Each route that a council's host has, with an address: ids that nobody has, and keys that do not exist."""
    for rule in app.url_map.iter_rules():
        declared = declaration_of(app, rule.endpoint) if rule.endpoint != "static" else None
        if declared is None or declared.audience is Audience.OPERATOR or method not in (rule.methods or ()):
            continue
        values = {name: KEYS.get(name, _nobodys(rule, name)) for name in rule.arguments}
        built = rule.build(values)
        if built is not None:
            yield rule, built[1]


def _nobodys(rule: Rule, name: str) -> Any:
    """A value of the right kind that leads to nothing."""
    if isinstance(rule._converters[name], IntegerConverter):
        return 987
    return new_id() if name.endswith("_id") else "x"


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_no_choice_in_an_address_breaks_a_page(app: Flask, everybody: Hired, odd: str) -> None:
    asked, value = 0, quote_from_bytes(odd.encode("utf-8", "surrogatepass"))
    query = "&".join(f"{name}={value}" for name in CHOICES)
    for number, (rule, path) in enumerate(routes_of(app, "GET")):
        if path in ("/health", "/brand.css"):
            continue
        if rule.arguments and not AT_LENGTH and (number + ODD.index(odd)) % OF_NOBODY:
            continue
        answer = everybody.client.get(path, query_string=query)
        assert answer.status_code < 500, (path, odd[:20], answer.status_code)
        asked += 1
    assert asked > 30


@pytest.mark.parametrize("name", NOT_FORMS)
def test_no_body_breaks_a_route_that_takes_forms(app: Flask, everybody: Hired, name: str) -> None:
    kind, body = NOT_FORMS[name]
    paths = [path for _, path in routes_of(app, "POST")]
    assert len(paths) > 30
    for path in paths if len(body) < 1_000_000 else paths[:6]:
        answer = everybody.client.post(path, data=body, content_type=kind)
        assert 400 <= answer.status_code < 500, (path, answer.status_code)
        # The app for phones speaks JSON: a code and a sentence; every other route answers with a page.
        told = answer.get_json()["sentence"] if answer.mimetype == "application/json" else answer.text
        assert told if path.startswith("/app/") else "<h1" in told, path


def test_an_enormous_address_is_answered(app: Flask, everybody: Hired) -> None:
    for path in ("/worklist?q=" + "a" * 60_000, "/" + "a/" * 20_000, "/ask/" + "%00" * 5_000, "/l/%00", "/ask/a%00b"):
        assert everybody.client.get(path).status_code in (200, 400, 404, 410, 414), path[:20]


def test_a_form_with_a_foreign_token_is_refused_whatever_its_letters(everybody: Hired) -> None:
    for token in ("é", "\0", "ключ", ""):
        answer = everybody.client.post("/worklist", data={"_csrf": token})
        assert answer.status_code == 405, token
        answer = everybody.client.post("/sign-out", data={"_csrf": token})
        assert answer.status_code == 403, (token, answer.status_code)


def test_what_a_parent_types_is_kept_but_for_the_invisible_sign(app: Flask, everybody: Hired) -> None:
    page = begin(everybody.client, "request-form")
    (form,) = [each for each in forms_on(page) if each.action == page.request.path]
    for odd in (each for each in ODD if storable(each) == each.replace("\0", "")):  # browsers encode no surrogate
        typed = {name: odd for name, control in form.fields.items() if control.kind != "hidden"}
        answer = send(everybody.client, form, typed)
        assert answer.status_code in (303, 422), (odd[:10], answer.status_code)


@pytest.mark.parametrize("name", [b"a\0b.pdf", b"\xed\xa0\x80.pdf", b"e" * 3000 + b".pdf", b"../../x.pdf", b" .pdf"])
def test_a_file_may_have_any_name(everybody: Hired, request_of: RequestOf, name: bytes) -> None:
    path = f"/referrals/{request_of('leeds').referral_id}/papers"
    (form,) = [each for each in forms_on(everybody.client.get(path)) if each.action == path]
    fields = {"kind": b"other", "_csrf": form.typed("_csrf")[0].encode(), "_key": form.typed("_key")[0].encode()}
    body = b"".join(b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (key.encode(), value)
                    for key, value in fields.items())  # fmt: skip
    body += b'--x\r\nContent-Disposition: form-data; name="papers"; filename="%s"\r\n\r\n%s\r\n--x--\r\n' % (name, PDF)
    answer = everybody.client.post(path, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (303, 403, 422), (name[:10], answer.status_code)  # 403: not readable as a form


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("plain", "plain"), ("a\0b", "ab"), ("\ud800", "\ufffd"), ("\ud83d\ude00", "😀"), ("Zoë\0", "Zoë"), ("", "")],
)
def test_a_text_becomes_storable(sent: str, kept: str) -> None:
    assert storable(sent) == kept


@pytest.mark.parametrize(
    ("typed", "page"),
    [("", 1), ("0", 1), ("7", 7), ("-1", 1), ("²", 1), ("x", 1), ("9" * 19, 1), ("9" * 9, 10_000), ("9" * 5000, 1)],
)
def test_the_page_of_a_list_is_a_number_that_a_database_takes(typed: str, page: int) -> None:
    assert page_in({"page": typed}) == page  # type: ignore[arg-type]  # only `get` is used
