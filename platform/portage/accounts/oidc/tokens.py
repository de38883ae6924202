"""Checks on what a provider signed: identity tokens and logout tokens. Everything here refuses by default."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError

from portage.accounts.oidc.provider import ALGORITHMS, Directory, Relation
from portage.accounts.refusals import NotTrusted, SecondStepNeeded

LEEWAY_SECONDS = 60
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LONGEST_TOKEN = 32 * 1024
_LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, section 8


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, as one provider says: `subject` is unique at `issuer` alone."""

    issuer: str
    subject: str
    claims: dict[str, Any]
    id_token: str
    sid: str | None = None


@dataclass(frozen=True, slots=True)
class LogoutNotice:
    """A provider's message that a session (`sid`) or all sessions of a person (`subject`) have ended."""

    issuer: str
    jti: str
    expires_at: datetime
    sid: str | None
    subject: str | None


class _Signatures(jws.JWSRegistry):
    """The algorithms that are allowed here, whatever the library recommends; unknown marks in a header are ignored."""

    def get_alg(self, name: str) -> Any:
        """Find an allowed algorithm by its name."""
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"{name} is not allowed")
        return self.algorithms[name]


def _verified(token: str, relation: Relation, directory: Directory) -> jwt.Token:
    """Check the signature with one of the provider's keys and an allowed algorithm."""
    if not isinstance(token, str) or len(token) > _LONGEST_TOKEN:
        raise NotTrusted("the token has no usable form")
    try:
        header = jws.extract_compact(token.encode()).headers()
        if header.get("alg") not in ALGORITHMS:
            raise NotTrusted("the token's algorithm is not allowed")
        if {"crit", "jwk", "jku", "x5c", "x5u"} & header.keys():
            raise NotTrusted("the token brings its own key or conditions")
        kid = header.get("kid")
        keys = directory.keys(relation.issuer, kid if isinstance(kid, str) else None)
        return jwt.decode(token, keys, registry=_Signatures(strict_check_header=False))
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise NotTrusted("the token's signature is not good") from error


def _check_claims(token: jwt.Token, relation: Relation, now: datetime, *names: str) -> None:
    demanded: dict[str, jwt.ClaimsOption] = {name: {"essential": True} for name in ("aud", "exp", "iat", *names)}
    demanded["iss"] = {"essential": True, "value": relation.issuer}
    registry = jwt.JWTClaimsRegistry(now=int(now.timestamp()), leeway=LEEWAY_SECONDS, **demanded)
    try:
        registry.validate(token.claims)
    except JoseError as error:
        raise NotTrusted("a claim of the token is missing or not as expected") from error
    # No other audience is trusted here, so none may be named beside us.
    if token.claims["aud"] not in (relation.client_id, [relation.client_id]):
        raise NotTrusted("the token is for somebody else")
    if token.claims.get("azp", relation.client_id) != relation.client_id:
        raise NotTrusted("the token was issued to somebody else")


def _text(value: object, longest: int = _LONGEST_SUBJECT) -> str | None:
    return value if isinstance(value, str) and 0 < len(value) <= longest and value.isprintable() else None


def verify_id_token(
    id_token: str, *, relation: Relation, directory: Directory, nonce: str, access_token: str, now: datetime
) -> SignedIn:
    """Check an identity token fully (OpenID Connect Core 1.0, 3.1.3.7); raises NotTrusted or SecondStepNeeded."""
    token = _verified(id_token, relation, directory)
    if str(token.header.get("typ") or "JWT").upper() != "JWT":
        raise NotTrusted("the token is of another kind")
    _check_claims(token, relation, now, "sub", "nonce")
    claims = token.claims
    if not isinstance(claims["nonce"], str) or not compare_digest(claims["nonce"].encode(), nonce.encode()):
        raise NotTrusted("the token answers another request")
    subject = _text(claims["sub"])
    if subject is None:
        raise NotTrusted("the token's subject has no usable form")
    if "at_hash" in claims:
        _check_access_token(claims["at_hash"], access_token, str(token.header["alg"]))
    _check_demands(claims, relation)
    return SignedIn(relation.issuer, subject, claims, id_token, _text(claims.get("sid")))


def _check_access_token(at_hash: object, access_token: str, algorithm: str) -> None:
    digest = (hashlib.sha512 if algorithm.startswith("Ed") else hashlib.sha256)(access_token.encode()).digest()
    expected = base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
    if not isinstance(at_hash, str) or not compare_digest(at_hash.encode(), expected.encode()):
        raise NotTrusted("the access token is not the one that was signed for")


def _check_demands(claims: dict[str, Any], relation: Relation) -> None:
    """The council may demand how people sign in: one of some classes (acr), or all of some methods (amr)."""
    if relation.acr and claims.get("acr") not in relation.acr:
        raise SecondStepNeeded("acr")
    told = claims.get("amr")
    if relation.amr and not (isinstance(told, list) and set(relation.amr) <= {str(method) for method in told}):
        raise SecondStepNeeded("amr")


def verify_logout_token(logout_token: str, *, relation: Relation, directory: Directory, now: datetime) -> LogoutNotice:
    """Check a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6); the caller refuses one seen before."""
    token = _verified(logout_token, relation, directory)
    if str(token.header.get("typ") or "JWT").lower().removeprefix("application/") not in ("jwt", "logout+jwt"):
        raise NotTrusted("the token is of another kind")
    _check_claims(token, relation, now, "jti", "events")
    claims = token.claims
    events = claims["events"]
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
        raise NotTrusted("the token tells of something else")
    if "nonce" in claims:
        raise NotTrusted("an identity token was sent as a logout token")
    jti, sid, subject = (_text(claims.get(name)) for name in ("jti", "sid", "sub"))
    if jti is None or (sid is None and subject is None):
        raise NotTrusted("the token names no session and no person")
    return LogoutNotice(relation.issuer, jti, datetime.fromtimestamp(claims["exp"], UTC), sid, subject)
