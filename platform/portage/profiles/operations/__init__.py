"""Verbs on developmental profiles: bring an instrument in, begin a child's profile, mark and correct."""

from portage.profiles.operations.instruments import (
    NotWaiting,
    Taking,
    example_areas,
    in_force,
    instrument_here,
    instruments,
    keep_read,
    put_away,
    steps_of,
    take,
)
from portage.profiles.operations.marking import (
    Changed,
    Correct,
    MarkArea,
    MarkOne,
    Saved,
    begin,
    correct,
    mark_one,
    profile_of,
    save_area,
)

__all__ = [
    "Changed",
    "Correct",
    "MarkArea",
    "MarkOne",
    "NotWaiting",
    "Saved",
    "Taking",
    "begin",
    "correct",
    "example_areas",
    "in_force",
    "instrument_here",
    "instruments",
    "keep_read",
    "mark_one",
    "profile_of",
    "put_away",
    "save_area",
    "steps_of",
    "take",
]
