"""The policy in force as a parent would read it, its history, and any two editions side by side."""

from datetime import date
from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.routes import Routes
from portage.editions.drafting import edition_row
from portage.editions.operations import edition_as_published
from portage.editions.shelf import shelf, shelved
from portage.editions.timeline import Listed, timeline
from portage.policy import Edition, EditionInvalid, Policy, changes, describe
from portage.settings.comparing import side_by_side
from portage.settings.publication import decision_of
from portage.settings.queries import names_of
from portage.settings.words import COLOURS, STATES

routes = Routes("policy", __name__)
OWN = "own"
Compared = tuple[str, Policy[Any], Edition]


@routes.get("/policy", can=Can.SEE_POLICY, audience=Audience.STAFF, audit="policy.seen", rate=Rate.PAGE)
def shown() -> ResponseReturnValue:
    """The edition in force today, or the one chosen, rule by rule with its source; then every edition."""
    editions = timeline(clock.today())
    if not editions:
        raise NotHere
    chosen = _chosen(editions, request.args.get("edition"))
    policy, edition = _readable(chosen)
    earlier = _before(chosen, editions)
    return render_template(
        "settings/policy.html",
        chosen=chosen,
        edition=edition,
        editions=editions,
        earlier=earlier,
        changed=changes(_readable(earlier), (policy, edition)) if earlier else [],
        sections=describe(policy, edition),
        plugin=policy,
        decided=decision_of(edition_row(chosen.id)),
        names=names_of({each for row in editions for each in (row.published_by, row.withdrawn_by) if each}),
        states=STATES,
        colours=COLOURS,
    )


def _chosen(editions: list[Listed], named: str | None) -> Listed:
    """The edition that an address names by its number, its first day or the word draft; else the one in force."""
    if named is None:
        held = [each for each in editions if each.state == "in-force"]
        return next(iter([*held, *(each for each in editions if each.published), *editions]))
    for each in editions:
        first_day = each.effective_from.isoformat() if each.effective_from and each.published else ""
        if named in (str(each.id), first_day) or (named == "draft" and each.draft):
            return each
    raise NotHere


def _readable(chosen: Listed) -> tuple[Policy[Any], Edition]:
    try:
        return edition_as_published(chosen.id)
    except EditionInvalid as error:  # a draft whose terms do not fit together yet: its own page lists why
        raise NotHere from error


def _before(chosen: Listed, editions: list[Listed]) -> Listed | None:
    """The edition that held before this one, so that what changed is one click away."""
    published = [each for each in editions if each.published and each.id != chosen.id]
    day = chosen.effective_from or date.max
    earlier = [each for each in published if (each.effective_from or day, each.revision) < (day, chosen.revision)]
    return next(iter(earlier), None)


@routes.get("/policy/compare", can=Can.SEE_POLICY, audience=Audience.STAFF, audit="policy.compared", rate=Rate.PAGE)
def compared() -> ResponseReturnValue:
    """Any two editions of this council, or one of them and another council's published one, side by side."""
    today = clock.today()
    editions = [each for each in timeline(today) if each.state != "withdrawn"]
    left, right = request.args.get("left", ""), request.args.get("right", "")
    both: list[Compared] = []
    wrong = []
    for name in (left, right):
        if not name:
            continue
        try:
            both.append(_found(name, editions, today))
        except NotHere:
            wrong.append("One of the editions cannot be shown. Choose another one.")
    parts = side_by_side(both[0][1:], both[1][1:]) if len(both) == 2 else []
    return render_template(
        "settings/policy_compare.html",
        own=[(f"{OWN}:{each.id}", _titled(each)) for each in editions],
        others=[(each.name, f"{each.council}: {each.source}") for each in shelf(today)],
        left=left,
        right=right,
        both=both,
        wrong=wrong,
        parts=parts,
        differing=sum(part.differing for part in parts),
        all_lines=request.args.get("show") == "all",
    )


def _found(name: str, editions: list[Listed], today: date) -> Compared:
    kind, _, number = name.partition(":")
    if kind != OWN:
        found, policy, edition = shelved(name, today)
        return f"{found.council}: {found.source}", policy, edition
    listed = next((each for each in editions if str(each.id) == number), None)
    if listed is None:
        raise NotHere
    return (_titled(listed), *_readable(listed))


def _titled(each: Listed) -> str:
    return f"{each.source} ({STATES[each.state].lower()})"
