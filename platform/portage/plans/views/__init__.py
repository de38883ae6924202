"""Pages of play plans: the plan itself, its activities, the chart for a week, and the family's own space."""

from portage.plans import link_page as link_page  # what a family's link opens
from portage.plans.views import activities, chart, family, plan, targets

ALL_ROUTES = [plan.routes, targets.routes, activities.routes, chart.routes, family.routes]
