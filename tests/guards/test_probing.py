"""The prober's own promise: the question that it spares could not have told a row of another council from no row."""

from collections.abc import Callable, Mapping
from typing import Any, cast
from uuid import UUID, uuid4

from portage.core.access import Audience
from portage.core.routes import Declaration
from support.probed import World
from support.prober import NOBODYS, Answer, Door, Report, probe, targets

FOREIGN = uuid4()
ROLES = ("home-visitor", "service-manager", "auditor")
Says = Callable[[str, str, bool], str]


class Told:
    """A service that says 404 at every door, in words that depend on door, role and whether the row is anybody's."""

    def __init__(self, says: Says) -> None:
        self.says, self.asked = says, 0

    def ask(
        self, method: str, slug: str, path: str, session: str | None, form: Mapping[str, str] | None = None
    ) -> Answer:
        self.asked += 1
        door, _, row = path.strip("/").partition("/")
        return Answer(404, {}, self.says(door, str(session), UUID(row) != NOBODYS).encode())


class Everybody:
    """A world in which each role may ask at each door."""

    def may(self, _slug: str, _role: str) -> set[str]:
        return {"read"}

    def session(self, _slug: str, role: str) -> str:
        return role


def report_of(says: Says) -> tuple[Report, int]:
    """What is found when every role asks at three doors, and how many questions that took."""
    told, report = Told(says), Report()
    declared = cast(Declaration, type("Declared", (), {"can": "read", "audience": Audience.STAFF}))
    for name in ("plans", "reviews", "visits"):
        door = Door(name, f"/{name}/<uuid:plan_id>", "GET", declared)
        for role in ROLES:
            probe(cast(World, Everybody()), told, door, role, "leeds", targets([], [(FOREIGN,)]), report)
    return report, told.asked


def test_a_service_that_tells_nothing_is_asked_for_few_twins() -> None:
    report, asked = report_of(lambda _door, role, _is_there: f"No such page, {role}")
    assert report.wrong == []
    assert report.probes.total() == 9
    assert asked == 9 + 3 + 2  # every role at the first door, and then the first role at each other


def test_each_way_to_tell_a_row_from_none_is_found() -> None:
    def wrong(says: Any) -> int:
        return len(report_of(says)[0].wrong)

    assert wrong(lambda door, _role, is_there: (door == "visits" and is_there and "It is another's") or "No page") == 3
    assert wrong(lambda door, _role, is_there: (door == "visits" and not is_there and "Nowhere") or "No page") == 3
    assert wrong(lambda _door, role, is_there: (role == "auditor" and is_there and "It is another's") or "No page") == 3
    assert wrong(lambda _door, _role, is_there: "It is another's" if is_there else "No page") == 9
    assert wrong(lambda door, _role, is_there: f"{door}, {is_there}") == 9
    assert wrong(lambda door, _role, _is_there: f"No page at {door}") == 0
