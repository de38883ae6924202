"""The app's shell: pages and scripts without anybody's data, which a browser may keep and show without signal."""

import hashlib

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from portage.core.access import Audience, Rate
from portage.core.routes import ANYONE, UNAUDITED, Routes
from portage.visits.words import CANCELLED_BY, RESULTS

routes = Routes("offline_shell", __name__)
START = "/app"
SCRIPTS = (
    "app.js",
    "clock.js",
    "crypto.js",
    "forms.js",
    "held.js",
    "outbox.js",
    "pages.js",
    "record.js",
    "sent.js",
    "server.js",
    "store.js",
    "views.js",
)


@routes.get(START, can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.PAGE)
def shell() -> ResponseReturnValue:
    """The same page for everybody, signed in or not: what it shows of visits comes from the phone's sealed store."""
    return _page()


@routes.get("/app/sw.js", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.PAGE)
def worker() -> ResponseReturnValue:
    """The service worker: which files it keeps, in the version that this process serves, then its static code.

    The page names its files by their content, so that a new release or new words of the council are a new version.
    """
    version = hashlib.sha256(_page().encode()).hexdigest()[:16]
    body = render_template("offline/worker.js", version=version, shell=START, scripts=SCRIPTS)
    response = Response(body, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = START  # the page itself lies above the folder of this address
    return response


@routes.get("/app/manifest.webmanifest", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.PAGE)
def manifest() -> ResponseReturnValue:
    """What a phone needs to know to put the app among its others."""
    body = render_template("offline/manifest.webmanifest", start=START)
    return Response(body, mimetype="application/manifest+json")


def _page() -> str:
    return render_template("offline/shell.html", results=RESULTS, cancelled_by=CANCELLED_BY)
