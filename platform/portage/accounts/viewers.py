"""Who asks: from the cookies of a request to its viewer, before any route runs."""

from __future__ import annotations

from flask import Response, current_app, g

from portage.accounts import cookies
from portage.accounts.operations.clearance import standing
from portage.accounts.operations.operators import find_operator_session
from portage.accounts.operations.sessions import LiveSession, find_session
from portage.accounts.tokens import new_token
from portage.core import clock, csrf
from portage.core.access import NEEDS_CLEARANCE, Can, Role, permissions_of
from portage.core.identity import Viewer
from portage.core.tenancy import in_scope, set_actor


def recognise() -> None:
    """Set `g.viewer` for this request: a person of this council, an operator on the operators' host, or a visitor."""
    token = cookies.read(cookies.SESSION)
    found = _operator(token) if g.get("operator_plane") else _person(token)
    g.viewer = found or Viewer(csrf=_form_token(_visitor()))
    if found is None and token:
        g.session_ended = True
    if in_scope():
        set_actor(g.viewer.actor)


def _person(token: str | None) -> Viewer | None:
    live = find_session(token, at=clock.now()) if token and in_scope() else None
    if live is None or token is None:
        return None
    return Viewer(
        kind="person",
        person_id=live.person_id,
        name=live.name,
        roles=live.roles,
        can=_allowed(live),
        areas=live.areas,
        outside=live.outside,
        session_id=live.id,
        csrf=_form_token(token),
    )


def _allowed(live: LiveSession) -> frozenset[Can]:
    """What this person may do at this moment: a volunteer whose check has lapsed is nobody's visitor, on no page."""
    can = permissions_of(live.roles, outside=live.outside)
    if not can & NEEDS_CLEARANCE or standing(live.person_id, on=clock.today()).may_visit:
        return can
    return can - NEEDS_CLEARANCE


def _operator(token: str | None) -> Viewer | None:
    live = find_operator_session(token, at=clock.now()) if token else None
    if live is None or token is None:
        return None
    roles = frozenset({Role.OPERATOR})
    return Viewer(
        kind="operator",
        person_id=live.operator_id,
        name=live.name,
        roles=roles,
        can=permissions_of(roles),
        session_id=live.id,
        csrf=_form_token(token),
    )


def _visitor() -> str:
    """The visitor's cookie, to which forms on public pages are bound; a first-time visitor gets one."""
    known = cookies.read(cookies.VISITOR)
    if known:
        return known
    g.new_visitor = new_token()
    return str(g.new_visitor)


def _form_token(cookie: str) -> str:
    return csrf.token(current_app.extensions["portage.settings"].secret_key, cookie)


def keep_cookies(response: Response) -> Response:
    """Give a first-time visitor their cookie with the first page, and take back the cookie of a session that ended."""
    if (made := g.get("new_visitor")) and response.mimetype == "text/html":
        cookies.put(response, cookies.VISITOR, made)
    if g.get("session_ended") and not g.get("session_opened"):
        cookies.drop(response, cookies.SESSION)
    return response
