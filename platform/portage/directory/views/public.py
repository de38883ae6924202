"""Who else can help: the page on which everybody finds the SENCo first, then SENDIASS, then the council's directory."""

from typing import Any
from urllib.parse import urlencode

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.forms import Form
from portage.core.incoming import page_in
from portage.core.routes import ANYONE, UNAUDITED, Routes
from portage.directory import ages, listing
from portage.directory.listing import Wanted

routes = Routes("who_else", __name__)
PUBLIC: dict[str, Any] = {"can": ANYONE, "audience": Audience.PUBLIC, "audit": UNAUDITED, "rate": Rate.PAGE}
PATH = "/who-else-can-help"


@routes.get(PATH, **PUBLIC)
def who_else() -> ResponseReturnValue:
    """The first people to ask, and every service of the directory, found by a word or by the child's age (WNC-15)."""
    search, age = " ".join(request.args.get("q", "").split())[:100], request.args.get("age", "").strip()[:20]
    months, page = ages.months_in(age) if age else None, page_in(request.args)
    form = Form({"q": search, "age": age})
    if age and months is None:
        form.refuse("age", "Write an age such as 2, 2½ years or 30 months.")
    found, total = listing.public(Wanted(search, months), page, on=clock.today())
    return render_template(
        "directory/who_else.html",
        services=found,
        total=total,
        form=form,
        asked=bool(search or age),
        page=page,
        pages=max(1, -(-total // listing.PAGE)),
        page_address=lambda number: f"{PATH}?{urlencode({'q': search, 'age': age, 'page': number})}",
    )
