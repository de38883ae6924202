"""The pages that every council's site has for everybody: its service, its privacy notice, cookies, accessibility."""

from dataclasses import dataclass
from typing import Any

from flask import current_app, render_template
from flask.typing import ResponseReturnValue

from portage.core.access import Audience, Rate
from portage.core.routes import ANYONE, UNAUDITED, Routes
from portage.tenants.pages import area_teams, words


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that the service sets: its name, what it is for, how long a browser keeps it."""

    name: str
    purpose: str
    stays: str


COOKIES = (
    Cookie(
        "visitor",
        "Ties a form to the browser that opened it, so that nobody else can send it for you",
        "Until you close your browser",
    ),
    Cookie("link", "Ties a letter or message that you opened by a link to this browser", "24 hours"),
    Cookie("session", "For staff: keeps them signed in", "Until they sign out, or 12 hours at most"),
    Cookie(
        "attempt-…",
        "For staff: ties the answer of their council's sign-in service to their browser",
        "10 minutes at most",
    ),
    Cookie("notice", "Carries a message such as “Saved” to the next page", "Until that page is shown"),
)
routes = Routes("tenants", __name__)
PUBLIC: dict[str, Any] = {"can": ANYONE, "audience": Audience.PUBLIC, "audit": UNAUDITED, "rate": Rate.PAGE}


@routes.get("/", **PUBLIC)
def home() -> ResponseReturnValue:
    """The council's service: what it is for, who may ask and how, and whom to call."""
    return render_template("tenants/home.html", introduction=words("home"), teams=area_teams())


@routes.get("/privacy", **PUBLIC)
def privacy() -> ResponseReturnValue:
    """Who is responsible for what a family tells, why it may be kept, and how long."""
    return render_template("tenants/privacy.html", words=words("privacy"))


@routes.get("/cookies", **PUBLIC)
def cookies() -> ResponseReturnValue:
    """The few cookies that the service sets, none of which follows anybody."""
    return render_template("tenants/cookies.html", words=words("cookies"), cookies_set=COOKIES, prefix=_prefix())


@routes.get("/accessibility", **PUBLIC)
def accessibility() -> ResponseReturnValue:
    """How far the service meets WCAG 2.2 AA, and what to do where it does not."""
    return render_template("tenants/accessibility.html", words=words("accessibility"))


def _prefix() -> str:
    """What the names of all cookies begin with; over https a browser also keeps them to this very host."""
    name: str = current_app.config["SESSION_COOKIE_NAME"]
    return name.removesuffix("notice")
