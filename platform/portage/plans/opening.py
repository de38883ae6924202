"""Opening a plan for a page, and what every page of it is given."""

from typing import Any
from uuid import UUID

from flask import render_template

from portage.core import clock
from portage.plans.models import PlayPlan
from portage.plans.operations import plan_here
from portage.support.lists import child_here
from portage.support.models import Episode
from portage.support.opening import opened
from portage.support.pattern import support_of


def opened_plan(plan_id: UUID) -> tuple[PlayPlan, Episode]:
    """The plan behind an address with its support, once this viewer may open the child's record."""
    found = plan_here(plan_id)
    return found, opened(found.episode_id)


def rendered(template: str, episode: Episode, **context: Any) -> str:
    """A page of a plan, with the child and the council's own words about the work."""
    support = support_of(episode, on=clock.today())
    works = {each.key: each.text for each in support.service.how_it_works}
    return render_template(
        template,
        episode=episode,
        child=child_here(episode.child_id),
        support=support,
        the_work=works.get("the-work"),
        **context,
    )
