"""A form that comes too late is kept on the page that says so, and goes through once its person is signed in again."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from portage.core import clock as clocks
from support.forms import form_to, send
from support.requests import RequestOf
from support.staff import SignIn

OURS = {"Sec-Fetch-Site": "same-origin", "Origin": "http://leeds.localhost"}
LONG = "Only in the morning.\nPlease <ring> twice, and do not leave a message."


def test_whoever_was_signed_out_meanwhile_loses_nothing_and_sends_it_again(
    sign_in: SignIn, request_of: RequestOf, clock: Callable[[datetime], None]
) -> None:
    family = request_of("leeds")
    person = sign_in("leeds", "service-manager")
    address = f"/children/{family.child_id}/carers/{family.carer_id}"
    form = form_to(person.client.get(address), address)
    clock(clocks.now() + timedelta(hours=2))
    late = send(person.client, form, {"contact_note": LONG}, headers=OURS)
    assert late.status_code == 401
    assert "You were signed out" in late.text
    assert "nothing that you typed is lost" in late.text
    assert "Please &lt;ring&gt; twice" in late.text
    assert late.headers["Cache-Control"] == "no-store"

    again = sign_in("leeds", "service-manager")
    stale = send(again.client, form_to(late, address), headers=OURS)
    assert stale.status_code == 403
    assert "Please send the form again" in stale.text
    saved = send(again.client, form_to(stale, address), headers=OURS)
    assert saved.status_code == 303, saved.text
    assert "Only in the morning.\nPlease &lt;ring&gt; twice" in again.client.get(f"/children/{family.child_id}").text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://lancashire.localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "https://leeds.localhost.elsewhere.example"},
    ],
)
def test_a_form_that_another_site_sent_is_not_handed_back_with_a_token(
    sign_in: SignIn, request_of: RequestOf, headers: dict[str, str]
) -> None:
    family = request_of("leeds")
    person = sign_in("leeds", "service-manager")
    address = f"/children/{family.child_id}/carers/{family.carer_id}"
    form = form_to(person.client.get(address), address)
    refused = send(person.client, form, {"_csrf": "made up", "contact_note": LONG}, headers=headers)
    assert refused.status_code == 403
    assert "Send it again" not in refused.text
    assert "Only in the morning" not in refused.text


def test_a_file_cannot_be_kept_so_nothing_is_promised(sign_in: SignIn) -> None:
    person = sign_in("leeds", "tenant-administrator")
    form = form_to(person.client.get("/profiles"), "/profiles")
    files = [("sheet", ("list.csv", b"Area,Step"))]
    refused = send(person.client, form, {"_csrf": "made up"}, files=files, headers=OURS)
    assert refused.status_code == 403
    assert "Send it again" not in refused.text
