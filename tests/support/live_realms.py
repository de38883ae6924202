"""Writes the settings of the demo's identity providers for a service under test, without inventing families."""

import json
import os
import sys
from pathlib import Path

from portage.app import create_app
from portage.demo.personas import OPERATORS
from portage.demo.prepare import councils_realms, operators_realm


def main(settings: Path, base: str) -> None:
    """Point every council to a provider of its own at `base`, and the operators to theirs."""
    secrets, port = Path(os.environ["PORTAGE_SECRETS"]), int(os.environ["PORTAGE_PUBLIC_PORT"])
    with create_app().app_context():
        realms = {**councils_realms(base, secrets, port), OPERATORS: operators_realm(base, secrets, port)}
    settings.write_text(json.dumps({"realms": realms}), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
