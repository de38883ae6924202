"""A council's provider as it was set up here, and what it publishes about itself: metadata and keys, cached."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portage.accounts.outbound import OutboundFailed, OutboundRefused, Reach, check_address, fetch
from portage.accounts.refusals import ProviderAway, ProviderMisconfigured

ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")  # the last two are one, before and since RFC 9864
# Issuers that answer for every organisation in the world: anybody could sign in.
_FOR_EVERYBODY = frozenset({"common", "organizations", "consumers"})
_LEFT_ALONE = 10.0  # seconds, after a provider did not answer


@dataclass(frozen=True, slots=True)
class Relation:
    """What was agreed with one provider: its issuer, who we are to it, and what the council demands of a sign-in."""

    issuer: str
    client_id: str
    auth_method: str
    secret_name: str
    scope: str = "openid profile email"
    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    wanted_claim: str = ""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider publishes about itself, as far as it was checked and is needed."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    announces_issuer: bool = False


def check_issuer(issuer: str, reach: Reach) -> None:
    """Refuse an issuer that is a template, answers for every organisation, or is no public https address."""
    if re.search(r"[{}]", issuer) or "?" in issuer or issuer.endswith("#"):
        raise ProviderMisconfigured("the issuer is a template or has a query")
    if _FOR_EVERYBODY & set(urlsplit(issuer).path.lower().split("/")):
        raise ProviderMisconfigured("the issuer answers for every organisation")
    try:
        check_address(issuer, reach)
    except OutboundRefused as error:
        raise ProviderMisconfigured("the issuer's address is not allowed") from error


def read_metadata(issuer: str, told: object, reach: Reach) -> Metadata:
    """Check a discovery document against the issuer that was set up; raises ProviderMisconfigured."""
    if not isinstance(told, dict) or told.get("issuer") != issuer:
        raise ProviderMisconfigured("the metadata names another issuer")
    needed = {name: told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    optional = {name: told[name] for name in ("userinfo_endpoint", "end_session_endpoint") if told.get(name)}
    for address in (*needed.values(), *optional.values()):
        if not isinstance(address, str):
            raise ProviderMisconfigured("the metadata lacks an address")
        try:
            check_address(address, reach)
        except OutboundRefused as error:
            raise ProviderMisconfigured("the metadata holds an address that is not allowed") from error
    _demand(told, "code_challenge_methods_supported", ("S256",))
    _demand(told, "id_token_signing_alg_values_supported", ALGORITHMS)
    _demand(told, "response_types_supported", ("code",))
    return Metadata(
        issuer=issuer,
        announces_issuer=told.get("authorization_response_iss_parameter_supported") is True,
        **{name: str(address) for name, address in {**needed, **optional}.items()},
    )


def _demand(told: Mapping[str, Any], name: str, one_of: tuple[str, ...]) -> None:
    """A provider that lists what it can do must list one of these; one that lists nothing is believed."""
    listed = told.get(name)
    if listed is not None and not (isinstance(listed, list) and any(value in listed for value in one_of)):
        raise ProviderMisconfigured(f"{name} does not hold what we need")


@dataclass(slots=True)
class _Known:
    metadata: Metadata | None = None
    metadata_at: float = 0.0
    keys: KeySet | None = None
    keys_at: float = 0.0
    away_until: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)


class Directory:
    """Metadata and keys of providers, kept by this process for ten minutes.

    Keys are read again early when a token names an unknown key, but not more often than every `pause` seconds:
    otherwise anybody could make us call a provider by sending invented tokens. A provider that did not answer is left
    alone for some seconds: otherwise everybody who tries to sign in would hold a thread that others' pages need.
    """

    def __init__(
        self,
        reach: Reach,
        *,
        keep: float = 600.0,
        pause: float = 30.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.reach = reach
        self._keep, self._pause, self._monotonic = keep, pause, monotonic
        self._lock = threading.Lock()
        self._known: dict[str, _Known] = {}

    def _entry(self, issuer: str) -> _Known:
        with self._lock:
            return self._known.setdefault(issuer, _Known())

    def metadata(self, issuer: str) -> Metadata:
        """What the provider publishes, from memory or from the provider; raises ProviderAway, ProviderMisconfigured."""
        check_issuer(issuer, self.reach)
        known = self._entry(issuer)
        with known.lock:
            if known.metadata is None or self._monotonic() > known.metadata_at + self._keep:
                told = self._read(known, f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                known.metadata = read_metadata(issuer, told, self.reach)
                known.metadata_at = self._monotonic()
            return known.metadata

    def keys(self, issuer: str, kid: str | None = None) -> KeySet:
        """The provider's signing keys; read again when `kid` is not among the ones in memory."""
        metadata = self.metadata(issuer)
        known = self._entry(issuer)
        with known.lock:
            age = self._monotonic() - known.keys_at
            unknown = known.keys is not None and kid is not None and kid not in {key.kid for key in known.keys}
            if known.keys is None or age > self._keep or (unknown and age >= self._pause):
                known.keys = _signing_keys(self._read(known, metadata.jwks_uri))
                known.keys_at = self._monotonic()
            return known.keys

    def _read(self, known: _Known, address: str) -> object:
        if self._monotonic() < known.away_until:
            raise ProviderAway("the provider did not answer a moment ago")
        try:
            return self._fetched(address)
        except ProviderAway:
            known.away_until = self._monotonic() + min(self._pause, _LEFT_ALONE)
            raise

    def _fetched(self, address: str) -> object:
        try:
            response = fetch(address, self.reach)
            if response.status_code != 200:
                raise ProviderAway(f"the provider answered {response.status_code}")
            answer: object = response.json()
        except OutboundRefused as error:
            raise ProviderMisconfigured("an address of the provider is not allowed") from error
        except (OutboundFailed, ValueError, RecursionError) as error:
            raise ProviderAway("the provider's answer cannot be read") from error
        return answer


def _signing_keys(told: object) -> KeySet:
    """Public keys for signatures only: a shared secret in a published key set would let anybody sign."""
    listed = told.get("keys") if isinstance(told, dict) else None
    if not isinstance(listed, list):
        raise ProviderAway("the key set cannot be read")
    usable = [
        key
        for key in listed
        if isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": usable})
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise ProviderAway("the key set cannot be read") from error
