"""Who may do what: permissions, roles, and the scope in which a route acts."""

from enum import StrEnum


class Can(StrEnum):
    """One thing a signed-in person may do; each route names exactly one."""

    SEE_SELF = "see-self"
    SEE_WORKLIST = "see-worklist"
    OPEN_CASE = "open-case"
    ENTER_REQUEST = "enter-request"
    RECORD_FACTS = "record-facts"
    BOOK_ASSESSMENT = "book-assessment"
    DECIDE = "decide"
    SEE_RESTRICTED = "see-restricted"
    SIT_ON_PANEL = "sit-on-panel"
    CHAIR_PANEL = "chair-panel"
    OFFER = "offer"
    ALLOCATE = "allocate"
    SEND = "send"
    CLOSE_LINK = "close-link"
    RECORD_PERMISSION = "record-permission"
    PLAN_VISITS = "plan-visits"
    RECORD_VISIT = "record-visit"
    CARRY_VISITS = "carry-visits"
    LOOK_OUT = "look-out"
    KEEP_WATCH = "keep-watch"
    WRITE_PLAN = "write-plan"
    WRITE_REVIEW = "write-review"
    CLOSE_EPISODE = "close-episode"
    HIDE_DISCLOSURE = "hide-disclosure"
    RAISE_CONCERN = "raise-concern"
    HANDLE_CONCERN = "handle-concern"
    SEE_REASONS = "see-reasons"
    MANAGE_PEOPLE = "manage-people"
    SEE_POLICY = "see-policy"
    DRAFT_POLICY = "draft-policy"
    PREVIEW_POLICY = "preview-policy"
    SEE_PREVIEW = "see-preview"
    PUBLISH_POLICY = "publish-policy"
    LOAD_CASES = "load-cases"
    SEE_OWN_VOLUNTEERING = "see-own-volunteering"
    VISIT_AS_VOLUNTEER = "visit-as-volunteer"
    SUPERVISE_VOLUNTEERS = "supervise-volunteers"
    MANAGE_VOLUNTEERS = "manage-volunteers"
    KEEP_DIRECTORY = "keep-directory"
    READ_TRAIL = "read-trail"
    OPERATE = "operate"


class Role(StrEnum):
    """What a council gives a person; one person may hold several, teams of three exist."""

    TENANT_ADMINISTRATOR = "tenant-administrator"
    SERVICE_MANAGER = "service-manager"
    TEAM_ADMINISTRATOR = "team-administrator"
    PANEL_CHAIR = "panel-chair"
    PANEL_MEMBER = "panel-member"
    HOME_VISITOR = "home-visitor"
    VOLUNTEER = "volunteer"
    AUDITOR = "auditor"
    OPERATOR = "operator"


# They open cases by area team; without an area of their own they work for the whole council.
AREA_ROLES = frozenset({Role.SERVICE_MANAGER, Role.TEAM_ADMINISTRATOR, Role.PANEL_CHAIR})


class Audience(StrEnum):
    """Where a route lives: in a council's own site, open to anyone or to staff, or on the operator's host."""

    PUBLIC = "public"
    LINK = "link"
    STAFF = "staff"
    OPERATOR = "operator"


class Rate(StrEnum):
    """How often a route may be called; the numbers are in `portage.core.rates`."""

    PAGE = "page"
    WRITE = "write"
    PUBLIC_WRITE = "public-write"
    SIGN_IN = "sign-in"
    UPLOAD = "upload"
    HEALTH = "health"


_EVERYONE = {Can.SEE_SELF, Can.SEE_POLICY}
_CASE_WORK = {Can.SEE_WORKLIST, Can.OPEN_CASE, Can.RAISE_CONCERN}
_PREVIEWS = {Can.PREVIEW_POLICY, Can.SEE_PREVIEW}

ROLE_CAN: dict[Role, frozenset[Can]] = {
    # Nobody publishes their own draft, whatever their roles: `portage.editions.publishing` sees to it.
    Role.TENANT_ADMINISTRATOR: frozenset(
        _EVERYONE
        | _PREVIEWS
        | {Can.MANAGE_PEOPLE, Can.KEEP_WATCH, Can.LOAD_CASES, Can.DRAFT_POLICY, Can.PUBLISH_POLICY, Can.KEEP_DIRECTORY}
    ),
    Role.SERVICE_MANAGER: frozenset(
        _EVERYONE
        | _CASE_WORK
        | _PREVIEWS
        | {
            Can.ENTER_REQUEST,
            Can.RECORD_FACTS,
            Can.BOOK_ASSESSMENT,
            Can.DECIDE,
            Can.SEE_RESTRICTED,
            Can.SIT_ON_PANEL,
            Can.OFFER,
            Can.ALLOCATE,
            Can.SEND,
            Can.CLOSE_LINK,
            Can.RECORD_PERMISSION,
            Can.PLAN_VISITS,
            Can.RECORD_VISIT,
            Can.CARRY_VISITS,
            Can.LOOK_OUT,
            Can.KEEP_WATCH,
            Can.WRITE_PLAN,
            Can.WRITE_REVIEW,
            Can.CLOSE_EPISODE,
            Can.HIDE_DISCLOSURE,
            Can.HANDLE_CONCERN,
            Can.SEE_REASONS,
            Can.LOAD_CASES,
            Can.PUBLISH_POLICY,
            Can.SUPERVISE_VOLUNTEERS,
            Can.MANAGE_VOLUNTEERS,
            Can.KEEP_DIRECTORY,
        }
    ),
    Role.TEAM_ADMINISTRATOR: frozenset(
        _EVERYONE
        | _CASE_WORK
        | {Can.ENTER_REQUEST, Can.RECORD_FACTS, Can.BOOK_ASSESSMENT, Can.SEND, Can.RECORD_PERMISSION, Can.PLAN_VISITS}
        | {Can.KEEP_DIRECTORY, Can.LOOK_OUT}
    ),
    Role.PANEL_CHAIR: frozenset(
        _EVERYONE | _CASE_WORK | {Can.SIT_ON_PANEL, Can.CHAIR_PANEL, Can.DECIDE, Can.RECORD_FACTS}
    ),
    Role.PANEL_MEMBER: frozenset(_EVERYONE | _CASE_WORK | {Can.SIT_ON_PANEL}),
    Role.HOME_VISITOR: frozenset(
        _EVERYONE
        | _CASE_WORK
        | {
            Can.RECORD_FACTS,
            Can.RECORD_PERMISSION,
            Can.PLAN_VISITS,
            Can.RECORD_VISIT,
            Can.CARRY_VISITS,
            Can.LOOK_OUT,
            Can.WRITE_PLAN,
            Can.WRITE_REVIEW,
            Can.SUPERVISE_VOLUNTEERS,
        }
    ),
    # Pages of their own and no others: nothing that opens a record, whichever page comes later.
    Role.VOLUNTEER: frozenset(_EVERYONE | {Can.SEE_OWN_VOLUNTEERING, Can.VISIT_AS_VOLUNTEER, Can.CARRY_VISITS}),
    Role.AUDITOR: frozenset(_EVERYONE | {Can.READ_TRAIL, Can.SEE_PREVIEW}),
    Role.OPERATOR: frozenset({Can.SEE_SELF, Can.OPERATE}),
}

# What a volunteer has only while every check is in date: taken away before any route is asked.
NEEDS_CLEARANCE = frozenset({Can.VISIT_AS_VOLUNTEER})


def visits_as_volunteer(roles: frozenset[Role]) -> bool:
    """Whether somebody who is given a child visits as a volunteer: they hold no role of a visitor beside it."""
    return Role.VOLUNTEER in roles and Role.HOME_VISITOR not in roles


# Who sits on a panel and works for another organisation reads what the panel's own pages show them, and no record.
PANEL_ROLES = frozenset({Role.PANEL_CHAIR, Role.PANEL_MEMBER})
_FROM_OUTSIDE = frozenset(_EVERYONE | {Can.SIT_ON_PANEL, Can.CHAIR_PANEL})


def permissions_of(roles: frozenset[Role], *, outside: bool = False) -> frozenset[Can]:
    """Everything that these roles together allow; a place on a panel allows less to somebody from `outside`."""
    allowed = (ROLE_CAN[role] & _FROM_OUTSIDE if outside and role in PANEL_ROLES else ROLE_CAN[role] for role in roles)
    return frozenset().union(*allowed)
