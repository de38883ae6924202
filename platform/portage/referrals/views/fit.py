"""Could this be right for us? A parent looks at the published conditions before asking; nothing of it is kept."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form
from portage.core.routes import ANYONE, UNAUDITED, Routes
from portage.editions.operations import edition_on
from portage.policy import Ask, Edition, FactErrors, NoEditionInForce, Policy
from portage.policy.bounded import PolicyFailed, within
from portage.policy.fitting import Condition, Told, conditions, questions, signposts, ways_of_parents
from portage.policy.standin import StandIn
from portage.referrals.schemas.fit import questions_of, read_told

routes = Routes("fit", __name__)
PUBLIC: dict[str, Any] = {"can": ANYONE, "audience": Audience.PUBLIC, "audit": UNAUDITED}


@routes.get("/could-it-be-for-us", **PUBLIC, rate=Rate.PAGE)
def start() -> ResponseReturnValue:
    """A few questions, none of which has to be answered."""
    return _page(*_in_force(), Form())


# Sent as often as somebody likes: a key of the form would leave a row, and a digest of the answers in it.
@routes.post("/could-it-be-for-us", **PUBLIC, rate=Rate.PUBLIC_WRITE, once=False)
def look() -> ResponseReturnValue:
    """The conditions beside what was said, in the answer to this very sending: no address and no row holds it."""
    policy, edition = _in_force()
    told, form = read_told(_asks(policy, edition), request.form, clock.today())
    if told is None:
        return _page(policy, edition, form), 422
    found = _found(policy, edition, told)
    return render_template(
        "referrals/fit/answer.html",
        ways=ways_of_parents(policy, edition),
        others=policy.routes(edition.terms),
        found=found,
        groups=[
            ("What seems to fit", [each for each in found or () if each.seems]),
            ("What nobody can tell from here", [each for each in found or () if each.seems is None]),
            ("What may not fit", [each for each in found or () if each.seems is False]),
        ],
        edition=edition,
        signposts=signposts(policy, edition),
    )


def _in_force() -> tuple[Policy[Any], Edition]:
    try:
        return edition_on(clock.today())
    except NoEditionInForce:
        raise NotHere from None


def _asks(policy: Policy[Any], edition: Edition) -> tuple[Ask, ...]:
    """The policy's questions; none where it cannot answer, for then nothing could be said of the answers."""
    try:
        return within(edition.plugin, lambda: questions(policy, edition))
    except PolicyFailed:
        return ()


def _found(policy: Policy[Any], edition: Edition, told: Told) -> tuple[Condition, ...] | None:
    """The conditions; None where the policy cannot say, and a person has to be asked."""
    if isinstance(policy, StandIn):
        return None
    on = clock.today()
    try:
        return within(edition.plugin, lambda: conditions(policy, edition, told, on))
    except (PolicyFailed, FactErrors):
        return None


def _page(policy: Policy[Any], edition: Edition, form: Form) -> str:
    asked = questions_of(_asks(policy, edition))
    return render_template(
        "referrals/fit/start.html", form=form, questions=asked, ways=ways_of_parents(policy, edition)
    )
