"""How much a test tries: enough in `make test`, ten times as much in `make test-long`."""

import os

AT_LENGTH = os.environ.get("PORTAGE_TEST_LENGTH") == "full"


def examples(usual: int) -> int:
    """How many examples a property is tried with."""
    return usual * 10 if AT_LENGTH else usual
