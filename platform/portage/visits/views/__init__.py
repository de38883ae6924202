"""The pages of visits: the diary, caseloads, planning, moving, recording, presence, safety, and worries."""

from portage.visits.views import (
    caseload,
    concerns,
    copies,
    diary,
    feed,
    load,
    moving,
    planning,
    presence,
    recording,
    safety,
)

ALL_ROUTES = [
    diary.routes,
    caseload.routes,
    load.routes,
    planning.routes,
    moving.routes,
    feed.routes,
    recording.routes,
    copies.routes,
    presence.routes,
    safety.routes,
    concerns.routes,
]
