"""The policy in force and its history, for everybody who works with it; read only."""

from datetime import date

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.routes import Routes
from portage.editions.operations import editions_of_tenant
from portage.policy import Edition, changes, describe

routes = Routes("policy", __name__)


@routes.get("/policy", can=Can.SEE_POLICY, audience=Audience.STAFF, audit="policy.seen", rate=Rate.PAGE)
def shown() -> ResponseReturnValue:
    """The edition in force today, or the one chosen by its first day, as a parent could read it; and every edition."""
    council = editions_of_tenant()
    chosen = _chosen(council.editions, request.args.get("edition"))
    if chosen is None:
        abort(404)
    published = [edition for edition in council.editions if edition.effective_from]
    earlier = [e for e in published if chosen.effective_from is None or _day(e) < _day(chosen)]
    before = max(earlier, key=_day, default=None)
    return render_template(
        "settings/policy.html",
        edition=chosen,
        editions=council.editions,
        in_force=_in_force(published),
        sections=describe(council.policy, chosen),
        before=before,
        changes=changes(council.policy, before, chosen) if before else [],
        plugin=council.policy,
    )


def _day(edition: Edition) -> date:
    return edition.effective_from or date.max


def _in_force(published: list[Edition]) -> Edition | None:
    return max((edition for edition in published if _day(edition) <= clock.today()), key=_day, default=None)


def _chosen(editions: tuple[Edition, ...], named: str | None) -> Edition | None:
    if named is None:
        return _in_force([edition for edition in editions if edition.effective_from]) or next(iter(editions), None)
    wanted = {str(edition.effective_from or "draft"): edition for edition in editions}
    return wanted.get(named)
