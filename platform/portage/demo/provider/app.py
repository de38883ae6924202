"""The provider's pages and endpoints, as one small Flask application."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import OAuth2Error
from flask import Flask, Response, abort, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from portage.accounts.outbound import OutboundFailed, OutboundRefused, Reach, post_form
from portage.demo.provider.memory import Session
from portage.demo.provider.realms import read_realms
from portage.demo.provider.server import Chosen, Issuer

_log = logging.getLogger(__name__)
_CALLS = Reach(loopback=True, seconds=5.0)
# No form-action: browsers apply it to the redirect that takes a person back to the service as well.
_CONTENT_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"


class Provider:
    """All issuers of one settings file, read again when the file changes."""

    def __init__(self, settings: Path, state: Path, base_url: str) -> None:
        self._settings, self._state, self._base_url = settings, state, base_url.rstrip("/")
        self._lock = threading.Lock()
        self._read_at = 0
        self._issuers: dict[str, Issuer] = {}

    def issuers(self) -> dict[str, Issuer]:
        """The issuers by their key."""
        changed = self._settings.stat().st_mtime_ns
        with self._lock:
            if changed != self._read_at:
                for key, realm in read_realms(self._settings, self._state, self._base_url).items():
                    if key in self._issuers:
                        self._issuers[key].renew(realm)
                    else:
                        self._issuers[key] = Issuer(realm)
                self._read_at = changed
            return self._issuers


def create_provider(settings: Path, state: Path, base_url: str) -> Flask:
    """Make the application: `settings` is the JSON file, `state` holds keys, `base_url` is where browsers go."""
    app = Flask(__name__)
    provider = Provider(settings, state, base_url)
    app.extensions["portage-provider"] = provider
    _add_pages(app, provider)
    _add_endpoints(app)

    @app.url_value_preprocessor
    def find_issuer(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "realm" in values:
            g.issuer = provider.issuers().get(values.pop("realm")) or abort(404)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Content-Security-Policy"] = _CONTENT_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return app


def _add_pages(app: Flask, provider: Provider) -> None:
    @app.get("/")
    def index() -> str:
        return render_template("provider/index.html", issuers=provider.issuers().values())

    @app.get("/<realm>/")
    def about() -> str:
        return render_template("provider/about.html", issuer=g.issuer, signed_in=g.issuer.memory.signed_in())

    @app.post("/<realm>/sign-out-everywhere")
    def sign_out_everywhere() -> AnyResponse:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            abort(403)
        if sub := request.form.get("sub", ""):
            tell_clients(g.issuer, g.issuer.memory.end_sessions(sub=sub))
        return redirect(url_for("about", realm=g.issuer.realm.key), 303)

    @app.route("/<realm>/authorize", methods=["GET", "POST"])
    def authorize() -> Response | tuple[str, int]:
        return _authorize(g.issuer)

    @app.route("/<realm>/end-session", methods=["GET", "POST"])
    def end_session() -> AnyResponse | tuple[str, int] | str:
        return _end_session(g.issuer)


def _add_endpoints(app: Flask) -> None:
    @app.get("/favicon.ico")
    def no_icon() -> Response:
        return Response(status=204)  # browsers ask unasked, and would complain of a page that is missing

    @app.get("/<realm>/.well-known/openid-configuration")
    def metadata() -> Response:
        return jsonify(g.issuer.metadata())

    @app.get("/<realm>/keys")
    def keys() -> Response:
        return jsonify(g.issuer.realm.public_keys)

    @app.post("/<realm>/token")
    def token() -> Response:
        response: Response = g.issuer.create_token_response()
        return response

    @app.route("/<realm>/userinfo", methods=["GET", "POST"])
    def userinfo() -> Response:
        response: Response = g.issuer.create_endpoint_response("userinfo")
        return response


def _cookie(issuer: Issuer) -> str:
    return f"provider_{issuer.realm.key}"


def _authorize(issuer: Issuer) -> Response | tuple[str, int]:
    """Show the people to choose from, or answer the client once somebody was chosen."""
    session = issuer.memory.session(request.cookies.get(_cookie(issuer)))
    known = issuer.realm.personas.get(session.sub) if session else None
    try:
        grant = issuer.get_consent_grant(end_user=known)
    except OAuth2Error as error:
        return issuer.refuse(error) if getattr(error, "redirect_uri", None) else _problem(issuer, error)
    if request.args.get("prompt") == "none" and request.method == "GET":
        persona = known
    elif request.method == "GET":
        return render_template("provider/sign_in.html", issuer=issuer, signed_in=session and session.sub), 200
    else:
        persona = issuer.realm.personas.get(request.form.get("persona", ""))
    chosen = Chosen(persona, session.sid if session else None) if persona else None
    response: Response = issuer.create_authorization_response(grant_user=chosen, grant=grant)
    if persona and (opened := g.pop("opened_session", None)):
        path = f"/{issuer.realm.key}/"
        response.set_cookie(_cookie(issuer), opened.sid, httponly=True, samesite="Lax", path=path)
    return response


def _problem(issuer: Issuer, error: OAuth2Error) -> tuple[str, int]:
    return render_template("provider/problem.html", issuer=issuer, reason=error.get_error_description()), 400


def _end_session(issuer: Issuer) -> AnyResponse | tuple[str, int] | str:
    """End the session that the client names or the browser has, tell every other client, and go back where allowed."""
    try:
        asked = issuer.validate_endpoint_request("end_session")
    except OAuth2Error as error:
        return _problem(issuer, error)
    if asked.needs_confirmation and request.method == "GET":
        return render_template("provider/end.html", issuer=issuer)
    sid = (asked.id_token_claims or {}).get("sid") or request.cookies.get(_cookie(issuer), "")
    tell_clients(issuer, issuer.memory.end_sessions(sid=sid))
    answer: AnyResponse | None = issuer.create_endpoint_response("end_session", asked)
    response = answer or Response(render_template("provider/ended.html", issuer=issuer))
    response.delete_cookie(_cookie(issuer), path=f"/{issuer.realm.key}/")
    return response


def tell_clients(issuer: Issuer, ended: list[Session]) -> None:
    """Send a logout token to each client that these sessions reached; one that does not answer is passed over."""
    for session in ended:
        for client_id in sorted(session.clients):
            client = issuer.realm.clients.get(client_id)
            if client is None or not client.backchannel_logout_uri:
                continue
            host = urlsplit(client.backchannel_logout_uri).netloc
            try:
                fields = {"logout_token": issuer.logout_token(client, session)}
                post_form(client.backchannel_logout_uri, fields, _CALLS)
            except (OutboundFailed, OutboundRefused) as error:
                _log.warning("%s was not told that a session ended: %s", host, error)
