"""The pages of volunteers: the public offer, the team's records, supervision, and what a volunteer sees."""

from portage.volunteers.views import offering, own, own_visits, preparing, records, supervising

ALL_ROUTES = [
    offering.routes,
    records.routes,
    preparing.routes,
    supervising.routes,
    own.routes,
    own_visits.routes,
]
