"""Rules that hold for every route: who is let in, form tokens, hosts, planes, limits, and life without Redis."""

import re
import socket
import time
from collections.abc import Iterator

import pytest

from portage.accounts.models import ROLES
from portage.core.access import NEEDS_CLEARANCE, Audience, Rate
from portage.core.rates import LIMITS, RateLimiter, limiter
from support.probed import EVERY_ROLE, NOBODY, World, may
from support.prober import Answer, Desk, Door, doors, form

HOME = "leeds"
CLEARS = "west-northants"  # lets volunteers visit
TELEPHONE = re.compile(r"\b0\d{2,4} ?\d{3} ?\d{3,4}\b")


@pytest.fixture
def limits(seeded: World) -> Iterator[dict[str, object]]:
    """The application's extensions, whose limiter is put back."""
    before = seeded.app.extensions["portage.rates"]
    yield seeded.app.extensions
    seeded.app.extensions["portage.rates"] = before


def place(door: Door) -> tuple[str, str]:
    """The host and the role that a route is for."""
    if door.declared.audience is Audience.OPERATOR:
        return "operator", "operator"
    return (CLEARS if door.declared.can in NEEDS_CLEARANCE else HOME), EVERY_ROLE


def ask(world: World, door: Door, role: str, *, host: str | None = None, sent: dict[str, str] | None = None) -> Answer:
    """Ask at a door, with a form that is in order unless another is given."""
    slug = host or place(door)[0]
    session = world.session(slug, role) if (slug, role) in world.sessions else None
    if door.method == "POST" and sent is None:
        sent = form(world, session)
    return Desk(world.app).ask(door.method, slug, door.at(), session, sent)


def test_every_form_without_a_token_or_with_anothers_is_refused(seeded: World) -> None:
    posts = [door for door in doors(seeded.app) if door.method == "POST" and door.declared.csrf]
    assert len(posts) > 50
    wrong = []
    for door in posts:
        _, role = place(door)
        for sent in (form(seeded, None) | {"_csrf": ""}, form(seeded, "the session of another browser")):
            answer = ask(seeded, door, role, sent=sent)
            said = b"form-expired" if door.rule.startswith("/app/") else b"Please send the form again"
            if answer.status != 403 or said not in answer.body:
                wrong.append((str(door), answer.status))
    assert wrong == []


def test_nobody_is_asked_to_sign_in_and_a_role_without_the_permission_is_told_so(seeded: World) -> None:
    closed = [door for door in doors(seeded.app) if door.declared.can is not None and door.method != "HEAD"]
    assert len(closed) > 100
    wrong = []
    for door in closed:
        answers = {(NOBODY, 401): ask(seeded, door, NOBODY)}
        if door.declared.audience is Audience.STAFF:
            lacking = [role for role in ROLES if door.declared.can not in may(role)]
            answers |= {(role, 403): ask(seeded, door, role) for role in lacking}
        wrong += [(str(door), role, got.status) for (role, due), got in answers.items() if got.status != due]
    assert wrong == []


def test_each_plane_knows_nothing_of_the_others_routes(seeded: World) -> None:
    wrong = []
    for door in doors(seeded.app):
        if door.declared.rate is Rate.HEALTH or door.method == "HEAD":
            continue
        other = HOME if door.declared.audience is Audience.OPERATOR else "operator"
        role = EVERY_ROLE if other == HOME else "operator"
        answer = ask(seeded, door, role, host=other)
        if answer.status != 404:
            wrong.append((str(door), answer.status))
    assert wrong == []


def test_a_forged_host_is_refused_everywhere(seeded: World) -> None:
    wrong = []
    for door in doors(seeded.app):
        if door.declared.rate is not Rate.HEALTH:
            answer = ask(seeded, door, EVERY_ROLE, host="forged.attacker")
            if answer.status != 400:
                wrong.append((str(door), answer.status))
    assert wrong == []


@pytest.mark.parametrize("rate", [rate for rate in Rate if rate is not Rate.HEALTH])
def test_too_many_requests_are_answered_in_plain_words_with_a_telephone_number(
    rate: Rate, seeded: World, limits: dict[str, object]
) -> None:
    limits["portage.rates"] = RateLimiter(None, {**LIMITS, rate: 0})
    door = next(
        door
        for door in doors(seeded.app)
        if door.declared.rate is rate and door.declared.audience is not Audience.OPERATOR and door.method != "HEAD"
    )
    answer = ask(seeded, door, EVERY_ROLE)
    assert answer.status == 429
    words = answer.body.decode()
    assert "Please wait a moment" in words
    assert TELEPHONE.search(words)


def test_pages_answer_quickly_while_redis_is_away(seeded: World, limits: dict[str, object]) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        limits["portage.rates"] = limiter(f"redis://127.0.0.1:{closed.getsockname()[1]}/0")
        desk = Desk(seeded.app)
        begun = time.monotonic()
        for path in ("/", "/today", "/worklist", "/privacy"):
            assert desk.ask("GET", HOME, path, seeded.session(HOME, "service-manager")).status == 200
        assert time.monotonic() - begun < 10
