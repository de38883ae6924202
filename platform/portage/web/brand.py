"""A council's colour as a stylesheet: the content security policy allows no style inside a page."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from portage.core.colours import channels, contrast, text_on

PLAIN = "#1d4f7a"
_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")


@dataclass(frozen=True, slots=True)
class Brand:
    """A council's main colour, and what follows from it; a colour that cannot be used gives way to the plain one."""

    colour: str

    @classmethod
    def of(cls, colour: str | None) -> "Brand":
        """The brand for a colour as a council wrote it (`#rrggbb`)."""
        return cls(colour.lower() if colour and _HEX.match(colour) else PLAIN)

    @property
    def text(self) -> str:
        """White on the colour where that can be read, else black."""
        return text_on(self.colour)

    @property
    def soft(self) -> str:
        """The colour as a light ground for dark text: one part in fourteen on white."""
        return _written([round(255 - (255 - channel) / 14) for channel in channels(self.colour)])

    @property
    def edge(self) -> str:
        """The colour for lines and marks on white, darkened until it stands out as graphics must (3 to 1)."""
        found = self.colour
        while contrast(found, "#ffffff") < 3:
            found = _written([round(channel * 0.9) for channel in channels(found)])
        return found

    @property
    def stylesheet(self) -> str:
        """The custom properties that `portage.css` and GOV.UK Frontend read."""
        return (
            f":root{{--portage-brand:{self.colour};--portage-brand-text:{self.text};--portage-brand-soft:{self.soft};"
            f"--portage-brand-edge:{self.edge};--govuk-brand-colour:{self.edge};"
            f"--govuk-template-background-colour:{self.soft}}}\n"
        )

    @property
    def url(self) -> str:
        """The stylesheet's address, which changes with its content."""
        return _address(self)


@lru_cache(maxsize=1024)
def _address(brand: Brand) -> str:
    return f"/brand.css?v={hashlib.sha256(brand.stylesheet.encode()).hexdigest()[:10]}"


def _written(channels: list[int]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in channels)
