"""The blank profile for parents and settings, on screen and as PDF, where the policy publishes it (WNC-06)."""

from functools import lru_cache
from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.errors import NotHere
from portage.core.routes import ANYONE, UNAUDITED, Routes
from portage.messages import pdf
from portage.profiles.operations import example_areas, in_force, steps_of
from portage.profiles.operations.instruments import EXAMPLE_NAME, EXAMPLE_SOURCE, as_read
from portage.profiles.published import published_on
from portage.profiles.words import ages

routes = Routes("blank_profile", __name__)
PUBLIC: dict[str, Any] = {"can": ANYONE, "audience": Audience.PUBLIC, "audit": UNAUDITED, "rate": Rate.PAGE}


@routes.get("/profile", **PUBLIC)
def blank() -> ResponseReturnValue:
    """The blank profile, ready to print."""
    return render_template("profiles/blank.html", **_context(), pdf=pdf.available())


@routes.get("/profile.pdf", **PUBLIC)
def as_pdf() -> ResponseReturnValue:
    """The same as a tagged PDF, where this installation can make one."""
    context = _context()
    if not pdf.available():
        raise NotHere
    response = Response(_paper(render_template("profiles/blank_paper.html", **context)), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="blank-profile.pdf"'
    return response


@lru_cache(maxsize=4)
def _paper(page: str) -> bytes:
    """The PDF of a page that is the same for everybody: it takes a second to make, and anybody may ask for it."""
    return pdf.made_of(page)


def _context() -> dict[str, Any]:
    statement = published_on(clock.today())
    if statement is None:
        raise NotHere
    found = in_force(clock.today())
    return {
        "statement": statement,
        "name": found.name if found else EXAMPLE_NAME,
        "source": found.source if found else EXAMPLE_SOURCE,
        "example": found is None or found.example is not None,
        "areas": as_read(steps_of(found.id)) if found else list(example_areas()),
        "ages": ages,
    }
