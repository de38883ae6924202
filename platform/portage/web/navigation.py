"""Where a signed-in person can go: what their permissions open and their council has, and only pages that exist."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app, request

from portage.core.access import Audience, Can
from portage.core.identity import viewer
from portage.core.routes import declaration_of
from portage.web.site import site


def _panel_meets() -> bool:
    """Whether the policy in force has requests that a panel decides."""
    policy, edition = site().policy, site().edition
    if policy is None or edition is None:
        return False
    return any(shape.decided_by == "panel" for shape in policy.shapes_of(edition.terms))


def _volunteers_visit() -> bool:
    """Whether the policy in force provides for volunteers."""
    return site().volunteers


def _takes_notifications() -> bool:
    """Whether health bodies notify this council of children, by the policy in force."""
    return site().notifications is not None


def _runs(programme: str) -> bool:
    """Whether the policy in force publishes this programme."""
    return any(each.key == programme for each in site().programmes)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what it is called, the page behind it, and whether this council has what it leads to."""

    label: str
    path: str
    here: Callable[[], bool] | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the page shows it."""

    label: str
    url: str
    current: bool


# In the order of a working day. Permissions are those that the page behind an entry declares.
ENTRIES = (
    Entry("My families", "/my-families", _volunteers_visit),
    Entry("Today", "/today"),
    Entry("Worklist", "/worklist"),
    Entry("Notifications", "/notifications", _takes_notifications),
    Entry("Panel", "/panel", _panel_meets),
    Entry("Waiting list", "/waiting-list"),
    Entry("Caseload", "/caseload"),
    Entry("Visits", "/visits"),
    Entry("Overdue visits", "/overdue-visits"),
    Entry("Volunteers", "/volunteers", _volunteers_visit),
    Entry("Enter a request", "/enter"),
    Entry("Concerns", "/concerns"),
    Entry("Letters", "/letters"),
    Entry("Reasons for access", "/access-reasons"),
    Entry("Services", "/services"),
    Entry("Stamp of Approval", "/stamps", lambda: _runs("stamp-of-approval")),
    Entry("People", "/people"),
    Entry("Policy", "/policy"),
    Entry("Trail", "/trail"),
    Entry("Tenants", "/operator"),
)


def navigation() -> list[Shown]:
    """The entries for this viewer, with the one that holds the present page marked."""
    who = viewer()
    if not who.signed_in:
        return []
    audience = Audience.OPERATOR if who.kind == "operator" else Audience.STAFF
    open_to = [entry for entry, can, lives in _existing() if lives is audience and can in who.can]
    open_to = [entry for entry in open_to if entry.here is None or entry.here()]
    here = max((entry.path for entry in open_to if _holds(entry.path, request.path)), key=len, default="")
    return [Shown(entry.label, entry.path, entry.path == here) for entry in open_to]


def _holds(path: str, page: str) -> bool:
    return page == path or page.startswith(path + "/")


def _existing() -> list[tuple[Entry, Can | None, Audience]]:
    """The entries whose page this application has, with what the page asks for; found once for each application."""
    found: list[tuple[Entry, Can | None, Audience]] | None = current_app.extensions.get("portage.navigation")
    if found is None:
        pages = {rule.rule: rule.endpoint for rule in current_app.url_map.iter_rules() if "GET" in (rule.methods or ())}
        declared = ((entry, declaration_of(current_app, pages[entry.path])) for entry in ENTRIES if entry.path in pages)
        found = [(entry, declaration.can, declaration.audience) for entry, declaration in declared if declaration]
        current_app.extensions["portage.navigation"] = found
    return found
