"""One issuer on Authlib's server side: code with PKCE (S256) and nonce, RS256, RFC 9207, userinfo, end of session."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Error, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator, BearerTokenValidator
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core import OpenIDCode, UserInfo, UserInfoEndpoint
from authlib.oidc.rpinitiated import EndSessionEndpoint, EndSessionRequest
from flask import Response, g, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from portage.demo.provider.memory import TOKEN_SECONDS, Code, Memory, Session, Token
from portage.demo.provider.realms import SCOPES, Client, Persona, Realm

LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class Issuer(AuthorizationServer):  # type: ignore[misc]  # Authlib publishes no types
    """The authorization server of one realm, with the memory that belongs to it."""

    def __init__(self, realm: Realm) -> None:
        super().__init__(query_client=self._client, save_token=self._save_token)
        self.realm = realm
        self.memory = Memory()
        self.scopes_supported = SCOPES
        self.register_token_generator("default", BearerTokenGenerator(_random_token, None, TOKEN_SECONDS))
        self.register_client_auth_method("private_key_jwt", Assertion(self))
        self.register_grant(CodeGrant, [ProofKey(required=True), IdToken(self)])
        self.register_extension(Announce(realm.issuer))
        self.register_endpoint(EndSession(self))
        protector = ResourceProtector()
        protector.register_token_validator(Bearer(self.memory))
        self.register_endpoint(AboutPerson(self, protector))

    def renew(self, realm: Realm) -> None:
        """Take over changed clients and personas; sessions and codes stay."""
        self.realm = realm

    def _client(self, client_id: str) -> Client | None:
        return self.realm.clients.get(client_id)

    def _save_token(self, token: dict[str, Any], request: OAuth2Request) -> None:
        client, persona = request.client, request.user
        self.memory.keep_token(Token(str(token["access_token"]), client, persona, str(token.get("scope", ""))))

    def create_oauth2_request(self, request: object) -> OAuth2Request:
        """This browser's request, as one over a connection that does not leave the machine."""
        return LocalRequest()

    def refuse(self, error: OAuth2Error) -> Response:
        """Answer an authorization request with an error, sent back to the client when its address is known."""
        response: Response = self.handle_error_response(None, error)
        Announce(self.realm.issuer).add_issuer_parameter(self, response)
        return response

    def metadata(self) -> dict[str, Any]:
        """The discovery document of this issuer (OpenID Connect Discovery 1.0)."""
        at = self.realm.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo",
            "jwks_uri": f"{at}/keys",
            "end_session_endpoint": f"{at}/end-session",
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    def logout_token(self, client: Client, session: Session) -> str:
        """A signed message for one client that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""
        now = int(time.time())
        claims = {
            "iss": self.realm.issuer,
            "aud": client.client_id,
            "iat": now,
            "exp": now + 120,
            "jti": _random_token(),
            "sub": session.sub,
            "sid": session.sid,
            "events": {LOGOUT_EVENT: {}},
        }
        key = self.realm.signing_key
        return jwt.encode({"alg": "RS256", "kid": key.kid, "typ": "logout+jwt"}, claims, key)


def _random_token(*_: object, **__: object) -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The persona that somebody chose, and the session their browser already had here."""

    persona: Persona
    browser_sid: str | None


class LocalRequest(FlaskOAuth2Request):  # type: ignore[misc]  # Authlib publishes no types
    """A request at a name below `localhost`, which is this machine by definition; Authlib knows `localhost` alone."""

    def __init__(self) -> None:
        OAuth2Request.__init__(self, request.method, f"http://localhost{request.path}", headers=request.headers)
        self._request = request
        self.payload = FlaskOAuth2Payload(request)


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib publishes no types
    """Authorization codes that live in the issuer's memory; PKCE with S256 is demanded of everybody."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "private_key_jwt")

    @property
    def memory(self) -> Memory:
        issuer: Issuer = self.server
        return issuer.memory

    def save_authorization_code(self, code: str, request: OAuth2Request) -> None:
        asked = request.payload.data
        chosen: Chosen = request.user
        session = self.memory.open_session(chosen.persona.sub, request.client.client_id, chosen.browser_sid)
        g.opened_session = session
        self.memory.keep_code(
            Code(
                value=code,
                client_id=request.client.client_id,
                redirect_uri=request.payload.redirect_uri or "",
                scope=request.scope or "",
                nonce=asked.get("nonce", ""),
                code_challenge=asked["code_challenge"],
                code_challenge_method=asked["code_challenge_method"],
                persona=chosen.persona,
                sid=session.sid,
            )
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self.memory.take_code(code, client.client_id)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Nothing is left to delete: a code was forgotten when it was taken."""

    def authenticate_user(self, authorization_code: Code) -> Persona:
        return authorization_code.persona


class ProofKey(CodeChallenge):  # type: ignore[misc]  # Authlib publishes no types
    """PKCE which is never optional, and never `plain`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        asked = grant.request.payload.data
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("A 'code_challenge' with the method 'S256' is needed.")
        super().validate_code_challenge(grant, redirect_uri)


class IdToken(OpenIDCode):  # type: ignore[misc]  # Authlib publishes no types
    """Identity tokens signed with the realm's key; a nonce is demanded."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__(require_nonce=True)
        self._issuer = issuer

    def exists_nonce(self, nonce: str, request: OAuth2Request) -> bool:
        return False  # the code is single use; the client checks its own nonce

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return self._issuer.realm.signing_key

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self._issuer.realm.issuer, "aud": client.client_id, "exp": int(time.time()) + 300}

    def get_encode_header(self, client: Client) -> dict[str, Any]:
        return {"alg": "RS256", "kid": self._issuer.realm.signing_key.kid}

    def get_authorization_code_claims(self, authorization_code: Code) -> dict[str, Any]:
        return {**super().get_authorization_code_claims(authorization_code), "sid": authorization_code.sid}

    def generate_user_info(self, user: Persona, scope: str) -> UserInfo:
        return UserInfo(user.claims(scope))


class Assertion(JWTBearerClientAssertion):  # type: ignore[misc]  # Authlib publishes no types
    """`private_key_jwt`: a client signs with its own key instead of sending a secret."""

    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, issuer: Issuer) -> None:
        super().__init__()
        self._issuer = issuer

    def get_audiences(self) -> list[str]:
        return [self._issuer.realm.issuer, f"{self._issuer.realm.issuer}/token"]

    def validate_jti(self, claims: dict[str, Any], jti: str) -> bool:
        return self._issuer.memory.use_once(f"{claims['sub']} {jti}")

    def resolve_client_public_key(self, client: Client) -> KeySet:
        return KeySet.import_key_set(client.jwks)  # type: ignore[arg-type]  # JSON is checked by joserfc itself


class Announce(IssuerParameter):  # type: ignore[misc]  # Authlib publishes no types
    """RFC 9207: every authorization response says who sends it."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def get_issuer(self) -> str:
        return self._issuer


class Bearer(BearerTokenValidator):  # type: ignore[misc]  # Authlib publishes no types
    """Finds access tokens in the issuer's memory."""

    def __init__(self, memory: Memory) -> None:
        super().__init__()
        self._memory = memory

    def authenticate_token(self, token_string: str) -> Token | None:
        return self._memory.token(token_string)


class AboutPerson(UserInfoEndpoint):  # type: ignore[misc]  # Authlib publishes no types
    """The userinfo endpoint."""

    def __init__(self, issuer: Issuer, protector: ResourceProtector) -> None:
        super().__init__(issuer, protector)

    def generate_user_info(self, user: Persona, scope: str) -> UserInfo:
        return UserInfo(user.claims(scope))


class EndSession(EndSessionEndpoint):  # type: ignore[misc]  # Authlib publishes no types
    """Ends the session that an identity token names; the views tell the other clients."""

    def __init__(self, issuer: Issuer) -> None:
        super().__init__(issuer)
        self._issuer = issuer

    def get_server_jwks(self) -> KeySet:
        return KeySet([self._issuer.realm.signing_key])

    def get_algorithms(self) -> list[str]:
        return ["RS256"]

    def end_session(self, end_session_request: EndSessionRequest) -> None:
        """The view has done it, because it also has to clear the browser's cookie."""
