"""OpenID Connect as this service speaks it: code, PKCE, nonce, pinned issuers; no flask and no database."""
