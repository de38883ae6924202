"""What invented children can do by their profiles, what their families practise, and what those saw."""

import random
from datetime import date, datetime, time, timedelta
from uuid import UUID

from portage.core import clock
from portage.core.identity import Actor
from portage.demo.seed import words
from portage.families.models import Child
from portage.families.operations import carers_of
from portage.plans.operations import NewActivity, NewNote, add_activity, hear_from_family
from portage.profiles.operations import Changed, MarkArea, begin, save_area, steps_of
from portage.support.lists import child_here

LATER = timedelta(days=42)
EVIDENCE = ("visit", "parents", "setting")


def play(child_id: UUID, plan_id: UUID, target_id: UUID, on: date, today: date, by: Actor) -> None:
    """A profile that was marked on the first day and again some weeks later, an activity, and a note of the family."""
    chance = random.Random(on.toordinal())  # noqa: S311 - invented, and the same in every run
    _profile(child_here(child_id), on, min(on + LATER, today), by, chance)
    add_activity(target_id, NewActivity(*chance.choice(words.ACTIVITIES)))
    seen = min(on + timedelta(days=chance.randint(2, 9)), today)
    at = datetime.combine(seen, time(9), clock.LONDON)
    if chance.random() < 0.5:
        carer = carers_of(child_id)[0]
        hear_from_family(plan_id, carer.id, NewNote(chance.choice(words.SEEN), seen), at=at)


def _profile(child: Child, first: date, later: date, by: Actor, chance: random.Random) -> None:
    """Each area up to a little under the child's age, with a gap and a step that is beginning; some go on later."""
    profile = begin(child.id, by=by, on=first)
    reach = (first - child.date_of_birth).days / 30.4 * 0.55
    areas: dict[UUID, list[UUID]] = {}
    for step in steps_of(profile.instrument_id):
        if (step.from_months or 0) <= reach:
            areas.setdefault(step.area_id, []).append(step.id)
    for area_id, steps in areas.items():
        gap = chance.choice(steps)
        done = [Changed(each, None, "can-do") for each in steps[:-1] if each != gap]
        begun = Changed(steps[-1], None, "beginning")
        _mark(profile.id, area_id, first, (*done, begun), by, chance)
        if later > first and chance.random() < 0.7:
            _mark(profile.id, area_id, later, (Changed(steps[-1], "beginning", "can-do"),), by, chance)


def _mark(
    profile_id: UUID, area_id: UUID, on: date, changed: tuple[Changed, ...], by: Actor, chance: random.Random
) -> None:
    at = datetime.combine(on, time(11), clock.LONDON)
    save_area(profile_id, area_id, MarkArea(on, chance.choice(EVIDENCE), changed), by=by, at=at, on=on)
