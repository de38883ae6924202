"""The pages of visits: the diary, caseloads, planning, recording, and worries."""

from portage.visits.views import caseload, concerns, diary, planning, recording

ALL_ROUTES = [diary.routes, caseload.routes, planning.routes, recording.routes, concerns.routes]
