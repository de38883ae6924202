"""Notifications in words: bodies, steps, warnings, tasks and states as people read them."""

KIND_NAMES = {
    "section-23": "Section 23 notification",
    "early-years": "Other early years health notification",
}
BODY_NAMES = {
    "icb": "Integrated care board",
    "nhs-trust": "NHS trust",
    "nhs-foundation-trust": "NHS foundation trust",
    "gp": "GP practice",
    "independent-therapist": "Independent therapist",
    "other": "Another health body",
}
ORGANISATION_NAMES = {
    "named": "Yes, we named one",
    "none-likely": "No, none is likely to help this child",
    "not-told": "Not yet",
}
STATE_NAMES = {
    "kept": ("Kept", "blue"),
    "agreement": ("Waits for the parents' agreement", "yellow"),
    "followed": ("Has a case file", "green"),
    "closed": ("Closed", "grey"),
}
FIRST_WORDS = {
    "none": "Not part of this council's path",
    "held": "Held for a person",
    "sent": "Sent",
    "closed": "Closed without sending",
}
WARNINGS = {
    "parent-not-informed": "The form does not say that the parents were told of the notification.",
    "no-discussion": "The form does not say that the parents were offered a discussion.",
    "organisation-not-named": "The form does not say whether a voluntary organisation that may help was named.",
    "outside-area": "The child may live outside the council's area: another authority may be the right one.",
    "school-age": "The child is of compulsory school age, beyond what section 23 is about.",
    "possible-duplicate": "A child of this name and date of birth is known already. Nothing was merged.",
    "safeguarding": "The form bears a safeguarding mark.",
    "safe-contact": "The form says that contact with the family needs care.",
    "hidden-field-filled": "A field that people cannot see was filled in: perhaps a program sent this.",
    "sent-very-fast": "The form was filled in within seconds: perhaps a program sent this.",
}
TASK_NAMES = {
    "first-words": "Send the parents first pointers, or say why not",
    "safeguarding": "Read the safeguarding note",
    "agreement": "Ask whether the parents agree to a request",
    "forward": "Forward it to the right authority",
    "school-age": "Pass it to the team for children of school age",
    "steps": "Ask the professional about the steps that are not ticked",
    "duplicate": "Compare it with what we know of the child",
    "read": "Read it, and say what was done",
}
CLOSED_AS = {
    "forwarded": "Forwarded to the right authority",
    "no-agreement": "The parents do not agree to a request",
    "nothing-further": "Nothing further follows",
}
# What the professional reads behind the link: nothing about the child or the family.
TOLD_BACK = {
    "kept": "We have it, and a person reads it.",
    "agreement": "We have it. A request begins as soon as the parents have agreed to one.",
    "forwarded": "We passed it to the authority that is responsible.",
    "no-agreement": "We keep the notification. No request follows from it.",
    "nothing-further": "We keep the notification. Nothing further follows from it.",
}
CONDITIONS = {
    "verified": ("The sender's work address is confirmed", "The sender has not confirmed a work address that we trust"),
    "informed": ("The form says that the parents were told", "The form does not say that the parents were told"),
    "reachable": ("There is an e-mail address that is safe", "There is no e-mail address that we may write to"),
    "unmarked": (
        "Neither the form nor what we know of the child bears a mark",
        "The form, or what we know of the child, bears a safeguarding or safe-contact mark",
    ),
}
HOW_AGREED = {"in-person": "In person", "telephone": "By telephone", "video": "By video call",
              "in-writing": "In writing, on paper or by e-mail"}  # fmt: skip
