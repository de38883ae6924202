"""The pages of the panel: the agenda, one item, the minutes, the chair's action, and the first visit afterwards."""

from portage.panels import access
from portage.panels.views import actions, agenda, introductions, item, meeting, together

__all__ = ["ALL_ROUTES", "access"]  # importing `access` opens the door of the agenda
ALL_ROUTES = [
    agenda.routes,
    meeting.routes,
    item.routes,
    together.routes,
    actions.routes,
    introductions.routes,
]
