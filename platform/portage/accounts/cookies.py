"""The cookies of this service: the session, the visitor's for forms, and one for each sign-in under way."""

from __future__ import annotations

from hashlib import sha256

from flask import Response, make_response, redirect, render_template, request

from portage.accounts.connection import connection
from portage.accounts.operations.sign_in import ATTEMPT

SESSION = "session"
VISITOR = "visitor"
# The app for visitors keeps their visits in the browser: they go with the session, also where no script of ours runs.
FORGET = '"cache", "storage"'
# What other people wrote on the same phone, or its person keeps there to send later, is unreadable without their key.
FORGET_ALL_BUT_SEALED = '"cache"'


def read(name: str) -> str | None:
    """What the browser sent under a name of ours, if it has the size of a token."""
    value = request.cookies.get(connection().cookie(name))
    return value if value and 20 <= len(value) <= 100 else None


def attempt(state: str) -> str:
    """The name of the cookie for one sign-in: several may be under way in one browser."""
    return f"attempt-{sha256(state.encode()).hexdigest()[:12]}"


def put(response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Set a cookie of ours: not for scripts, not for requests from other sites, for this host alone."""
    at = connection()
    response.set_cookie(
        at.cookie(name), value, max_age=seconds, secure=at.https, httponly=True, samesite="Lax", path="/"
    )


def put_attempt(response: Response, state: str, value: str) -> None:
    """Set the cookie that binds a sign-in to this browser, for as long as the attempt lasts."""
    put(response, attempt(state), value, seconds=int(ATTEMPT.total_seconds()))


def drop(response: Response, name: str) -> None:
    """Take a cookie of ours back."""
    at = connection()
    response.delete_cookie(at.cookie(name), secure=at.https, httponly=True, samesite="Lax", path="/")


def signed_out_response(address: str | None, page: str, *, sealed: bool = False) -> Response:
    """Go on to the provider's end of session.

    By a page, not by a redirect: the content security policy lets our forms lead to this site alone, and browsers
    apply that to redirects after a form as well. With `sealed` the browser keeps what the app's scripts left there,
    locked with a key that they deleted.
    """
    if address:
        response = make_response(render_template("accounts/signing_out.html", address=address))
    else:
        response = make_response(redirect(page, 303))
    drop(response, SESSION)
    response.headers["Clear-Site-Data"] = FORGET_ALL_BUT_SEALED if sealed else FORGET
    return response
