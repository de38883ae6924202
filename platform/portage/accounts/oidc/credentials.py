"""How this service proves itself to a provider: secrets found by name in files or the environment, never stored."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from portage.accounts.refusals import ProviderMisconfigured

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
SigningKey = RSAKey | ECKey | OKPKey
_ALGORITHM = {"RSA": "RS256", "EC": "ES256", "OKP": "EdDSA"}


@dataclass(frozen=True, slots=True)
class SecretStore:
    """Where secrets are: a folder of files readable by the service alone, else `PORTAGE_SECRET_<NAME>` variables."""

    folder: Path | None
    environment: Mapping[str, str]

    @classmethod
    def of_process(cls, folder: Path | None) -> SecretStore:
        return cls(folder, os.environ)

    def text(self, name: str) -> str:
        """The secret with this name; raises ProviderMisconfigured when it is nowhere."""
        if not _NAME.fullmatch(name):
            raise ProviderMisconfigured("the name of the secret has no usable form")
        if self.folder is not None and (path := self.folder / name).is_file():
            return path.read_text(encoding="utf-8").strip()
        found = self.environment.get(f"PORTAGE_SECRET_{name.upper().replace('-', '_')}", "").strip()
        if not found:
            raise ProviderMisconfigured("the secret is not there")
        return found

    def key(self, name: str) -> tuple[SigningKey, str]:
        """The private key with this name (a JSON web key, or RSA in PEM) and the algorithm that it signs with."""
        text = self.text(name)
        try:
            key = JWKRegistry.import_key(json.loads(text)) if text.startswith("{") else RSAKey.import_key(text)
        except (JoseError, ValueError, TypeError) as error:
            raise ProviderMisconfigured("the private key cannot be read") from error
        if not isinstance(key, RSAKey | ECKey | OKPKey) or not key.is_private:
            raise ProviderMisconfigured("the private key is of another kind")
        key.ensure_kid()
        return key, _ALGORITHM[key.key_type]
