"""The bank holidays of England, for whoever plans days; it needs no database."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> Mapping[date, str]:
    """The bank holidays of England in a year, with the days that stand in for those at a weekend."""
    return dict(holidays.country_holidays("GB", subdiv="ENG", years=year, language="en_GB"))
