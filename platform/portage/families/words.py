"""Words for what is kept of a family."""

MARK_NAMES = {
    "looked-after": "Looked after by a council",
    "social-worker": "Has a social worker",
    "child-protection": "Has a child protection plan",
}
PERMISSION_PURPOSES = {
    "share": "Share what helps",
    "ask": "Ask for information",
    "tell": "Tell that the family has support",
    "leaving": "Share progress when support ends",
}
PERMISSION_ANSWERS = {"yes": "Yes", "no": "No", "withdrawn": "Withdrawn"}
