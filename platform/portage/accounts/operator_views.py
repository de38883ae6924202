"""Signing in and out on the operators' own host."""

from __future__ import annotations

from http import HTTPStatus

from flask import g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.accounts import cookies
from portage.accounts.connection import connection
from portage.accounts.oidc.flow import Answer
from portage.accounts.oidc.tokens import verify_logout_token
from portage.accounts.operations import operators
from portage.accounts.paths import safe_next
from portage.accounts.refusals import SignInRefused
from portage.accounts.tokens import new_token
from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.db import db
from portage.core.routes import ANYONE, UNAUDITED, Routes

HOME = "/operator"
operator_routes = Routes("operator_accounts", __name__)


def _callback() -> str:
    return connection().address("/operator/auth/callback")


@operator_routes.get("/operator/sign-in", can=ANYONE, audience=Audience.OPERATOR, audit=UNAUDITED, rate=Rate.SIGN_IN)
def start() -> ResponseReturnValue:
    """Begin an operator's sign-in."""
    begun = connection().operator_flow().begin(_callback())
    cookie = new_token()
    next_path = safe_next(request.args.get("next"), HOME)
    operators.keep_operator_attempt(begun, cookie=cookie, next_path=next_path, at=clock.now())
    response = make_response(redirect(begun.address, 302))
    cookies.put_attempt(response, begun.state, cookie)
    return response


@operator_routes.get(
    "/operator/auth/callback", can=ANYONE, audience=Audience.OPERATOR, audit=UNAUDITED, rate=Rate.SIGN_IN
)
def callback() -> ResponseReturnValue:
    """The answer of the operators' provider; a second step is demanded of every operator."""
    answer = Answer.read(request.args)
    attempt_cookie = cookies.attempt(answer.state)
    attempt = operators.take_operator_attempt(state=answer.state, cookie=cookies.read(attempt_cookie), at=clock.now())
    nonce, verifier, next_path = attempt.nonce, attempt.verifier, attempt.next_path
    db.session.commit()  # used up, whatever follows; and no transaction stays open while another host is asked
    flow = connection().operator_flow()
    signed_in = flow.finish(answer, nonce=nonce, verifier=verifier, redirect_uri=_callback(), now=clock.now())
    token = operators.finish_operator_sign_in(signed_in, replaces=cookies.read(cookies.SESSION), at=clock.now())
    response = make_response(redirect(next_path, 303))
    cookies.put(response, cookies.SESSION, token)
    cookies.drop(response, attempt_cookie)
    g.session_opened = True
    return response


@operator_routes.post(
    "/operator/sign-out", can=ANYONE, audience=Audience.OPERATOR, audit=UNAUDITED, rate=Rate.SIGN_IN, once=False
)
def sign_out() -> ResponseReturnValue:
    """End an operator's session here, then at the provider."""
    token = cookies.read(cookies.SESSION)
    id_token = operators.end_operator_session(token, at=clock.now()) if token else None
    address = None
    if id_token is not None:
        page = connection().address("/operator/signed-out")
        address = connection().operator_flow().end_session_address(id_token, page)
    return cookies.signed_out_response(address, "/operator/signed-out")


@operator_routes.get("/operator/signed-out", can=ANYONE, audience=Audience.OPERATOR, audit=UNAUDITED, rate=Rate.PAGE)
def signed_out() -> ResponseReturnValue:
    """The page after signing out."""
    return render_template("accounts/signed_out.html", sign_in="/operator/sign-in")


@operator_routes.post(
    "/operator/auth/back-channel-logout",
    can=ANYONE,
    audience=Audience.OPERATOR,
    audit=UNAUDITED,
    rate=Rate.SIGN_IN,
    csrf=False,  # a provider calls, not a browser: its signature is the proof
    once=False,  # a token that comes again is refused by its number
)
def back_channel_logout() -> ResponseReturnValue:
    """The operators' provider says that a session has ended there."""
    flow = connection().operator_flow()
    now = clock.now()
    try:
        notice = verify_logout_token(
            request.form.get("logout_token", ""), relation=flow.relation, directory=flow.directory, now=now
        )
        operators.obey_operator_logout(notice, at=now)
    except SignInRefused:
        return {"error": "invalid_request"}, HTTPStatus.BAD_REQUEST
    return "", HTTPStatus.OK
