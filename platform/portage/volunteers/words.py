"""What pages call a volunteer's stages and logs."""

STATUS_WORDS = {
    "interested": "Would like to volunteer",
    "preparing": "Getting ready",
    "active": "Visiting",
    "declined": "Not taken on",
    "left": "Has left",
}
STATUS_COLOURS = {"interested": "blue", "preparing": "yellow", "active": "green", "declined": "grey", "left": "grey"}
SESSION_WORDS = {"supervision": "Supervision", "training": "Training"}
HOW_WORDS = {"certificate": "The certificate", "update-service": "The Update Service"}
