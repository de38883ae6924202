"""How roles, deeds and things are called on the pages of this slice."""

ROLE_NAMES = {
    "tenant-administrator": "Administrator",
    "service-manager": "Service manager",
    "team-administrator": "Team administrator",
    "panel-chair": "Panel chair",
    "panel-member": "Panel member",
    "home-visitor": "Home visitor",
    "volunteer": "Volunteer",
    "auditor": "Auditor",
}
ROLE_HINTS = {
    "tenant-administrator": "Keeps people and roles, drafts the policy. Opens no family's record.",
    "service-manager": "Decides, offers, allocates, closes; publishes the policy; sees restricted marks.",
    "team-administrator": "Enters requests, books and sends. Decides nothing.",
    "panel-chair": "Records the panel's decisions.",
    "panel-member": "Reads what is on the agenda.",
    "home-visitor": "Visits, plans and reviews for their own families.",
    "volunteer": "A short visit form for the families given to them.",
    "auditor": "Reads the trail. Opens no family's record.",
}
STATES = {
    "past": "No longer in force",
    "corrected": "Corrected",
    "in-force": "In force",
    "coming": "Coming",
    "withdrawn": "Withdrawn",
    "restated": "Moved to another policy",
    "waiting-for-a-date": "Waiting for a date",
    "being-written": "Being written",
    "ready": "Ready for a second person",
}
COLOURS = {
    "in-force": "green", "coming": "blue", "ready": "purple", "being-written": "yellow", "waiting-for-a-date": "yellow",
    "withdrawn": "red",
}  # fmt: skip


def deed(action: str) -> str:
    """An action's key as words: `referral.decided` becomes `Referral decided`."""
    words = action.replace("row.", "row ").replace(".", " ").replace("-", " ").replace("_", " ")
    return words[:1].upper() + words[1:]
