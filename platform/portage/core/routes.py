"""Routes that say who may call them: permission, audience, audit action, rate class; else nothing starts."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, current_app, g, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug import Response

from portage.core import audit, csrf, idempotency
from portage.core.access import Audience, Can, Rate
from portage.core.db import db
from portage.core.errors import FormExpired, NotAllowed, NotHere, SignInFirst
from portage.core.identity import viewer
from portage.core.incoming import storable

View = Callable[..., ResponseReturnValue]

ANYONE = None  # the permission of a route that needs none
UNAUDITED = ""  # the audit action of a page that shows nobody's data


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a route says about itself; the prober and the guards read it."""

    can: Can | None
    audience: Audience
    audit: str
    rate: Rate
    csrf: bool = True
    once: bool = True


class Routes(Blueprint):
    """A blueprint whose routes cannot be written without a declaration."""

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]  # any view, guarded
        """A page. It never writes a business row; the only row it may add is its own line in the trail."""
        return self._declare(rule, "GET", options)

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]  # any view, guarded
        """A form's target; carries a CSRF token and an idempotency key unless declared otherwise with a reason."""
        return self._declare(rule, "POST", options)

    def _declare(self, rule: str, method: str, options: dict[str, Any]) -> Callable[[View], View]:
        declaration = Declaration(
            can=options.pop("can"),
            audience=options.pop("audience"),
            audit=options.pop("audit"),
            rate=options.pop("rate"),
            csrf=options.pop("csrf", True),
            once=options.pop("once", True),
        )
        if declaration.audience is Audience.STAFF and declaration.can is None:
            raise TypeError(f"{rule}: a staff route names the permission that it needs")

        def decorate(view: View) -> View:
            guarded = _guard(view, declaration, method)
            self.add_url_rule(rule, view_func=guarded, methods=[method], endpoint=options.get("endpoint"))
            return guarded

        return decorate


def _guard(view: View, declaration: Declaration, method: str) -> View:
    """Wrap a view: authorise, answer a repetition, run, write the trail, commit; roll back on any refusal."""

    @wraps(view)
    def guarded(**values: Any) -> ResponseReturnValue:
        if any(isinstance(value, str) and storable(value) != value for value in values.values()):
            raise NotHere  # no address of ours holds such a character
        authorise(declaration)
        current_app.extensions["portage.rates"].check(g.get("tenant_id"), declaration.rate, _caller())
        if method != "POST":
            return _finish(make_response(view(**values)), declaration)
        if declaration.csrf:
            csrf.check(request, viewer().csrf)
        key = _form_key() if declaration.csrf and declaration.once and g.get("tenant_id") else None
        if key is not None:
            first = idempotency.claim(key, request.endpoint or "", idempotency.digest_of(request, viewer().actor))
            if first is not None:
                return redirect(first, 303)
        response = make_response(view(**values))
        if key is not None and response.status_code < 400:
            idempotency.remember(key, response.headers.get("Location", request.path))
        return _finish(response, declaration)

    guarded.declaration = declaration  # type: ignore[attr-defined]  # read by `declaration_of`
    return guarded


def authorise(declaration: Declaration) -> None:
    """Raise unless this viewer, on this host, may call a route so declared."""
    on_operator_host = bool(g.get("operator_plane"))
    if (declaration.audience is Audience.OPERATOR) != on_operator_host and declaration.rate is not Rate.HEALTH:
        raise NotHere
    if declaration.can is None:
        return
    who = viewer()
    if not who.signed_in:
        raise SignInFirst
    if declaration.can not in who.can:
        raise NotAllowed


def _finish(response: Response, declaration: Declaration) -> Response:
    """Commit what was done, with its line in the trail, or roll everything back when the answer is a refusal."""
    if response.status_code >= 400:
        db.session.rollback()
        return response
    if declaration.audit and g.get("tenant_id"):
        audit.record(
            declaration.audit, actor=viewer().actor, subject=g.get("audit_subject"), **g.get("audit_detail", {})
        )
    db.session.commit()
    return response


def concerning(kind: str, subject_id: UUID, **detail: Any) -> None:
    """Say whom this request's line in the trail is about; `detail` holds ids and keys only."""
    g.audit_subject = (kind, subject_id)
    g.audit_detail = detail


def declaration_of(app: Flask, endpoint: str) -> Declaration | None:
    """What the route behind an endpoint declared, or None."""
    found: Declaration | None = getattr(app.view_functions[endpoint], "declaration", None)
    return found


def refuse_undeclared(app: Flask) -> None:
    """Stop the start of an application that has a route without a declaration."""
    undeclared = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and declaration_of(app, rule.endpoint) is None
    )
    if undeclared:
        raise RuntimeError(f"routes without a declaration: {', '.join(undeclared)}")


def _caller() -> str:
    who = viewer()
    return str(who.session_id) if who.session_id else request.remote_addr or "unknown"


def _form_key() -> UUID:
    try:
        return UUID(request.form.get(idempotency.FIELD, ""))
    except ValueError:
        raise FormExpired from None
