"""For those who run the platform: councils, plugins, health; nothing of any family, by grant and not by manners."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.routes import UNAUDITED, Routes
from portage.policy import installed_policies
from portage.settings.queries import health

routes = Routes("operator", __name__)


@routes.get("/operator", can=Can.OPERATE, audience=Audience.OPERATOR, audit=UNAUDITED, rate=Rate.PAGE)
def shown() -> ResponseReturnValue:
    """Every council with its plugin and what waits in its outbox."""
    plugins = installed_policies()
    return render_template("settings/operator.html", councils=health(), plugins=plugins, now=clock.now())
