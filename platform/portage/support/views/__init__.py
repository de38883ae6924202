"""The pages of support: offers, the waiting list, the episode, and who visits."""

from portage.support.views import (
    episodes,
    moving,
    offers,
    profiles,
    suggesting,
    visitors,
    waiting,
    waiting_before,
    withdrawal,
)

ALL_ROUTES = [
    offers.routes,
    waiting.routes,
    waiting_before.routes,
    moving.routes,
    profiles.routes,
    suggesting.routes,
    episodes.routes,
    visitors.routes,
    withdrawal.routes,
]
