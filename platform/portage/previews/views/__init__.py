"""The pages of this slice; each module brings its own routes."""

from portage.core.routes import Routes
from portage.previews.views import pages, what_if

ALL_ROUTES: list[Routes] = [pages.routes, what_if.routes]
