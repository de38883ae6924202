"""How a profile speaks: of what a child can do, and how that is known; never of what a child cannot do."""

STAGES = {"beginning": "Beginning to", "can-do": "Can do"}
EVIDENCE = {"visit": "Seen on a visit", "parents": "Said by the parents", "setting": "Seen in the setting"}
STATUSES = {"waiting": "Waits to be taken", "in-use": "Taken", "put-away": "Put away"}


def ages(from_months: int | None, to_months: int | None) -> str:
    """Between which ages children often take a step, in words; empty where the instrument does not say."""
    if from_months is None and to_months is None:
        return ""
    if from_months is None:
        return f"often by {_age(to_months or 0)}"
    if to_months is None:
        return f"often from {_age(from_months)}"
    if from_months > 0 and to_months < 24:
        return f"often between {from_months} and {to_months} months"
    return f"often between {_age(from_months)} and {_age(to_months)}"


def _age(months: int) -> str:
    if months == 0:
        return "birth"
    if months % 12 == 0 and months >= 24:
        return f"{months // 12} years"
    return "1 month" if months == 1 else f"{months} months"


def steps(number: int) -> str:
    """So many steps, in words."""
    return "1 step" if number == 1 else f"{number} steps"
