"""The council's colours as a stylesheet."""

from flask import Response
from flask.typing import ResponseReturnValue

from portage.core.access import Audience, Rate
from portage.core.routes import ANYONE, UNAUDITED, Routes
from portage.web.site import site

routes = Routes("web", __name__)


@routes.get("/brand.css", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.PAGE)
def brand() -> ResponseReturnValue:
    """The stylesheet; its address changes with its content, so a browser may keep it."""
    return _stylesheet()


@routes.get("/operator/brand.css", can=ANYONE, audience=Audience.OPERATOR, audit=UNAUDITED, rate=Rate.PAGE)
def operator_brand() -> ResponseReturnValue:
    """The platform's own colours, on the operators' host."""
    return _stylesheet()


def _stylesheet() -> Response:
    response = Response(site().brand.stylesheet, mimetype="text/css")
    response.cache_control.public = True
    response.cache_control.max_age = 24 * 3600
    return response
