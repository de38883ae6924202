"""The log of what was shared: with whom, when, why; the family reads all but what a manager hid (LAN-09)."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from messages.test_links import path_in
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.reviews.models import Disclosure
from portage.reviews.own_space import invite
from reviews.conftest import Visited, reachable
from support.background import WorkOff
from support.episodes import Council, Supported, episode, post_to
from support.forms import form_to, send
from support.mailserver import MailServer

ClientOf = Callable[[str], FlaskClient]
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
ONWARD = {
    "kind": "onward", "with_whom": "Sample sleep clinic", "what": "That nights are hard", "why": "The family asked",
    "how": "By letter", "basis": "agreed", "agreed_by": "Sam Canarychild",
}  # fmt: skip
WORRY = {
    "kind": "other", "with_whom": "Children's social care", "what": "What was seen", "why": "To keep Kit safe",
    "how": "By telephone", "basis": "without-asking", "because": "Asking could put Kit at risk",
}  # fmt: skip


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


def write_down(case: Supported, *entries: dict[str, str]) -> str:
    """Keep entries in the log, as the visitor; answers its path."""
    path = f"/episodes/{case.episode_id}/shared"
    for typed in entries:
        assert send(case.visitor.client, form_to(case.visitor.client.get(path), path), typed).status_code == 303
    return path


def hide(case: Supported, council: Council, path: str) -> None:
    """The manager keeps the worry from the family."""
    with council("lancashire"):
        entry = db.session.scalars(scoped(Disclosure).where(Disclosure.kind == "other")).one()
    page = case.manager.client.get(f"{path}/{entry.id}/hide")
    assert send(case.manager.client, form_to(page, f"{path}/{entry.id}/hide"), {"because": ""}).status_code == 422
    hidden = send(case.manager.client, form_to(page, f"{path}/{entry.id}/hide"), {"because": "A threat was made."})
    assert hidden.status_code == 303


def test_the_family_reads_what_was_shared_but_not_what_a_manager_hid_with_a_reason_lan_09(
    visited: Visited, council: Council, client_of: ClientOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    case = visited(done=1)
    path = write_down(case, ONWARD, WORRY)
    with council("lancashire"):
        reachable(case)
        assert invite(episode(case.episode_id), at=AT) == ["Sam Canarychild"]
        db.session.commit()
    work_off()
    family, link = client_of("lancashire"), path_in(mail_server)
    space = send(family, form_to(family.get(link), link)).location
    both = family.get(space).get_data(as_text=True)
    assert "Sample sleep clinic" in both
    assert "social care" in both
    hide(case, council, path)
    one = family.get(space).get_data(as_text=True)
    assert "Sample sleep clinic" in one
    assert "social care" not in one
    assert "threat" not in one

    managers = case.manager.client.get(path).get_data(as_text=True)
    assert "A threat was made." in managers
    visitors = case.visitor.client.get(path).get_data(as_text=True)
    assert "Do not tell them of it." in visitors
    assert "threat" not in visitors
    shown_again = form_to(case.manager.client.get(path), f"{path}/{_hidden(council)}/show")
    assert send(case.manager.client, shown_again).status_code == 303
    assert "social care" in family.get(space).get_data(as_text=True)


def _hidden(council: Council) -> str:
    with council("lancashire"):
        return str(db.session.scalars(scoped(Disclosure).where(Disclosure.hidden_at.is_not(None))).one().id)


def test_only_a_manager_hides_and_only_of_the_own_council(visited: Visited, council: Council) -> None:
    case = visited(done=1)
    path = write_down(case, WORRY)
    with council("lancashire"):
        entry = db.session.scalars(scoped(Disclosure)).one().id
    assert case.visitor.client.get(f"{path}/{entry}/hide").status_code == 403
    assert post_to(case.visitor.client, f"{path}/{entry}/hide", because="I say so", version="1").status_code == 403
    stale = post_to(case.manager.client, f"{path}/{entry}/hide", because="A threat", version="7")
    assert stale.status_code == 409


@pytest.mark.parametrize(
    ("left_out", "words"),
    [("agreed_by", "Write who of the family agreed."), ("why", "Write why."), ("basis", "Choose whether")],
)
def test_an_entry_says_why_and_who_agreed_and_what_was_typed_stays(visited: Visited, left_out: str, words: str) -> None:
    case = visited(done=1)
    path = f"/episodes/{case.episode_id}/shared"
    typed = {name: value for name, value in ONWARD.items() if name != left_out}
    refused = send(case.visitor.client, form_to(case.visitor.client.get(path), path), typed)
    assert refused.status_code == 422
    assert words in refused.get_data(as_text=True)
    assert "That nights are hard" in refused.get_data(as_text=True)
