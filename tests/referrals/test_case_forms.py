"""No form about a request or a child answers anything but a page: empty, wrong, enormous, with impossible signs."""

import pytest

from support.forms import FormOnPage, forms_on, send
from support.people import Hired
from support.requests import ELIGIBLE, RequestOf
from support.staff import SignIn

WRONG = ("", "\x00", "x", "-1", "99999999999999999999", "é" * 5000, "<script>", "00000000-0000-0000-0000-000000000007")
PAGES = (
    "/referrals/{referral}", "/referrals/{referral}/delay", "/referrals/{referral}/facts",
    "/referrals/{referral}/assessment", "/referrals/{referral}/decide", "/referrals/{referral}/second-look",
    "/referrals/{referral}/reopen", "/referrals/{referral}/withdraw", "/children/{child}",
    "/children/{child}/carers/new", "/children/{child}/carers/{carer}", "/children/{child}/permissions",
    "/children/{child}/marks", "/children/{child}/reason",
)  # fmt: skip


def forms_of(person: Hired, path: str) -> list[FormOnPage]:
    """The forms of a page, but the one that signs out."""
    page = person.client.get(path)
    assert page.status_code == 200, path
    return [form for form in forms_on(page) if form.method == "post" and form.action != "/sign-out"]


@pytest.mark.parametrize("value", WRONG)
def test_every_form_answers_a_page_whatever_is_typed(sign_in: SignIn, request_of: RequestOf, value: str) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    manager = sign_in("leeds", "service-manager")
    for pattern in PAGES:
        path = pattern.format(referral=family.referral_id, child=family.child_id, carer=family.carer_id)
        for form in forms_of(manager, path):
            typed = {name: value for name in form.fields if name not in ("_csrf", "_key")}
            answer = send(manager.client, form, typed)
            assert answer.status_code < 500, (path, form.action, value[:40], answer.status_code)


def test_a_form_without_its_version_is_refused_and_changes_nothing(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    manager = sign_in("leeds", "service-manager")
    (form, *_) = [
        each for each in forms_of(manager, f"/referrals/{family.referral_id}") if each.action.endswith("/move-on")
    ]
    assert send(manager.client, form, {"version": ""}).status_code == 409


def test_one_impossible_answer_among_right_ones_is_refused_or_trimmed(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds")
    manager = sign_in("leeds", "service-manager")
    path = f"/children/{family.child_id}/carers/{family.carer_id}"
    for name in ("name", "email", "telephone", "address", "contact_note", "format_needs"):
        (form,) = forms_of(manager, path)
        assert send(manager.client, form, {name: "a\x00b"}).status_code in (303, 422), name
