"""Parts of a page that higher slices add: the page asks here, so that arrows between slices keep one way."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from portage.core.identity import Viewer


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a section: words, where they lead, and what is said more quietly beside them."""

    text: str
    url: str | None = None
    quiet: str = ""
    red: bool = False  # a time has run out: shown as such, and said in the words too


@dataclass(frozen=True, slots=True)
class Section:
    """A titled list on a page; `empty` is said when it has no entry."""

    title: str
    entries: tuple[Entry, ...]
    empty: str = ""
    more: Entry | None = None
    comes_first: bool = False  # before what happened since, such as the visits of the day


Maker = Callable[[Viewer, UUID | None], Section | None]
_makers: dict[str, list[tuple[int, str, Maker]]] = {}


def adds_to(page: str, *, order: int) -> Callable[[Maker], Maker]:
    """Add a section to a page (`today`, `child`); it gets the viewer and the page's subject, and may answer None."""

    def keep(maker: Maker) -> Maker:
        _makers.setdefault(page, []).append((order, f"{maker.__module__}.{maker.__qualname__}", maker))
        return maker

    return keep


def sections(page: str, viewer: Viewer, subject_id: UUID | None = None) -> list[Section]:
    """The sections of a page for this viewer, in their order."""
    makers = sorted(_makers.get(page, []), key=lambda entry: entry[:2])
    made = (maker(viewer, subject_id) for _, _, maker in makers)
    return [section for section in made if section is not None]
