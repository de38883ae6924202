"""What the provider remembers while it runs: codes, tokens, sessions and used assertions. Nothing of it outlives it."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field

from authlib.oauth2.rfc6749 import TokenMixin
from authlib.oidc.core import AuthorizationCodeMixin

from portage.demo.provider.realms import Client, Persona

CODE_SECONDS = 60
TOKEN_SECONDS = 600


@dataclass(slots=True)
class Session:
    """One person signed in at one issuer in one browser, and the clients that were told so."""

    sid: str
    sub: str
    clients: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # Authlib publishes no types
    """An authorization code: for one client, one address and one verifier, once, for a minute."""

    value: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    persona: Persona
    sid: str
    made_at: float = field(default_factory=time.time)

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.made_at)

    def get_acr(self) -> str:
        return self.persona.acr

    def get_amr(self) -> list[str]:
        return list(self.persona.amr)


@dataclass(frozen=True, slots=True)
class Token(TokenMixin):  # type: ignore[misc]  # Authlib publishes no types
    """An access token for the userinfo endpoint, for ten minutes."""

    value: str
    client: Client
    persona: Persona
    scope: str
    made_at: float = field(default_factory=time.time)

    def check_client(self, client: Client) -> bool:
        return client == self.client

    def get_scope(self) -> str:
        return self.scope

    def get_expires_in(self) -> int:
        return TOKEN_SECONDS

    def is_expired(self) -> bool:
        return time.time() > self.made_at + TOKEN_SECONDS

    def is_revoked(self) -> bool:
        return False

    def get_user(self) -> Persona:
        return self.persona

    def get_client(self) -> Client:
        return self.client


class Memory:
    """The state of one issuer; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._tokens: dict[str, Token] = {}
        self._sessions: dict[str, Session] = {}
        self._used: dict[str, float] = {}

    def open_session(self, sub: str, client_id: str, sid: str | None) -> Session:
        """Continue the browser's session of this person, or begin one; and note the client that is told."""
        with self._lock:
            session = self._sessions.get(sid or "")
            if session is None or session.sub != sub:
                session = Session(sid=secrets.token_urlsafe(24), sub=sub)
                self._sessions[session.sid] = session
            session.clients.add(client_id)
            return session

    def session(self, sid: str | None) -> Session | None:
        """The session with this id, if it is still open."""
        with self._lock:
            return self._sessions.get(sid or "")

    def end_sessions(self, *, sid: str = "", sub: str = "") -> list[Session]:
        """End the session `sid`, or every session of the person `sub`; returns those that were ended."""
        with self._lock:
            ended = [one for one in self._sessions.values() if one.sid == sid or (sub and one.sub == sub)]
            for session in ended:
                del self._sessions[session.sid]
            return ended

    def signed_in(self) -> set[str]:
        """The people (`sub`) who have an open session."""
        with self._lock:
            return {session.sub for session in self._sessions.values()}

    def keep_code(self, code: Code) -> None:
        """Remember a code, and forget those that are too old."""
        with self._lock:
            limit = time.time() - CODE_SECONDS
            self._codes = {value: kept for value, kept in self._codes.items() if kept.made_at > limit}
            self._codes[code.value] = code

    def take_code(self, value: str, client_id: str) -> Code | None:
        """Hand out a code once; a second try, another client or a late one gets nothing."""
        with self._lock:
            code = self._codes.pop(value, None)
        if code is None or code.client_id != client_id or time.time() > code.made_at + CODE_SECONDS:
            return None
        return code

    def keep_token(self, token: Token) -> None:
        """Remember an access token."""
        with self._lock:
            self._tokens = {value: kept for value, kept in self._tokens.items() if not kept.is_expired()}
            self._tokens[token.value] = token

    def token(self, value: str) -> Token | None:
        """The access token with this value."""
        with self._lock:
            return self._tokens.get(value)

    def use_once(self, key: str) -> bool:
        """Say whether this key (of a client's assertion) is seen for the first time in an hour."""
        with self._lock:
            limit = time.time() - 3600
            self._used = {used: at for used, at in self._used.items() if at > limit}
            if key in self._used:
                return False
            self._used[key] = time.time()
            return True
