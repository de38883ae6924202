"""A page behind a one-time link that was opened: which link this browser may still read, and in whose name it acts."""

from dataclasses import replace
from uuid import UUID

from flask import g

from portage.accounts import cookies
from portage.core import clock
from portage.core.identity import viewer
from portage.core.routes import concerning
from portage.core.tenancy import set_actor
from portage.messages import links
from portage.messages.models import OneTimeLink

BROWSER = "link"  # the cookie that binds an opened link to its browser


def link_here(link_id: UUID) -> OneTimeLink | None:
    """The link, if this browser has opened it and may still read."""
    browser = cookies.read(BROWSER)
    return links.opened_by(link_id, browser, at=clock.now()) if browser else None


def act_as_recipient(link: OneTimeLink, child_id: UUID) -> None:
    """From here on this request is that of whoever the link was sent to; the trail names the link and the child."""
    g.viewer = replace(viewer(), kind="family", session_id=link.id, subject_id=link.subject_id)
    set_actor(g.viewer.actor)
    concerning("child", child_id, link=link.id)
