"""The pages of this slice; each module brings its own routes."""

from portage.core.routes import Routes
from portage.settings.views import operator, people, policy, trail

ALL_ROUTES: list[Routes] = [people.routes, policy.routes, trail.routes, operator.routes]
