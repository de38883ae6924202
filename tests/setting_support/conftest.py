"""Children with support in their setting, for the tests of this folder."""

import pytest

from support.episodes import Supported, SupportedOf, accepted_of, supported_of

__all__ = ["accepted_of", "supported_of"]


@pytest.fixture
def case(supported_of: SupportedOf) -> Supported:
    """A child whose setting asked for support, given to a practitioner today."""
    return supported_of("west-northants", route="setting-support", referrer="senco")
