"""For those who run the platform: councils, plugins, health; nothing of any family, by grant and not by manners."""

from flask import render_template
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.routes import UNAUDITED, Routes
from portage.policy import installed_policies
from portage.referrals.operator_mail import HOW
from portage.settings.policies_in_use import policies_in_use
from portage.settings.queries import health

routes = Routes("operator", __name__)


@routes.get("/operator", can=Can.OPERATE, audience=Audience.OPERATOR, audit=UNAUDITED, rate=Rate.PAGE)
def shown() -> ResponseReturnValue:
    """Every council with its policy, the edition in force, what its policy gave no answer to, and what waits."""
    plugins = installed_policies()
    return render_template(
        "settings/operator.html",
        councils=health(),
        plugins=plugins,
        policies=policies_in_use(plugins, clock.today()),
        how=HOW,
        now=clock.now(),
    )
