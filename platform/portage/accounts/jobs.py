"""Background work about signing in: what is over is forgotten, because it may hold where somebody was going."""

from datetime import timedelta

from sqlalchemy import delete

from portage.accounts.models import LoginAttempt, LogoutTokenSeen, WebSession
from portage.core import clock
from portage.core.db import db
from portage.core.idempotency import IdempotencyKey
from portage.core.jobs import daily
from portage.core.tenancy import current_tenant_id

ATTEMPTS = timedelta(days=1)
SESSIONS = timedelta(days=90)  # the trail keeps who signed in when; the row is only needed to look into a report
KEYS = timedelta(days=30)  # longer than any page lies open in a browser


@daily("03:30")
def forget_what_is_over() -> None:
    """Delete attempts to sign in, seen logout tokens, sessions and form keys whose time has passed."""
    now, council = clock.now(), current_tenant_id()
    for model, over in (
        (LoginAttempt, LoginAttempt.expires_at < now - ATTEMPTS),
        (LogoutTokenSeen, LogoutTokenSeen.expires_at < now),
        (WebSession, WebSession.expires_at < now - SESSIONS),
        (IdempotencyKey, IdempotencyKey.created_at < now - KEYS),
    ):
        db.session.execute(delete(model).where(model.tenant_id == council, over))
