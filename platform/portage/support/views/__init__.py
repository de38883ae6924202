"""The pages of support: offers, the waiting list, the episode, and who visits."""

from portage.support.views import episodes, offers, visitors, waiting, withdrawal

ALL_ROUTES = [offers.routes, waiting.routes, episodes.routes, visitors.routes, withdrawal.routes]
