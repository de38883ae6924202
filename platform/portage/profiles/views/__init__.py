"""Pages of developmental profiles: one child's, the council's own list, and the blank one for everybody."""

from portage.profiles.views import blank, child, instruments, steps

ALL_ROUTES = [blank.routes, child.routes, steps.routes, instruments.routes]
