"""The pages of visits: the diary, caseloads, planning, recording, presence, safety, and worries."""

from portage.visits.views import caseload, concerns, diary, load, planning, presence, recording, safety

ALL_ROUTES = [
    diary.routes,
    caseload.routes,
    load.routes,
    planning.routes,
    recording.routes,
    presence.routes,
    safety.routes,
    concerns.routes,
]
