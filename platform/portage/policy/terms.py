"""The terms of an edition: what every council's policy states, read and checked by marshmallow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Terms:
    """Every value of one edition; a plugin adds its own `eligibility`."""
