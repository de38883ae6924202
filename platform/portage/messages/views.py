"""Pages behind one-time links, letters for staff, and what could not be sent."""

import secrets
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.accounts import cookies
from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.identity import viewer
from portage.core.incoming import page_in, pages_of
from portage.core.routes import ANYONE, UNAUDITED, Routes, concerning
from portage.families.access import require_access
from portage.messages import closing, letters, links, pdf
from portage.messages import sections as sections  # adds to the page of a request
from portage.messages.models import OneTimeLink
from portage.messages.opened import BROWSER, as_family, opened_here
from portage.messages.operations import mark_seen

routes = Routes("messages", __name__)


@routes.get("/l/<token>", can=ANYONE, audience=Audience.LINK, audit=UNAUDITED, rate=Rate.PAGE)
def before_opening(token: str) -> ResponseReturnValue:
    """A page with a button. Looking at it spends nothing, so a mail scanner that follows links does no harm."""
    link = _link(token)
    if opened_here(link.id) is not None:
        return _untold(make_response(redirect(f"/opened/{link.id}", 303)))
    if not links.can_be_opened(link, at=clock.now()):
        return _spent(link, token)
    return _untold(make_response(render_template("messages/link.html", address=request.path, until=link.expires_at)))


@routes.post("/l/<token>", can=ANYONE, audience=Audience.LINK, audit="link.opened", rate=Rate.PUBLIC_WRITE)
def open_link(token: str) -> ResponseReturnValue:
    """Spend the link for this browser and go to what it opens, under an address without the token."""
    link = _link(token)
    browser = cookies.read(BROWSER) or secrets.token_urlsafe(32)
    if not links.spend(link, browser, at=clock.now()):
        return _spent(link, token)
    links.note_spending(link, at=clock.now())
    concerning("link", link.id)
    response = make_response(redirect(f"/opened/{link.id}", 303))
    cookies.put(response, BROWSER, browser, seconds=int(links.OPEN_FOR.total_seconds()))
    return _untold(response)


@routes.post("/l/<token>/again", can=ANYONE, audience=Audience.LINK, audit="link.asked-again", rate=Rate.PUBLIC_WRITE)
def ask_again(token: str) -> ResponseReturnValue:
    """Send a new link to the address that we hold for this recipient."""
    link = _link(token)
    concerning("link", link.id)
    if links.closed_by_hand(link):
        return _spent(link, token)
    letters.fresh_link(link, at=clock.now())
    return _untold(make_response(redirect("/l/sent", 303)))


@routes.get("/l/sent", can=ANYONE, audience=Audience.PUBLIC, audit=UNAUDITED, rate=Rate.PAGE)
def new_link_sent() -> ResponseReturnValue:
    """Says that a new link is on its way, whether or not one was sent a moment ago already."""
    return render_template("messages/link_sent.html")


@routes.get("/opened/<uuid:link_id>", can=ANYONE, audience=Audience.LINK, audit="link.read", rate=Rate.PAGE)
def opened(link_id: UUID) -> ResponseReturnValue:
    """What the link opens, for the browser that opened it, for a day."""
    link = opened_here(link_id)
    shown = links.shown_by(link, at=clock.now()) if link else None
    if link is None or shown is None:
        return render_template("messages/spent.html", again=None, closed=False), 410
    as_family(link, shown.child_id)
    return render_template(shown.template, **shown.context)


@routes.get("/letters", can=Can.SEND, audience=Audience.STAFF, audit="letters.seen", rate=Rate.PAGE)
def to_send() -> ResponseReturnValue:
    """Letters to print and post, e-mails that did not go, and for managers the links that still open."""
    who, reference = viewer(), request.args.get("reference", "").strip().upper()
    may_close = Can.CLOSE_LINK in who.can
    page, mails = page_in(request.args), page_in(request.args, "mails")
    to_post, how_many = letters.to_post(who, page)
    undelivered, how_many_mails = letters.undelivered(who, mails)
    return render_template(
        "messages/letters.html",
        letters=to_post,
        page=page,
        pages=pages_of(how_many, letters.PAGE),
        page_address=lambda number: f"/letters?{urlencode({'page': number, 'mails': mails})}",
        undelivered=undelivered,
        mails=mails,
        mail_pages=pages_of(how_many_mails, letters.PAGE),
        mail_address=lambda number: f"/letters?{urlencode({'page': page, 'mails': number})}#mails",
        may_close=may_close,
        links=closing.still_open(who, at=clock.now(), reference=reference) if may_close else [],
        most_links=closing.MOST_SHOWN,
        reference=reference,
    )


@routes.post(
    "/letters/links/<uuid:link_id>/close",
    can=Can.CLOSE_LINK,
    audience=Audience.STAFF,
    audit="link.closed",
    rate=Rate.WRITE,
)
def close_link(link_id: UUID) -> ResponseReturnValue:
    """Close a one-time link by hand, for instance because somebody else reads the mailbox."""
    closing.close_link(link_id, viewer(), at=clock.now())
    concerning("link", link_id)
    flash("The link is closed. It opens nothing any more, and no new one is sent for it.", "success")
    return redirect("/letters", 303)


@routes.get(
    "/referrals/<uuid:referral_id>/letter/<uuid:letter_id>",
    can=Can.SEE_WORKLIST,
    audience=Audience.STAFF,
    audit="letter.seen",
    rate=Rate.PAGE,
)
def letter(referral_id: UUID, letter_id: UUID) -> ResponseReturnValue:
    """A letter as the family reads it, ready to print."""
    found = letters.letter_of(referral_id, letter_id)
    require_access(found.child_id, viewer())
    concerning("child", found.child_id, letter=found.id)
    return render_template("messages/letter.html", letter=found, pdf=pdf.available())


@routes.get(
    "/referrals/<uuid:referral_id>/letter/<uuid:letter_id>/pdf",
    can=Can.SEND,
    audience=Audience.STAFF,
    audit="letter.printed",
    rate=Rate.PAGE,
)
def letter_as_pdf(referral_id: UUID, letter_id: UUID) -> ResponseReturnValue:
    """The letter as a PDF, where this installation can make one."""
    found = letters.letter_of(referral_id, letter_id)
    require_access(found.child_id, viewer())
    if not pdf.available():
        raise NotHere
    concerning("child", found.child_id, letter=found.id)
    response = Response(
        pdf.made_of(render_template("messages/letter_paper.html", letter=found)), mimetype="application/pdf"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="letter-{found.dated_on.isoformat()}.pdf"'
    return response


@routes.post(
    "/referrals/<uuid:referral_id>/letter/<uuid:letter_id>/posted",
    can=Can.SEND,
    audience=Audience.STAFF,
    audit="letter.posted",
    rate=Rate.WRITE,
)
def posted(referral_id: UUID, letter_id: UUID) -> ResponseReturnValue:
    """Note that the letter went to the post today."""
    found = letters.letter_of(referral_id, letter_id)
    require_access(found.child_id, viewer())
    letters.mark_posted(found, on=clock.today())
    concerning("child", found.child_id, letter=found.id)
    flash("The letter is marked as posted.", "success")
    return redirect("/letters", 303)


@routes.post(
    "/letters/messages/<uuid:message_id>/again",
    can=Can.SEND,
    audience=Audience.STAFF,
    audit="message.sent-again",
    rate=Rate.WRITE,
)
def again(message_id: UUID) -> ResponseReturnValue:
    """Send an e-mail once more; what is safe is asked anew at that moment."""
    sent = letters.send_again(message_id, viewer(), at=clock.now())
    concerning("message", message_id)
    flash("The e-mail is on its way again." if sent else "The e-mail was sent again already.", "success")
    return redirect("/letters", 303)


@routes.post(
    "/letters/messages/<uuid:message_id>/handled",
    can=Can.SEND,
    audience=Audience.STAFF,
    audit="message.handled",
    rate=Rate.WRITE,
)
def told_otherwise(message_id: UUID) -> ResponseReturnValue:
    """Somebody telephoned or wrote instead."""
    letters.handled(message_id, viewer(), on=clock.today())
    concerning("message", message_id)
    flash("Noted: they were told another way.", "success")
    return redirect("/letters", 303)


@routes.post(
    "/alerts/<uuid:alert_id>/seen", can=Can.SEE_SELF, audience=Audience.STAFF, audit="alert.seen", rate=Rate.WRITE
)
def alert_seen(alert_id: UUID) -> ResponseReturnValue:
    """Take an alert off one's own list, or take on one that all of a role have, and go where it leads."""
    seen = mark_seen(alert_id, viewer(), clock.now())
    if seen is None:
        raise NotHere
    concerning("alert", alert_id)
    if seen.taken_by:
        flash(f"{seen.taken_by} has taken this on already.", "notice")
    return redirect(seen.path, 303)


def _link(token: str) -> OneTimeLink:
    found = links.by_token(token)
    if found is None:
        raise NotHere
    return found


def _spent(link: OneTimeLink, token: str) -> ResponseReturnValue:
    closed = links.closed_by_hand(link)
    again = None if closed else f"/l/{token}/again"
    return _untold(make_response(render_template("messages/spent.html", again=again, closed=closed), 410))


def _untold(response: Response) -> Response:
    """Keep the address, which holds the token, out of every log that keeps referrers."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
