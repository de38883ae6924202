"""Every refusal and every bug becomes one plain page: what happened, what to do next, whom to call."""

import logging
import secrets
import traceback
from dataclasses import asdict, dataclass
from urllib.parse import quote

from flask import Flask, Response, g, make_response, render_template, request
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, FormExpired, PortageError, SignInFirst
from portage.policy import EditionInvalid, PolicyNotInstalled
from portage.policy.bounded import PolicyFailed
from portage.web.send_again import kept_from
from portage.web.site import Site

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    """What one kind of error page says."""

    heading: str
    sentence: str
    steps: tuple[str, ...] = ()


NOTHING_SAVED = "Nothing was saved. Go back in your browser: what you typed should still be there."
WORDS: dict[int, Words] = {
    400: Words("We could not read what was sent", "Something in the request was damaged on its way.", (NOTHING_SAVED,)),
    401: Words("Sign in to continue", "You are not signed in, or you were away for a while and we signed you out."),
    403: Words(
        "You cannot open this page",
        "Your role in this service does not include it.",
        ("If you need it for your work, ask the person who manages your team's accounts.",),
    ),
    404: Words(
        "Page not found",
        "There is nothing at this address.",
        ("If you typed the address, check it. If you followed a link, it may be an old one.",),
    ),
    405: Words(
        "This page cannot be opened like that", "The address is for sending a form.", ("Start from the form again.",)
    ),
    409: Words("This cannot be done now", "Something changed since the page was opened.", ("Open the page again.",)),
    410: Words(
        "This link no longer works",
        "It was used already, or it is too old.",
        ("You can ask us for a new one. Nobody else can use the old one.",),
    ),
    413: Words(
        "The file is too large",
        "We could not take the file because of its size.",
        ("Send a smaller one, or call us and we will find another way.",),
    ),
    422: Words("We could not use what was sent", "Some of the answers do not fit the form.", (NOTHING_SAVED,)),
    429: Words(
        "Please wait a moment",
        "Too many requests came from your connection in a short time.",
        ("Wait a minute, then try again. " + NOTHING_SAVED,),
    ),
    500: Words(
        "Sorry, something went wrong",
        "This is our fault, not yours. It is written down, so that we can find out why.",
        ("Try again in a few minutes. If you were sending a form, go back: what you typed should still be there.",),
    ),
    502: Words(
        "Another service did not answer",
        "This page needs an answer from another service, and none came.",
        ("Try again in a few minutes.",),
    ),
    503: Words(
        "Sorry, the service is not available right now",
        "We are working on it.",
        ("Try again in a few minutes. If you were sending a form, go back: what you typed should still be there.",),
    ),
}
NO_COUNCIL = Words(
    "There is no service under this name",
    "The address that you opened belongs to no council of ours.",
    ("Check the address, or start from your council's own website.",),
)
UNREADABLE = Words(
    "The rules of this council cannot be read just now",
    "The service was changed, and one of the published editions does not fit it any more. Nothing is lost or decided.",
    (
        "The people who run the service can see this and mend it.",
        "Families can ask for support all the same. A person looks at each request that arrives meanwhile.",
    ),
)
SENT_LATE: dict[type[PortageError], Words] = {  # where the page holds what was typed
    SignInFirst: Words("You were signed out", "You were away for a while, so we signed you out."),
    FormExpired: Words("Please send the form again", "The form was open too long, or you signed in again meanwhile."),
}
HEADINGS = {  # where the status alone would say the wrong thing
    "form-expired": "Please send the form again",
    "still-working": "We are still saving",
    "sent-differently": "This form was sent already",
    "changed-meanwhile": "Somebody else changed this",
}


def install_refusals(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(PortageError, _refused)
    app.register_error_handler(StaleDataError, lambda _: _refused(ChangedMeanwhile(back=request.path)))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _away)
    app.register_error_handler(PolicyNotInstalled, _unreadable)
    app.register_error_handler(EditionInvalid, _unreadable)
    app.register_error_handler(PolicyFailed, _unreadable)
    app.register_error_handler(Exception, _broken)


def _refused(error: PortageError) -> Response:
    if isinstance(error, ChangedMeanwhile) and (error.theirs or error.yours):
        return _rendered(409, "errors/conflict.html", theirs=error.theirs, yours=error.yours, back=error.back)
    if isinstance(error, SignInFirst | FormExpired) and (kept := kept_from(request)):
        words = SENT_LATE[type(error)]
        return _rendered(
            error.status.value, "errors/send_again.html", **asdict(words), kept=kept, sign_in=_sign_in(error)
        )
    usual = WORDS.get(error.status.value, WORDS[409])
    heading, sentence = HEADINGS.get(error.code, usual.heading), str(error)
    return _page(error.status.value, Words(heading, sentence, usual.steps if sentence == usual.sentence else ()), error)


def _http(error: HTTPException) -> Response:
    if "tenant_id" not in g and not g.get("operator_plane"):
        words = WORDS[404] if request.endpoint == "static" else NO_COUNCIL
        return _rendered(error.code or 404, "errors/bare.html", **asdict(words))
    if error.response is not None or (error.code or 500) < 400:  # a redirect that werkzeug raised
        return make_response(error.get_response())
    code = error.code if error.code in WORDS else (400 if (error.code or 500) < 500 else 500)
    page = _page(code or 500, WORDS[code or 500], error)
    for name, value in error.get_headers():  # Allow, Retry-After
        if name.lower() not in ("content-type", "content-length"):
            page.headers[name] = value
    return page


def _away(error: OperationalError) -> Response:
    log.error("the database did not answer: %s", type(error.orig).__name__)
    page = _page(503, WORDS[503], error)
    page.headers["Retry-After"] = "30"
    return page


def _unreadable(error: Exception) -> Response:
    log.error("a council's policy cannot be read: %s", error)
    return _page(503, UNREADABLE, error)


def _broken(error: Exception) -> Response:
    trace = secrets.token_hex(4)
    # The message of an exception may hold what a family typed, so the log gets its type and its place alone.
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("bug %s at %s: %s\n%s", trace, request.endpoint, type(error).__name__, where)
    return _page(500, WORDS[500], InternalServerError(original_exception=error), trace=trace)


def _page(status: int, words: Words, error: Exception, trace: str = "") -> Response:
    return _rendered(
        status,
        "errors/page.html",
        heading=words.heading,
        sentence=words.sentence,
        steps=words.steps,
        trace=trace,
        sign_in=_sign_in(error),
        home_link=status not in (401, 503),
    )


def _sign_in(error: Exception) -> str:
    """Where to sign in, for whoever has to."""
    if not isinstance(error, SignInFirst):
        return ""
    place = "/operator/sign-in" if g.get("operator_plane") else "/sign-in"
    return f"{place}?next={quote(_return_to(), safe='/')}"


def _return_to() -> str:
    return request.full_path.rstrip("?") if request.method == "GET" else "/"


def _rendered(status: int, template: str, **context: object) -> Response:
    """The page in the council's frame, or the bare page when the frame itself cannot be made."""
    try:
        db.session.rollback()
        body = render_template(template, **context)
    except Exception as failed:
        log.error("the frame of an error page failed: %s", type(failed).__name__)
        g.site = Site()
        context = {"heading": WORDS[500].heading, "sentence": WORDS[500].sentence, "steps": WORDS[500].steps, **context}
        body = render_template("errors/bare.html", **context)
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response
