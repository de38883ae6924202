"""The pages of reviews, of what is told when a child leaves, of the log of sharing, and of a family's own space."""

from portage.reviews import known as known  # says what other slices hold of a child's progress
from portage.reviews.views import coming, inviting, own_space, own_visits, packs, reviews, sharing

ALL_ROUTES = [
    reviews.routes,
    coming.routes,
    packs.routes,
    sharing.routes,
    own_space.routes,
    own_visits.routes,
    inviting.routes,
]
