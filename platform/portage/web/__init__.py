"""The frame of every page: layout, fields, static files, error pages and the words of dates."""

from pathlib import Path

from flask import Flask, has_request_context
from jinja2 import FileSystemLoader
from markupsafe import Markup
from werkzeug.local import LocalProxy

from portage.core import csrf, headers, idempotency
from portage.core.identity import viewer
from portage.core.ids import new_id
from portage.web.files import asset, serve_static_files
from portage.web.navigation import navigation
from portage.web.refusals import install_refusals
from portage.web.site import site
from portage.web.views import routes
from portage.web.words import install_words

PACKAGES = Path(__file__).parent.parent


def install(app: Flask) -> None:
    """Give an application the frame; every slice's templates are found under `templates/<slice>/`."""
    app.jinja_loader = FileSystemLoader(sorted(PACKAGES.glob("*/templates")))
    app.jinja_env.globals.update(
        asset=asset,
        csrf_field=csrf_field,
        key_field=key_field,
        csp_nonce=headers.nonce,
        navigation=navigation,
        site=LocalProxy(site),
        viewer=LocalProxy(viewer),
    )
    app.context_processor(_frame)
    serve_static_files(app)
    install_words(app)
    install_refusals(app)
    app.register_blueprint(routes)


def _frame() -> dict[str, object]:
    """The same as the globals, found once for each page: a proxy looks again at every word, which doubles the frame."""
    return {"site": site(), "viewer": viewer()} if has_request_context() else {}


def csrf_field() -> Markup:
    """The hidden field that proves that a form came from this service, for this browser."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(csrf.FIELD, viewer().csrf)


def key_field() -> Markup:
    """The hidden field by which a form that is sent twice is taken once."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(idempotency.FIELD, new_id())
