"""Who gets a place: by invitation or group, known by provider, issuer and subject, never by an e-mail address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from werkzeug.test import TestResponse

from portage.accounts.operations import people
from portage.accounts.rules import Rules, RulesNotUsable
from portage.core.db import db
from portage.core.identity import Actor
from portage.tenants.models import Area
from support.oidc import Browser, Misbehaving

from .conftest import GROUPS, LARKSHIRE, Within

BY = Actor(None, "system")


def sign_in(
    browser: Browser, liar: Misbehaving, provider_id: UUID, invitation: str = "", **claims: Any
) -> TestResponse:
    """Sign in with these claims at the misbehaving provider, which is honest here."""
    asked = browser.start(provider_id, **({"invitation": invitation} if invitation else {}))
    liar.nonce, liar.claims = asked["nonce"], claims
    query = {"code": "a", "state": asked["state"], "iss": liar.issuer}
    return browser.client.get(f"/auth/{provider_id}/callback", base_url=browser.site, query_string=query)


@pytest.fixture
def provider_id(liar: Misbehaving, add_provider: Callable[..., UUID]) -> UUID:
    """The provider of the first council."""
    return add_provider(LARKSHIRE, liar.issuer)


@pytest.fixture
def invite(council: Within) -> Callable[..., str]:
    """Invite somebody and give the token of the link."""

    def invited(*roles: str, name: str = "Eve Invented") -> str:
        with council():
            command = people.Invite(name, "eve@lark.example", None, roles or ("home-visitor",))
            token = people.invite(command, by=BY, at=datetime.now(UTC)).token
            db.session.commit()
            return token

    return invited


def rows(db_admin: psycopg.Connection, question: str) -> list[tuple[Any, ...]]:
    """The answer to a question of this test's own."""
    return db_admin.execute(question.encode()).fetchall()


def test_a_group_gives_a_place_with_its_roles_and_they_follow_the_groups_at_each_sign_in(
    open_browser: Callable[[str], Browser], liar: Misbehaving, provider_id: UUID, db_admin: psycopg.Connection
) -> None:
    browser = open_browser(LARKSHIRE)
    held = "select role from role_grant order by role"

    assert sign_in(browser, liar, provider_id, groups=["managers", "other"]).status_code == 303
    assert rows(db_admin, held) == [("service-manager",)]
    assert sign_in(browser, liar, provider_id, groups=["visitors", "administrators"]).status_code == 303
    assert rows(db_admin, held) == [("home-visitor",), ("tenant-administrator",)]
    assert rows(db_admin, "select count(*) from person") == [(1,)]


def test_somebody_who_lost_every_group_loses_every_session_too(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    provider_id: UUID,
    sessions: Callable[[], int],
    db_admin: psycopg.Connection,
) -> None:
    laptop, phone = open_browser(LARKSHIRE), open_browser(LARKSHIRE)
    sign_in(laptop, liar, provider_id, groups=["managers"])

    answer = sign_in(phone, liar, provider_id, groups=[])

    assert answer.status_code == 403
    assert "say: not-invited." in answer.text
    assert sessions() == 0
    assert rows(db_admin, "select count(*) from role_grant") == [(0,)]


def test_a_role_that_an_administrator_gave_stays_whatever_the_groups_say(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    provider_id: UUID,
    council: Within,
    db_admin: psycopg.Connection,
) -> None:
    browser = open_browser(LARKSHIRE)
    sign_in(browser, liar, provider_id, groups=["managers"])
    person_id = rows(db_admin, "select id from person")[0][0]
    with council():
        people.set_access(
            people.Access(person_id, ("auditor", "service-manager"), version=1), by=BY, at=datetime.now(UTC)
        )
        db.session.commit()

    assert sign_in(browser, liar, provider_id, groups=[]).status_code == 303
    assert rows(db_admin, "select role, source from role_grant order by role") == [
        ("auditor", "administrator"),
        ("service-manager", "administrator"),
    ]
    assert sign_in(browser, liar, provider_id, groups=["managers"]).status_code == 303
    assert rows(db_admin, "select role, source from role_grant where source = 'group'") == [
        ("service-manager", "group")
    ]


def test_a_group_may_place_somebody_in_an_area_team_and_losing_the_group_never_widens_what_they_see(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    add_provider: Callable[..., UUID],
    council: Within,
    db_admin: psycopg.Connection,
) -> None:
    with council():
        for key in ("north", "south"):
            db.session.add(Area(key=key, name=key.title(), postcode_districts=[]))
        db.session.commit()
    groups = [{"value": f"visitors-{key}", "role": "home-visitor", "area": key} for key in ("north", "south")]
    provider_id = add_provider(LARKSHIRE, liar.issuer, rules={"claim": "groups", "groups": groups})
    browser = open_browser(LARKSHIRE)
    placed = "select a.key from area_membership m join area a on a.id = m.area_id order by a.key"

    sign_in(browser, liar, provider_id, groups=["visitors-north", "visitors-south"])
    assert rows(db_admin, placed) == [("north",), ("south",)]
    sign_in(browser, liar, provider_id, groups=["visitors-south"])
    assert rows(db_admin, placed) == [("south",)]
    person_id = rows(db_admin, "select id from person")[0][0]
    with council():
        people.set_access(people.Access(person_id, ("home-visitor",), version=1), by=BY, at=datetime.now(UTC))
        db.session.commit()
    sign_in(browser, liar, provider_id, groups=[])
    assert rows(db_admin, placed) == [("south",)]


def test_a_group_whose_area_team_does_not_exist_gives_no_place(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    add_provider: Callable[..., UUID],
    sessions: Callable[[], int],
) -> None:
    groups = [{"value": "visitors", "role": "home-visitor", "area": "nowhere"}]
    provider_id = add_provider(LARKSHIRE, liar.issuer, rules={"groups": groups})
    assert sign_in(open_browser(LARKSHIRE), liar, provider_id, groups=["visitors"]).status_code == 403
    assert sessions() == 0


def test_an_invitation_is_for_the_first_who_signs_in_with_it_and_for_nobody_after(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    provider_id: UUID,
    invite: Callable[..., str],
    db_admin: psycopg.Connection,
) -> None:
    token = invite("auditor")
    eve, other = open_browser(LARKSHIRE), open_browser(LARKSHIRE)

    assert sign_in(eve, liar, provider_id, token, sub="eve", groups=[]).status_code == 303
    assert "You are signed in as Eve Invented" in eve.get("/sign-in").text
    assert other.get(f"/invitation/{token}").status_code == 403
    assert other.get(f"/auth/{provider_id}/start?invitation={token}").status_code == 403
    assert sign_in(other, liar, provider_id, sub="other", groups=[]).status_code == 403
    assert sign_in(eve, liar, provider_id, sub="eve", groups=[]).status_code == 303
    assert rows(db_admin, "select count(*) from person") == [(1,)]


def test_looking_at_an_invitation_ten_times_uses_nothing_up(
    open_browser: Callable[[str], Browser], liar: Misbehaving, provider_id: UUID, invite: Callable[..., str]
) -> None:
    token, eve = invite(), open_browser(LARKSHIRE)
    for _ in range(10):
        page = eve.get(f"/invitation/{token}")
        assert page.status_code == 200
    address = re.search(r'href="(/auth/[^"]+)"', page.text)
    assert address
    assert f"invitation={token}" in address.group(1)
    assert sign_in(eve, liar, provider_id, token, sub="eve", groups=[]).status_code == 303


def test_two_people_who_race_with_one_invitation_get_one_place(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    provider_id: UUID,
    invite: Callable[..., str],
    sessions: Callable[[], int],
) -> None:
    token = invite()
    first, second = open_browser(LARKSHIRE), open_browser(LARKSHIRE)
    asked = [browser.start(provider_id, invitation=token) for browser in (first, second)]
    answers = []
    for browser, asks, sub in zip((first, second), asked, ("first", "second"), strict=True):
        liar.nonce, liar.claims = asks["nonce"], {"sub": sub, "groups": []}
        query = {"code": "a", "state": asks["state"], "iss": liar.issuer}
        path = f"/auth/{provider_id}/callback"
        answers.append(browser.client.get(path, base_url=browser.site, query_string=query).status_code)
    assert answers == [303, 403]
    assert sessions() == 1


@pytest.mark.parametrize("change", ["ran out", "renewed", "email not verified", "somebody already"])
def test_an_invitation_that_cannot_be_used_gives_no_place(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    provider_id: UUID,
    invite: Callable[..., str],
    council: Within,
    clock: Callable[[datetime], None],
    db_admin: psycopg.Connection,
    sessions: Callable[[], int],
    change: str,
) -> None:
    token, browser = invite(), open_browser(LARKSHIRE)
    claims: dict[str, Any] = {"sub": "eve", "groups": []}
    if change == "somebody already":
        assert sign_in(open_browser(LARKSHIRE), liar, provider_id, sub="eve", groups=["visitors"]).status_code == 303
        claims["groups"] = ["visitors"]
    if change == "email not verified":
        claims["email_verified"] = False
    if change == "renewed":
        with council():
            people.invite_again(rows(db_admin, "select id from person")[0][0], by=BY, at=datetime.now(UTC))
            db.session.commit()
    if change == "ran out":
        clock(datetime.now(UTC) + timedelta(days=7, minutes=1))
    before = sessions()
    if change in ("ran out", "renewed"):
        answer = browser.get(f"/auth/{provider_id}/start?invitation={token}")
    else:
        answer = sign_in(browser, liar, provider_id, token, **claims)

    assert answer.status_code == 403
    assert "say: invitation-not-usable." in answer.text
    assert sessions() == before


def test_the_same_name_subject_and_email_at_two_providers_are_two_people(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    provider_id: UUID,
    add_provider: Callable[..., UUID],
    db_admin: psycopg.Connection,
) -> None:
    second = add_provider(LARKSHIRE, liar.issuer, client_id="portage-volunteers")
    same: dict[str, Any] = {
        "sub": "eve",
        "name": "Eve",
        "email": "eve@lark.example",
        "email_verified": True,
        "groups": ["visitors"],
    }

    assert sign_in(open_browser(LARKSHIRE), liar, provider_id, **same).status_code == 303
    liar.client_id = "portage-volunteers"
    assert sign_in(open_browser(LARKSHIRE), liar, second, **same).status_code == 303
    assert rows(db_admin, "select count(*), count(distinct person_id) from identity") == [(2, 2)]


def test_somebody_with_the_email_of_an_invited_person_gets_nothing_from_it(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    provider_id: UUID,
    invite: Callable[..., str],
    sessions: Callable[[], int],
) -> None:
    invite("tenant-administrator")
    claims: dict[str, Any] = {"sub": "mallory", "email": "eve@lark.example", "email_verified": True, "groups": []}
    assert sign_in(open_browser(LARKSHIRE), liar, provider_id, **claims).status_code == 403
    assert sessions() == 0


@pytest.mark.parametrize(
    ("demands", "claims", "let_in"),
    [
        ({"amr": ["mfa"]}, {"amr": ["pwd", "mfa"]}, True),
        ({"amr": ["mfa"]}, {"amr": ["pwd"]}, False),
        ({"amr": ["mfa"]}, {"amr": "mfa"}, False),
        ({"amr": ["mfa"]}, {}, False),
        ({"acr": ["high", "higher"]}, {"acr": "higher"}, True),
        ({"acr": ["high"]}, {"acr": "low"}, False),
        ({"acr": ["high"]}, {}, False),
    ],
)
def test_a_council_may_demand_a_second_step(
    open_browser: Callable[[str], Browser],
    liar: Misbehaving,
    add_provider: Callable[..., UUID],
    sessions: Callable[[], int],
    demands: dict[str, Any],
    claims: dict[str, Any],
    let_in: bool,
) -> None:
    provider_id = add_provider(LARKSHIRE, liar.issuer, demands=demands)
    answer = sign_in(open_browser(LARKSHIRE), liar, provider_id, **claims)
    assert sessions() == (1 if let_in else 0)
    assert answer.status_code == (303 if let_in else 403)
    if not let_in:
        assert "Your council asks for a second step" in answer.text


def test_a_provider_that_was_switched_off_is_not_there(
    open_browser: Callable[[str], Browser], liar: Misbehaving, add_provider: Callable[..., UUID]
) -> None:
    provider_id = add_provider(LARKSHIRE, liar.issuer, enabled=False)
    browser = open_browser(LARKSHIRE)
    assert browser.get(f"/auth/{provider_id}/start").status_code == 404
    assert "has not connected its sign-in service yet" in browser.get("/sign-in").text


def test_the_trail_says_who_came_in_and_how_without_a_name(
    open_browser: Callable[[str], Browser], liar: Misbehaving, provider_id: UUID, db_admin: psycopg.Connection
) -> None:
    sign_in(open_browser(LARKSHIRE), liar, provider_id, name="Zanzibar Unusual", groups=["managers"])
    trail = rows(db_admin, "select action, actor, detail::text from audit_event order by at, id")
    assert [action for action, *_ in trail if not action.startswith("row.")] == [
        "person-admitted-by-group",
        "roles-changed-by-group",
        "signed-in",
    ]
    assert "Zanzibar" not in str(trail)


def test_rules_that_cannot_be_used_are_named() -> None:
    assert [rule.role for rule in Rules.read({"groups": GROUPS}).matching({"groups": "managers"})] == [
        "service-manager"
    ]
    with pytest.raises(RulesNotUsable, match="no role called emperor"):
        Rules.read({"groups": [{"value": "a", "role": "emperor"}]})
    with pytest.raises(RulesNotUsable, match="do not know colour"):
        Rules.read({"colour": "red"})
