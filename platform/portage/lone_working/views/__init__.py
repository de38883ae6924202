"""The pages of lone working: overdue visits, who is told, the telephone list, and one tap for the visitor."""

from portage.lone_working.views import overdue, safe, telephones, watch

ALL_ROUTES = [overdue.routes, safe.routes, telephones.routes, watch.routes]
