"""Colours as WCAG measures them: whether one can be read on another."""

Channels = tuple[int, int, int]
LEAST_CONTRAST = 4.5  # WCAG 2.2, 1.4.3, for text of any size
WHITE, BLACK = "#ffffff", "#0b0c0c"


def text_on(colour: str) -> str:
    """Return white where that can be read on the colour (`#rrggbb`), else black."""
    return WHITE if contrast(colour, WHITE) >= LEAST_CONTRAST else BLACK


def readable(colour: str) -> bool:
    """Say whether white or black text can be read on the colour."""
    return contrast(colour, text_on(colour)) >= LEAST_CONTRAST


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG defines it, from 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def channels(colour: str) -> Channels:
    """Return red, green and blue of `#rrggbb`, each from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
