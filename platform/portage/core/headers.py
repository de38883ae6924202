"""What every answer says to the browser: no script or style of others, no frames, nothing kept in shared caches."""

import secrets

from flask import Flask, Response, g, request

from portage.core.identity import viewer


def nonce() -> str:
    """The nonce of this answer's own script elements."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    found: str = g.csp_nonce
    return found


def guard_answers(app: Flask, *, https: bool) -> None:
    """Set the security headers on every answer."""

    @app.before_request
    def _draw() -> None:
        nonce()

    def add(response: Response) -> Response:
        targets = " ".join(["'self'", *viewer().extra.get("form_action", ())])
        response.headers.setdefault(
            "Content-Security-Policy",
            f"default-src 'none'; script-src 'self' 'nonce-{nonce()}'; style-src 'self'; img-src 'self'; "
            f"connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action {targets}; base-uri 'none'; "
            "frame-ancestors 'none'",
        )
        headers = {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        }
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        if request.endpoint not in ("static", "web.brand"):
            response.headers["Cache-Control"] = "no-store"
        return response

    app.after_request(add)
