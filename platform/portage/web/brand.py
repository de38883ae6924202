"""A council's colour as a stylesheet: the content security policy allows no style inside a page."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

PLAIN = "#1d4f7a"
_HEX = re.compile(r"#[0-9a-fA-F]{6}\Z")
_LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, for text of any size

Channels = tuple[int, int, int]


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
        return "#ffffff" if contrast(self.colour, "#ffffff") >= _LEAST_CONTRAST else "#0b0c0c"

    @property
    def soft(self) -> str:
        """The colour as a light ground for dark text: one part in fourteen on white."""
        return _written([round(255 - (255 - channel) / 14) for channel in _channels(self.colour)])

    @property
    def edge(self) -> str:
        """The colour for lines and marks on white, darkened until it stands out as graphics must (3 to 1)."""
        found = self.colour
        while contrast(found, "#ffffff") < 3:
            found = _written([round(channel * 0.9) for channel in _channels(found)])
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


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG defines it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def _channels(colour: str) -> Channels:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _written(channels: list[int]) -> str:
    return "#" + "".join(f"{channel:02x}" for channel in channels)
