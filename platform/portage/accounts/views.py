"""Signing in and out of a council's site, and the provider's own message that somebody has signed out elsewhere."""

from __future__ import annotations

import logging
from http import HTTPStatus
from uuid import UUID

from flask import current_app, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portage.accounts import cookies
from portage.accounts.connection import connection
from portage.accounts.models import IdentityProvider
from portage.accounts.oidc.flow import Answer, Flow
from portage.accounts.oidc.tokens import verify_logout_token
from portage.accounts.operations import sessions, sign_in
from portage.accounts.operator_views import operator_routes
from portage.accounts.paths import START, safe_next
from portage.accounts.refusals import NotInvited, SignInRefused
from portage.accounts.tokens import new_token
from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.db import db
from portage.core.identity import viewer
from portage.core.routes import ANYONE, UNAUDITED, Routes, concerning

log = logging.getLogger(__name__)
routes = Routes("accounts", __name__)
ALL_ROUTES = [routes, operator_routes]


@routes.get("/sign-in", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.SIGN_IN)
def choose_provider() -> ResponseReturnValue:
    """Straight to the council's provider, or a choice when it has several."""
    next_path = safe_next(request.args.get("next"))
    found = sign_in.providers()
    if len(found) == 1 and not viewer().signed_in:
        return redirect(_start_path(found[0], next_path), 302)
    ways = [(provider.name, _start_path(provider, next_path)) for provider in found]
    return render_template("accounts/sign_in.html", ways=ways, next_path=next_path)


def _start_path(provider: IdentityProvider, next_path: str, invitation: str = "") -> str:
    return url_for("accounts.start", provider_id=provider.id, next=next_path, invitation=invitation or None)


@routes.get("/invitation/<token>", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.SIGN_IN)
def invitation(token: str) -> ResponseReturnValue:
    """An invitation's page. Opening it uses nothing up: mail filters open links too."""
    sign_in.find_invitation(token, at=clock.now())
    ways = [(provider.name, _start_path(provider, START, token)) for provider in sign_in.providers()]
    return render_template("accounts/invitation.html", ways=ways)


@routes.get("/auth/<uuid:provider_id>/start", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.SIGN_IN)
def start(provider_id: UUID) -> ResponseReturnValue:
    """Begin a sign-in: remember what must come back, and send the browser to the provider."""
    now = clock.now()
    provider = sign_in.provider(provider_id)
    token = request.args.get("invitation")
    invited = sign_in.find_invitation(token, at=now).id if token else None
    flow = _flow(provider)
    db.session.commit()  # no transaction stays open while another host is asked
    begun = flow.begin(_callback(provider_id))
    cookie = new_token()
    sign_in.keep_attempt(
        provider_id,
        begun,
        cookie=cookie,
        next_path=safe_next(request.args.get("next")),
        invitation_id=invited,
        at=now,
    )
    response = make_response(redirect(begun.address, 302))
    cookies.put_attempt(response, begun.state, cookie)
    return response


@routes.get(
    "/auth/<uuid:provider_id>/callback", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.SIGN_IN
)
def callback(provider_id: UUID) -> ResponseReturnValue:
    """The provider's answer: use up the attempt, check everything, and open a session."""
    provider = sign_in.provider(provider_id)
    answer = Answer.read(request.args)
    attempt_cookie = cookies.attempt(answer.state)
    attempt = sign_in.take_attempt(provider_id, state=answer.state, cookie=cookies.read(attempt_cookie), at=clock.now())
    nonce, verifier, next_path, invitation_id = (
        attempt.nonce,
        attempt.verifier,
        attempt.next_path,
        attempt.invitation_id,
    )
    flow = _flow(provider)
    db.session.commit()  # used up, whatever follows; and no transaction stays open while another host is asked
    signed_in = flow.finish(
        answer, nonce=nonce, verifier=verifier, redirect_uri=_callback(provider_id), now=clock.now()
    )
    opened = sign_in.finish_sign_in(
        sign_in.provider(provider_id),
        signed_in,
        invitation_id=invitation_id,
        replaces=cookies.read(cookies.SESSION),
        at=clock.now(),
    )
    if opened.token is None:
        db.session.commit()  # the roles that a group took away stay away
        raise NotInvited("no role is left")
    response = make_response(redirect(next_path, 303))
    cookies.put(response, cookies.SESSION, opened.token)
    cookies.drop(response, attempt_cookie)
    g.session_opened = True
    return response


def _flow(provider: IdentityProvider) -> Flow:
    return connection().flow(sign_in.relation_of(provider))


def _callback(provider_id: UUID) -> str:
    return connection().address(f"/auth/{provider_id}/callback")


@routes.get(START, can=Can.SEE_SELF, audience=Audience.STAFF, audit=UNAUDITED, rate=Rate.PAGE)
def after_sign_in() -> ResponseReturnValue:
    """The first page of a working day: the first entry of the person's own navigation."""
    entries = current_app.jinja_env.globals["navigation"]()  # type: ignore[operator]  # the frame puts it there
    return redirect(entries[0].url, 303) if entries else render_template("accounts/start.html")


@routes.post("/sign-out", can=ANYONE, audience=Audience.PUBLIC, audit="signed-out", rate=Rate.SIGN_IN, once=False)
def sign_out() -> ResponseReturnValue:
    """End the session here, then at the provider."""
    token = cookies.read(cookies.SESSION)
    ended = sessions.end_session(token, reason="signed-out", at=clock.now()) if token else None
    if (person_id := viewer().person_id) is not None:
        concerning("person", person_id)
    address = None
    if ended is not None:
        flow = _flow(sign_in.provider(ended.provider_id))
        address = flow.end_session_address(ended.id_token, connection().address("/signed-out"))
    sealed = request.form.get("sealed") == "kept"
    return cookies.signed_out_response(address, "/signed-out", sealed=sealed)


@routes.get("/signed-out", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.PAGE)
def signed_out() -> ResponseReturnValue:
    """The page after signing out."""
    return render_template("accounts/signed_out.html", sign_in="/sign-in")


@routes.post(
    "/auth/<uuid:provider_id>/back-channel-logout",
    can=ANYONE,
    audience=Audience.PUBLIC,
    audit="sessions-ended-by-provider",
    rate=Rate.SIGN_IN,
    csrf=False,  # a provider calls, not a browser: its signature is the proof
    once=False,  # the token's own id is used once
)
def back_channel_logout(provider_id: UUID) -> ResponseReturnValue:
    """A provider says that somebody's session has ended there (OpenID Connect Back-Channel Logout 1.0)."""
    provider = sign_in.provider(provider_id)
    flow = _flow(provider)
    db.session.commit()  # no transaction stays open while another host is asked
    try:
        notice = verify_logout_token(
            request.form.get("logout_token", ""), relation=flow.relation, directory=flow.directory, now=clock.now()
        )
        ended = sessions.obey_logout(provider_id, notice, at=clock.now())
    except SignInRefused as refused:
        return refuse_logout(refused)
    concerning("identity-provider", provider_id, ended=ended)
    return "", HTTPStatus.OK


def refuse_logout(refused: SignInRefused) -> ResponseReturnValue:
    """Tell a provider that its logout token was not obeyed, and nothing about why."""
    log.warning("a logout token was refused: %s", refused.why)
    return {"error": "invalid_request"}, HTTPStatus.BAD_REQUEST


@routes.app_errorhandler(SignInRefused)
def refused_page(refused: SignInRefused) -> ResponseReturnValue:
    """One helpful page for every way in which a sign-in can fail."""
    db.session.rollback()
    log.warning("a sign-in was refused: %s (%s)", refused.code, refused.why)
    again = "/operator/sign-in" if g.get("operator_plane") else "/sign-in"
    page = render_template("accounts/refused.html", refused=refused, sign_in=again if refused.again else None)
    return page, refused.status
