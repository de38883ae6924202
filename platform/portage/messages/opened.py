"""A browser that opened a one-time link, on the page of the link and on pages that lead on from it."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from flask import g

from portage.accounts import cookies
from portage.core.errors import PortageError
from portage.core.identity import viewer
from portage.core.tenancy import set_actor
from portage.messages import links
from portage.messages.models import OneTimeLink

BROWSER = "link"  # the cookie that binds an opened link to its browser


class LinkShut(PortageError):
    """The link was not opened in this browser, or may not be read any more; or it opens something else."""

    status = HTTPStatus.GONE
    code = "link-shut"
    message = "Open the link in your e-mail again. If it no longer opens, its page offers you a new one."


def opened_here(link_id: UUID, *, at: datetime) -> OneTimeLink | None:
    """The link, if this browser has opened it and may still read."""
    browser = cookies.read(BROWSER)
    return links.opened_by(link_id, browser, at=at) if browser else None


def link_to(link_id: UUID, *purposes: str, at: datetime) -> OneTimeLink:
    """The link of one of some purposes that this browser opened, whose reader acts from now on; raises `LinkShut`."""
    link = opened_here(link_id, at=at)
    if link is None or link.purpose not in purposes:
        raise LinkShut
    act_by(link)
    return link


def act_by(link: OneTimeLink) -> None:
    """Let the trail name the link as who reads and writes."""
    g.viewer = replace(viewer(), kind="family", session_id=link.id, subject_id=link.subject_id)
    set_actor(g.viewer.actor)
