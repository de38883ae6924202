"""A review begins with what is on record, is answered by the parents, agreed by both, and then stays (LAN-08)."""

from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import psycopg
import pytest
from flask.testing import FlaskClient

from messages.test_links import path_in
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.messages.models import Alert
from portage.plans.models import FamilyNote, PlayPlan
from portage.profiles.models import ProfileItem, ProfileMark
from portage.profiles.operations.marking import begin as begin_profile
from portage.reviews.operations.writing import FamilysView, answer_as_family
from portage.visits.models import Visit
from reviews.conftest import PARENT, SPOON, Visited, reachable, review_of, reviewed
from support.background import WorkOff
from support.episodes import Council, Supported, actor, episode
from support.forms import form_to, send
from support.mailserver import MailServer

ClientOf = Callable[[str], FlaskClient]
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
TODAY = AT.date()


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


def begin(case: Supported) -> str:
    """Write a review from its draft; answers its path."""
    path = f"/episodes/{case.episode_id}/reviews/new"
    form = form_to(case.visitor.client.get(path), path)
    sent = send(case.visitor.client, form, {"kind": "block", "who_was_there": "Sam and Vera"})
    assert sent.status_code == 303
    return str(sent.headers["Location"])


def test_the_draft_says_what_the_visits_showed_and_begins_with_success_lan_06_lan_08(visited: Visited) -> None:
    case = visited(done=3)
    page = case.visitor.client.get(f"/episodes/{case.episode_id}/reviews/new")
    form = form_to(page, f"/episodes/{case.episode_id}/reviews/new")
    assert form.typed("celebrate")[0].splitlines() == [
        "Picks up a spoon (2 March 2026).", "With help: drinks from a cup.",
    ]  # fmt: skip
    assert form.typed("next_focus")[0].splitlines() == ["Drinks from a cup.", "Asks for more."]
    text = page.get_data(as_text=True)
    assert text.index("Achieved") < text.index("With help") < text.index("Not yet") < text.index("At home: 3 visits")
    assert "Play alongside: in 3 visits" in text


def test_the_next_draft_begins_after_the_last_review_lan_08(visited: Visited, council: Council) -> None:
    case = visited(done=3)
    with council("lancashire"):
        reviewed(case, kind="block")
        db.session.commit()
    text = case.visitor.client.get(f"/episodes/{case.episode_id}/reviews/new").get_data(as_text=True)
    assert "since 3 March 2026" in text
    assert SPOON.capitalize() not in text
    assert "No visit took place in this time." in text


def test_parents_read_it_add_what_they_think_and_agree_in_their_own_space_lan_08(
    visited: Visited, council: Council, client_of: ClientOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    case = visited()
    with council("lancashire"):
        reachable(case)
        db.session.commit()
    path = begin(case)
    case_page = case.visitor.client.get(path)
    assert send(case.visitor.client, form_to(case_page, f"{path}/to-family")).status_code == 303
    work_off()
    mail = mail_server.mails[-1].get_content()
    assert "Kit" not in mail
    assert "Canarychild" not in mail
    family, link = client_of("lancashire"), path_in(mail_server)
    space = send(family, form_to(family.get(link), link)).location
    read = family.get(space).get_data(as_text=True)
    assert "Picks up a spoon" in read
    answer = f"{space}{path}"
    blank = send(family, form_to(family.get(space), answer), {"view": PARENT})
    assert blank.status_code == 422
    assert PARENT in blank.get_data(as_text=True)
    assert send(family, form_to(family.get(space), answer), {"view": PARENT, "agrees": "yes"}).status_code == 303
    assert "agreed on 2 March 2026" in family.get(space).get_data(as_text=True)
    kept = case.manager.client.get(path).get_data(as_text=True)
    assert "Agreed by both." in kept
    assert PARENT in kept
    with council("lancashire"):
        review = review_of(case)
        assert (review.family_agreed_by, review.family_agreed_how) == ("Sam Canarychild", "own-space")
        told = db.session.scalars(scoped(Alert).where(Alert.kind == "review-answered")).one()
        assert told.person_id == case.visitor.id


def test_a_parent_who_wants_to_talk_has_not_agreed_and_another_familys_review_is_not_there(
    visited: Visited, council: Council, client_of: ClientOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    case, other = visited(done=1), visited(done=1)
    with council("lancashire"):
        reachable(case)
        reviewed(other)
        foreign = review_of(other).id
        db.session.commit()
    path = begin(case)
    send(case.visitor.client, form_to(case.visitor.client.get(path), f"{path}/to-family"))
    work_off()
    family, link = client_of("lancashire"), path_in(mail_server)
    space = send(family, form_to(family.get(link), link)).location
    form = form_to(family.get(space), f"{space}{path}")
    values = {"_csrf": form.typed("_csrf")[0], "_key": str(new_id()), "version": "5", "agrees": "yes"}
    assert family.post(f"{space}/reviews/{foreign}", data=values).status_code == 404
    assert family.get(f"{space}/reviews/{foreign}/pdf").status_code == 404
    assert client_of("lancashire").post(f"{space}{path}", data=values).status_code in (403, 404)
    assert send(family, form, {"agrees": "talk"}).status_code == 303
    with council("lancashire"):
        assert not review_of(case).agreed
    assert "waits for the family" in case.manager.client.get(path).get_data(as_text=True)


def test_changing_the_words_asks_again_whoever_had_agreed(visited: Visited, council: Council) -> None:
    case = visited(done=1)
    path = begin(case)
    send(case.visitor.client, form_to(case.visitor.client.get(path), f"{path}/to-family"))
    change = form_to(case.visitor.client.get(f"{path}/change"), f"{path}/change")
    assert send(case.visitor.client, change, {"celebrate": "Two spoons."}).status_code == 303
    with council("lancashire"):
        assert review_of(case).visitor_agreed_on is None


def test_what_a_parent_wrote_in_their_own_space_stays_theirs_when_the_visitor_changes_the_review_lan_08(
    visited: Visited, council: Council
) -> None:
    case, wrote = visited(done=1), "We sleep better now."
    path = begin(case)
    with council("lancashire"):
        review = review_of(case)
        said = FamilysView(wrote, agrees=False, version=review.version)
        answer_as_family(review.id, said, name="Sam Canarychild", on=TODAY, back="/")
        db.session.commit()
    client = case.visitor.client
    assert "It stays as they wrote it" in client.get(f"{path}/change").text
    change = form_to(client.get(f"{path}/change"), f"{path}/change")
    assert not change.typed("parents_view")
    forged = {"celebrate": "Two spoons.", "parents_view": "All is well.", "parents_view_by": "Vera Visitor"}
    assert send(client, change, forged).status_code == 303
    with council("lancashire"):
        review = review_of(case)
        assert review.celebrate == "Two spoons."
        assert (review.parents_view, review.parents_view_by) == (wrote, "Sam Canarychild")
        assert (review.parents_view_on, review.parents_view_how) == (TODAY, "own-space")


def test_a_second_parent_adds_to_what_the_first_said_and_takes_nothing_away_lan_08(
    visited: Visited, council: Council
) -> None:
    case = visited(done=1)
    begin(case)
    with council("lancashire"):
        for name, words in (("Sam", "We sleep better."), ("Kim", "I would like more visits."), ("Sam", "So would I.")):
            review = review_of(case)
            said = FamilysView(words, agrees=False, version=review.version)
            answer_as_family(review.id, said, name=name, on=TODAY, back="/")
        review = review_of(case)
        assert review.parents_view == "We sleep better.\n\nKim: I would like more visits.\n\nSam: So would I."
        assert review.parents_view_by == "Sam, Kim"


def test_what_both_agreed_stays_and_a_correction_stands_beside_it_lan_08(
    visited: Visited, council: Council, db_admin: psycopg.Connection
) -> None:
    case = visited(done=1)
    path = begin(case)
    client = case.visitor.client
    change = form_to(client.get(f"{path}/change"), f"{path}/change")
    agreed = {"agreed_by": "Sam Canarychild", "how": "in-person"}
    assert send(client, form_to(client.get(path), f"{path}/agreed"), {"agreed_by": ""}).status_code == 422
    assert send(client, form_to(client.get(path), f"{path}/agreed"), agreed).status_code == 303
    refused = send(client, change, {"celebrate": "Something else."})
    assert refused.status_code == 409
    assert client.get(f"{path}/change").status_code == 409
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="stays as it is"):
        db_admin.execute("update review set celebrate = 'Something else.'")
    with council("lancashire"):
        review_of(case).retain_until = AT.date()  # what is not the words may change
        db.session.commit()
    added = {"says": "It was Dad who was there.", "asked_by": "Sam Canarychild"}
    assert send(client, form_to(client.get(path), f"{path}/corrections"), added).status_code == 303
    page = client.get(path).get_data(as_text=True)
    assert "Picks up a spoon (2 March 2026)." in page
    assert "It was Dad who was there." in page


def test_the_focus_of_the_next_block_stands_on_the_page_of_the_support_lan_08(
    visited: Visited, council: Council
) -> None:
    case = visited(done=1)
    with council("lancashire"):
        reviewed(case, kind="block")
        db.session.commit()
        assert episode(case.episode_id).status == "open"
    page = case.visitor.client.get(f"/episodes/{case.episode_id}").get_data(as_text=True)
    assert "Focus now" in page
    assert "The cup" in page
    assert "agreed by both" in page


def test_the_draft_holds_the_profile_the_parents_words_and_what_the_family_saw_between_visits_lan_07_wnc_06(
    visited: Visited, council: Council
) -> None:
    case = visited(done=1)
    by, today = actor(case.visitor), AT.date()
    with council("lancashire"):
        db.session.scalars(scoped(Visit)).one().parents_words = "She asked for more!"
        profile = begin_profile(case.child_id, by=by, on=today)
        item = db.session.scalars(scoped(ProfileItem)).first()
        assert item is not None
        seen = {"evidence": "visit", "marked_by": case.visitor.id, "profile_id": profile.id, "item_id": item.id}
        wording = item.wording
        db.session.add_all(
            [
                ProfileMark(stage="can-do", seen_on=today, **seen),
                FamilyNote(
                    plan_id=db.session.scalars(scoped(PlayPlan)).one().id, words="Two spoons on Sunday.", seen_on=today,
                    came_by="chart", written_by=case.visitor.id,
                ),
            ]
        )  # fmt: skip
        db.session.commit()
    text = case.visitor.client.get(f"/episodes/{case.episode_id}/reviews/new").get_data(as_text=True)
    for words in (wording, "2 March 2026: She asked for more!", "2 March 2026: Two spoons on Sunday."):
        assert words in unescape(text), words
    parts = case.visitor.client.get(f"/episodes/{case.episode_id}/packs/new").get_data(as_text=True)
    assert "What the family saw between visits" in parts
