"""A link that this browser has opened: its row for a day, and the family as who acts from here on."""

from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import g

from portage.accounts import cookies
from portage.core import clock
from portage.core.errors import PortageError
from portage.core.identity import viewer
from portage.core.routes import concerning
from portage.core.tenancy import set_actor
from portage.messages import links
from portage.messages.models import OneTimeLink

BROWSER = "link"  # the cookie that binds an opened link to its browser


class LinkShut(PortageError):
    """The link was not opened in this browser, or may not be read any more; or it opens something else."""

    status = HTTPStatus.GONE
    code = "link-shut"
    message = "Open the link in your e-mail again. If it no longer opens, its page offers you a new one."


def opened_here(link_id: UUID) -> OneTimeLink | None:
    """The link, if this browser has opened it and may still read."""
    browser = cookies.read(BROWSER)
    return links.opened_by(link_id, browser, at=clock.now()) if browser else None


def as_family(link: OneTimeLink, child_id: UUID) -> None:
    """Let the trail name the link's holder as who reads or writes, and the child as whom it is about."""
    g.viewer = replace(viewer(), kind="family", session_id=link.id, subject_id=link.subject_id)
    set_actor(g.viewer.actor)
    concerning("child", child_id, link=link.id)


def link_to(link_id: UUID, *purposes: str) -> OneTimeLink:
    """The link of one of some purposes that this browser opened; raises `LinkShut`."""
    link = opened_here(link_id)
    if link is None or link.purpose not in purposes:
        raise LinkShut
    return link
