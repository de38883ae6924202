"""From a request's cookies to its viewer: a signed-in person, an operator, or a visitor with a form."""

import secrets

from flask import Response, current_app, g, request

from portage.accounts.sessions import session_of
from portage.core import clock, csrf
from portage.core.access import permissions_of
from portage.core.identity import Viewer
from portage.core.tenancy import set_actor


def cookie_name(kind: str) -> str:
    """The name of a cookie (`session` or `visitor`); browsers keep a `__Host-` cookie to this very host over https."""
    return f"__Host-portage-{kind}" if current_app.extensions["portage.settings"].https else f"portage-{kind}"


def recognise() -> None:
    """Put the viewer of this request into `flask.g`."""
    token = request.cookies.get(cookie_name("session"), "")
    found = session_of(token, at=clock.now()) if token and g.get("tenant_id") else None
    if found is None:
        g.viewer = _visitor()
        return
    g.viewer = Viewer(
        kind="person",
        person_id=found.person_id,
        name=found.name,
        roles=found.roles,
        can=permissions_of(found.roles),
        areas=found.areas,
        session_id=found.id,
        csrf=csrf.token(current_app.extensions["portage.settings"].secret_key, token),
    )
    set_actor(g.viewer.actor)


def _visitor() -> Viewer:
    """Somebody who is not signed in; a random cookie of their browser binds the forms that they open."""
    visitor = request.cookies.get(cookie_name("visitor"), "")
    if len(visitor) < 32:
        visitor = g.new_visitor = secrets.token_urlsafe(32)
    g.visitor = visitor
    return Viewer(csrf=csrf.token(current_app.extensions["portage.settings"].secret_key, visitor))


def keep_cookies(response: Response) -> Response:
    """Send a new visitor's cookie; it lives as long as the browser's session."""
    if "new_visitor" in g:
        set_cookie(response, "visitor", g.new_visitor)
    return response


def set_cookie(response: Response, kind: str, value: str) -> None:
    """Set one of this service's cookies: for this host alone, out of reach of scripts."""
    secure = current_app.extensions["portage.settings"].https
    response.set_cookie(cookie_name(kind), value, secure=secure, httponly=True, samesite="Lax", path="/")


def drop_cookie(response: Response, kind: str) -> None:
    """Take one of this service's cookies back."""
    response.delete_cookie(cookie_name(kind), path="/", secure=current_app.extensions["portage.settings"].https)
