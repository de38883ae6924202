"""Every way in which the answer through the browser can be bad: a helpful page, and never a session."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from portage.accounts import cookies
from support.attempts import (
    AWAY,
    LARKSHIRE,
    MISCONFIGURED,
    MOSSBOROUGH,
    NOT_TRUSTED,
    REFUSED,
    STOPPED,
    UNKNOWN,
    Attempt,
)
from support.oidc import Browser


def test_an_answer_that_names_another_issuer_is_a_mix_up(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    expect_refusal(attempt.whole(iss="http://127.0.0.1:1"), NOT_TRUSTED)
    assert "/token" not in attempt.liar.calls, "a code must not be shown to a provider after a mix-up"


def test_an_answer_that_names_another_issuer_is_a_mix_up_even_when_none_was_announced(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    attempt.liar.metadata = {"authorization_response_iss_parameter_supported": None}
    expect_refusal(attempt.whole(iss="http://127.0.0.1:1"), NOT_TRUSTED)


def test_an_answer_without_the_announced_issuer_is_refused(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    expect_refusal(attempt.whole(iss=None), NOT_TRUSTED)


def test_a_provider_that_announces_no_issuer_may_leave_it_out(attempt: Attempt, sessions: Callable[[], int]) -> None:
    attempt.liar.metadata = {"authorization_response_iss_parameter_supported": None}
    assert attempt.whole(iss=None).status_code == 303
    assert sessions() == 1


def test_an_answer_without_a_code_is_refused(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    expect_refusal(attempt.whole(code=None), NOT_TRUSTED)


@pytest.mark.parametrize("state", [None, "", "guessed", "s" * 5000])
def test_an_answer_without_the_right_state_is_refused(
    attempt: Attempt, state: str | None, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    expect_refusal(attempt.whole(state=state), UNKNOWN)


def test_a_state_that_comes_twice_is_refused(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    asked = attempt.begin()
    address = f"/auth/{attempt.provider_id}/callback?code=a&state={asked['state']}&state={asked['state']}"
    expect_refusal(attempt.browser.get(address), UNKNOWN)


def test_an_answer_is_taken_once(attempt: Attempt, sessions: Callable[[], int]) -> None:
    asked = attempt.begin()
    kept = [attempt.browser.client.get_cookie(name, domain="larkshire.localhost") for name in cookie_names(asked)]
    assert attempt.come_back(asked).status_code == 303
    for cookie in kept:
        assert cookie is not None
        attempt.browser.client.set_cookie(cookie.key, cookie.value, domain="larkshire.localhost")

    again = attempt.come_back(asked)

    assert f"say: {UNKNOWN}." in again.text
    assert sessions() == 1


def test_an_answer_that_failed_cannot_be_tried_again(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    asked = attempt.begin()
    attempt.liar.claims = {"nonce": "wrong"}
    expect_refusal(attempt.come_back(asked), NOT_TRUSTED)
    attempt.liar.claims = {}
    expect_refusal(attempt.come_back(asked), UNKNOWN)


def cookie_names(asked: dict[str, str]) -> list[str]:
    """The name of the cookie that binds this attempt to its browser."""
    return [f"portage-{cookies.attempt(asked['state'])}"]


def test_an_answer_in_another_browser_is_refused_and_the_right_one_can_still_use_it(
    attempt: Attempt, open_browser: Callable[[str], Browser], sessions: Callable[[], int]
) -> None:
    asked = attempt.begin()
    thief = Attempt(open_browser(LARKSHIRE), attempt.liar, attempt.provider_id)

    assert f"say: {UNKNOWN}." in thief.come_back(asked).text
    assert sessions() == 0
    assert attempt.come_back(asked).status_code == 303


def test_an_attempt_is_over_after_ten_minutes(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None], clock: Callable[[datetime], None]
) -> None:
    asked = attempt.begin()
    clock(datetime.now(UTC) + timedelta(minutes=10, seconds=1))
    expect_refusal(attempt.come_back(asked), UNKNOWN)


def test_an_answer_at_another_provider_of_the_same_council_is_refused(
    attempt: Attempt, add_provider: Callable[..., UUID], expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    other = add_provider(LARKSHIRE, attempt.liar.issuer, client_id="another")
    asked = attempt.begin()
    attempt.provider_id = other
    expect_refusal(attempt.come_back(asked), UNKNOWN)


def test_an_answer_at_another_council_is_refused(
    attempt: Attempt,
    open_browser: Callable[[str], Browser],
    add_provider: Callable[..., UUID],
    sessions: Callable[[], int],
) -> None:
    other = add_provider(MOSSBOROUGH, attempt.liar.issuer)
    asked = attempt.begin()
    elsewhere = Attempt(open_browser(MOSSBOROUGH), attempt.liar, other)
    for name in cookie_names(asked):
        cookie = attempt.browser.client.get_cookie(name, domain="larkshire.localhost")
        assert cookie is not None
        elsewhere.browser.client.set_cookie(name, cookie.value, domain="mossborough.localhost")

    assert f"say: {UNKNOWN}." in elsewhere.come_back(asked).text
    elsewhere.provider_id = attempt.provider_id
    assert elsewhere.come_back(asked).status_code == 404
    assert sessions() == 0


ERRORS = {
    "access_denied": STOPPED,
    "login_required": STOPPED,
    "interaction_required": STOPPED,
    "server_error": AWAY,
    "temporarily_unavailable": AWAY,
    "invalid_scope": MISCONFIGURED,
    "unauthorized_client": MISCONFIGURED,
    "invalid_request": REFUSED,
    "<script>alert(1)</script>": REFUSED,
}


@pytest.mark.parametrize(("error", "code"), ERRORS.items())
def test_an_error_of_the_provider_is_a_helpful_page(
    attempt: Attempt, error: str, code: str, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    answer = attempt.whole(code=None, error=error, error_description="<b>secret words</b>")
    expect_refusal(answer, code)
    assert "alert(1)" not in answer.text
    assert "secret words" not in answer.text


def test_an_error_from_another_issuer_is_not_believed(
    attempt: Attempt, expect_refusal: Callable[[TestResponse, str], None]
) -> None:
    expect_refusal(attempt.whole(code=None, error="access_denied", iss="http://127.0.0.1:1"), NOT_TRUSTED)
