"""The pages of a Moving Forwards meeting: the team's, and the one on which a family says that it has the plan."""

from portage.moving_forwards.views import meeting, plan_by_link

ALL_ROUTES = [meeting.routes, plan_by_link.routes]
