"""Put the pieces together; only this module, `config` and `cli` know them all."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from werkzeug.middleware.proxy_fix import ProxyFix

import portage.tables  # noqa: F401 - relationships between slices resolve by table name
from portage import web
from portage.config import Settings
from portage.core import files, rates, tenancy
from portage.core.access import Audience, Rate
from portage.core.db import db
from portage.core.headers import guard_answers
from portage.core.incoming import Incoming
from portage.core.plane import enter_plane
from portage.core.pool import try_idle
from portage.core.process import HAS_POWERS, TOO_POWERFUL
from portage.core.routes import ANYONE, UNAUDITED, Routes, refuse_undeclared

VIEWS = (
    "portage.tenants.views",
    "portage.accounts.views",
    "portage.referrals.views",
    "portage.notifications.views",
    "portage.panels.views",
    "portage.support.views",
    "portage.profiles.views",
    "portage.plans.views",
    "portage.visits.views",
    "portage.volunteers.views",
    "portage.offline.views",
    "portage.lone_working.views",
    "portage.reviews.views",
    "portage.previews.views",
    "portage.messages.views",
    "portage.families.views",
    "portage.directory.views",
    "portage.partners.views",
    "portage.moving_forwards.views",
    "portage.starting_school.views",
    "portage.setting_support.views",
    "portage.stamps.views",
    "portage.settings.views",
)
JOBS = (
    "portage.accounts.jobs",
    "portage.directory.jobs",
    "portage.stamps.jobs",
    "portage.messages.jobs",
    "portage.messages.text_jobs",
    "portage.referrals.jobs",
    "portage.notifications.jobs",
    "portage.panels.jobs",
    "portage.support.jobs",
    "portage.volunteers.jobs",
    "portage.lone_working.jobs",
    "portage.reviews.jobs",
    "portage.previews.jobs",
)
TIMEOUTS = {  # milliseconds, for each kind of process
    "app": "-c statement_timeout=5000 -c lock_timeout=4000 -c idle_in_transaction_session_timeout=10000",
    "worker": "-c statement_timeout=60000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=70000",
}
health = Routes("health", __name__)


def create_app(
    settings: Settings | None = None, *, role: str = "app", overrides: dict[str, Any] | None = None
) -> Flask:
    """The application for one database role (`app` serves pages, `worker` carries out effects)."""
    settings = settings or Settings.from_environment(role=role)
    app = Flask("portage", static_folder=None)
    app.request_class = Incoming
    app.config.update(_flask_settings(settings, role), **(overrides or {}))
    app.extensions["portage.settings"] = settings
    app.extensions["portage.rates"] = rates.limiter(settings.redis_url)
    tenancy.use_key(settings.tenant_key)
    files.use_folder(app, settings.files)
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            try_idle(engine)
    _check_role(app)
    enter_plane(app, settings.operator_host)
    _know_viewers(app)
    guard_answers(app, https=settings.https)
    web.install(app)
    app.register_blueprint(health)
    for name in VIEWS:
        for routes in _routes_of(name):
            app.register_blueprint(routes)
    for name in JOBS:
        _module(name)
    if settings.https:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=0)  # type: ignore[method-assign]
    refuse_undeclared(app)
    return app


def load() -> None:
    """Read in all that `create_app` needs, and open nothing: processes that are forked afterwards begin at once."""
    for name in (*VIEWS, *JOBS, "portage.accounts.viewers"):
        _module(name)


def _flask_settings(settings: Settings, role: str) -> dict[str, Any]:
    pool = {
        "pool_size": 8,
        "max_overflow": 8,
        "pool_timeout": 5,
        "connect_args": {"options": TIMEOUTS[role], "connect_timeout": 5},
    }
    binds = {"operator": {"url": settings.operator_database_url, **pool}} if settings.operator_database_url else {}
    return {
        "SECRET_KEY": settings.secret_key,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": pool,
        "SQLALCHEMY_BINDS": binds,
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes,
        "SESSION_COOKIE_NAME": "__Host-portage-notice" if settings.https else "portage-notice",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
    }


def _check_role(app: Flask) -> None:
    """Refuse to start as a database role that row-level security does not bind."""
    with app.app_context():
        powers = db.session.execute(text(HAS_POWERS)).scalar_one()
        db.session.remove()
    if powers:
        raise RuntimeError(TOO_POWERFUL)


def _know_viewers(app: Flask) -> None:
    """Let the slice that keeps sessions say who asks, before any route runs."""
    know: Callable[[], None] = import_module("portage.accounts.viewers").recognise
    keep: Callable[[Response], Response] = import_module("portage.accounts.viewers").keep_cookies

    def recognise() -> None:
        if request.endpoint != "static" and request.path != "/health":
            know()

    app.before_request(recognise)
    app.after_request(keep)


def _module(name: str) -> Any:
    """A slice's module, or None while the slice has none."""
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name != name:
            raise
        return None


def _routes_of(name: str) -> list[Routes]:
    """The blueprints of a slice's views: `ALL_ROUTES` when it has several, else `routes`."""
    module = _module(name)
    if module is None:
        return []
    several: list[Routes] | None = getattr(module, "ALL_ROUTES", None)
    return [module.routes] if several is None else several


@health.get("/health", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.HEALTH)
def healthy() -> ResponseReturnValue:
    """For the load balancer: this process answers and its database does."""
    db.session.execute(text("select 1"))
    return Response("ok\n", mimetype="text/plain")
