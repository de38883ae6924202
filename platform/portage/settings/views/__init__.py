"""The pages of this slice; each module brings its own routes."""

from portage.core.routes import Routes
from portage.settings.views import drafts, operator, people, policy, publishing, trail

ALL_ROUTES: list[Routes] = [
    people.routes,
    policy.routes,
    drafts.routes,
    publishing.routes,
    trail.routes,
    operator.routes,
]
