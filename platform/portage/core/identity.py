"""Who asks: the viewer of a request, as the slice that knows sessions found them."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import g

from portage.core.access import Can, Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """A person, a family behind a one-time link, or nobody; with what they may do in this council.

    `session_id` is the server-side session, also an anonymous one; `csrf` is that session's token for forms.
    `areas` are the area teams of the person (empty: the whole council).
    """

    kind: str = "nobody"  # nobody, family, person, operator
    person_id: UUID | None = None
    name: str = ""
    roles: frozenset[Role] = frozenset()
    can: frozenset[Can] = frozenset()
    areas: frozenset[UUID] = frozenset()
    outside: bool = False  # works for another organisation than the council, such as a health trust
    session_id: UUID | None = None
    csrf: str = ""
    subject_id: UUID | None = None  # what a one-time link opens
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def signed_in(self) -> bool:
        return self.kind in ("person", "operator")

    @property
    def actor(self) -> str:
        """How logs name this viewer: a kind and an id, never a name."""
        if self.person_id is not None:
            return f"{'operator' if self.kind == 'operator' else 'person'}:{self.person_id}"
        return f"{self.kind}:{self.session_id}" if self.session_id else self.kind


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, as operations record it: a person's id, or a description such as `family` or `system`."""

    person_id: UUID | None
    label: str

    @classmethod
    def of(cls, viewer: Viewer) -> "Actor":
        return cls(viewer.person_id, viewer.actor)


SYSTEM = Actor(None, "system")
NOBODY = Viewer()


def viewer() -> Viewer:
    """The viewer of this request."""
    found: Viewer = g.get("viewer", NOBODY)
    return found
