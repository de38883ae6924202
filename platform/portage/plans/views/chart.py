"""The activity chart for a week, on one A4 page: for staff, and for the family behind its link."""

from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.routes import ANYONE, Routes
from portage.messages import pdf
from portage.messages.opened import as_family, opened_here
from portage.plans.link_page import chart_for
from portage.plans.models import PlayPlan
from portage.plans.opening import opened_plan
from portage.plans.operations import current_activities
from portage.plans.operations.seen import seen_in_week
from portage.plans.week import Week, coming_week, day_in, week_of
from portage.support.lists import child_here
from portage.support.models import Episode
from portage.support.pattern import support_of

routes = Routes("activity_chart", __name__)
READS: dict[str, Any] = {"can": Can.OPEN_CASE, "audience": Audience.STAFF, "audit": "chart.seen", "rate": Rate.PAGE}


@routes.get("/plans/<uuid:plan_id>/chart", **READS)
def chart(plan_id: UUID) -> ResponseReturnValue:
    """The chart of a week, ready to print."""
    plan, episode = opened_plan(plan_id)
    context = _context(plan, episode)
    return render_template("plans/chart.html", **context, back=f"/plans/{plan.id}", pdf=pdf.available())


@routes.get("/plans/<uuid:plan_id>/chart.pdf", **READS)
def chart_as_pdf(plan_id: UUID) -> ResponseReturnValue:
    """The chart as a tagged PDF of one page, where this installation can make one."""
    plan, episode = opened_plan(plan_id)
    if not pdf.available():
        raise NotHere
    page = render_template("plans/chart_paper.html", **_context(plan, episode))
    response = Response(pdf.made_of(page), mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="activity-chart.pdf"'
    return response


@routes.get(
    "/opened/<uuid:link_id>/chart", can=ANYONE, audience=Audience.LINK, audit="chart.read-by-family", rate=Rate.PAGE
)
def for_the_family(link_id: UUID) -> ResponseReturnValue:
    """The same for the family who opened a link to their plan."""
    link = opened_here(link_id)
    known = chart_for(link) if link is not None and link.purpose == "plan" else None
    if link is None or known is None:
        return render_template("messages/spent.html", again=None, closed=False), 410
    as_family(link, known["child"].id)
    context = _context(known["plan"], known["episode"])
    return render_template("plans/chart.html", **context, back=f"/opened/{link.id}", pdf=False)


def _context(plan: PlayPlan, episode: Episode) -> dict[str, Any]:
    week = _week(plan)
    return {
        "plan": plan,
        "child": child_here(episode.child_id),
        "week": week,
        "seen": seen_in_week(plan.id, week.monday, week.days[-1]),
        "support": support_of(episode, on=clock.today()),
    }


def _week(plan: PlayPlan) -> Week:
    day = day_in(request.args.get("week", ""), coming_week(clock.today()))
    return week_of(current_activities(plan.id), day)
