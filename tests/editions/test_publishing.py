"""Drafting and publishing: nobody publishes their own draft, what was published stays, and a mistake is corrected."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from portage.core import clock
from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotHere
from portage.core.identity import Actor
from portage.core.tenancy import scoped, tenant_scope
from portage.editions import refusals
from portage.editions.checking import check_policy
from portage.editions.drafting import (
    ChangeTerms,
    NewDraft,
    Withdrawal,
    change_terms,
    edition_row,
    give_up,
    hand_over,
    start_draft,
    state_of,
)
from portage.editions.export import editions_as_toml
from portage.editions.models import PolicyEdition, PublishedEdition
from portage.editions.operations import Seeded, edition_on, editions_of_tenant, load_editions
from portage.editions.publishing import Approval, Correction, Publication, mark_of, publish, withdraw
from support.people import hire
from support.policies import TENANTS
from support.policies import council as from_files

Within = Callable[..., AbstractContextManager[UUID]]
TODAY = clock.today()
SOON = TODAY + timedelta(days=60)
APPROVAL = Approval("committee", "Invented committee", TODAY, "Minute 12", None, "EIA 7")


@pytest.fixture
def leeds(council: Within) -> Iterator[UUID]:
    """Work in one shipped council; nothing is committed unless the test does."""
    with council("leeds") as tenant_id:
        yield tenant_id
        db.session.rollback()


def somebody(role: str = "service-manager") -> Actor:
    """A new person of the council."""
    person, _ = hire(role)
    return Actor(person.id, f"person:{person.id}")


def in_force() -> PolicyEdition:
    _, edition = edition_on(TODAY)
    assert edition.id is not None
    return edition_row(edition.id)


def drafted(by: Actor, months: int = 9) -> PolicyEdition:
    """A draft of the edition in force with another longest support, handed over."""
    draft = start_draft(NewDraft(in_force().id, "Draft of the autumn"), by=by, at=clock.now())
    support = {**draft.terms["support"], "longest_months": months}
    change_terms(draft.id, ChangeTerms("support", support, {}, state_of(draft, "support")), by=by, at=clock.now())
    return hand_over(draft.id, by=by, at=clock.now())


def publication(draft: PolicyEdition, **changes: Any) -> Publication:
    asked = Publication(SOON, "Leaflet of the autumn", None, APPROVAL, "updated", None, draft.version)
    return replace(asked, **changes)


def test_a_draft_begins_with_every_term_of_the_edition_it_copies(leeds: UUID) -> None:
    by = somebody("tenant-administrator")
    copied = in_force()
    draft = start_draft(NewDraft(copied.id, "Draft of the autumn"), by=by, at=clock.now())
    assert (draft.terms, draft.status, draft.effective_from) == (copied.terms, "draft", None)
    assert (draft.copied_from, draft.drafted_by, draft.authors) == (copied.id, by.person_id, [str(by.person_id)])


def test_a_second_person_publishes_and_the_edition_holds_from_its_day(leeds: UUID) -> None:
    draft = drafted(somebody())
    published = publish(draft.id, publication(draft), by=somebody(), at=clock.now())
    assert published.published_at is not None
    assert edition_on(SOON)[1].terms.support.longest_months == 9
    assert edition_on(SOON - timedelta(days=1))[1].terms.support.longest_months == 6


def test_nobody_who_wrote_any_of_it_publishes_it(leeds: UUID) -> None:
    first, second, third = somebody(), somebody(), somebody()
    draft = drafted(first)
    contact = {**draft.terms["contact"], "words": "Write to us."}
    change_terms(draft.id, ChangeTerms("contact", contact, {}, state_of(draft, "contact")), by=second, at=clock.now())
    hand_over(draft.id, by=second, at=clock.now())
    for author in (first, second):
        with pytest.raises(refusals.OwnDraft):
            publish(draft.id, publication(draft), by=author, at=clock.now())
    assert publish(draft.id, publication(draft), by=third, at=clock.now()).status == "published"


def test_the_database_refuses_an_author_who_publishes_whatever_the_application_does(leeds: UUID) -> None:
    by = somebody()
    draft = drafted(by)
    values = {"status": "published", "effective_from": SOON, "published_by": by.person_id, "decided_body": "officer",
              "decided_by": "x", "decided_on": TODAY, "minute_reference": "x", "equality_assessment": "x",
              "local_offer": "updated"}  # fmt: skip
    with pytest.raises(IntegrityError, match="four_eyes"):
        change(draft, **values)


def test_the_database_lets_nobody_strike_an_author_out(leeds: UUID) -> None:
    draft = drafted(somebody())
    with pytest.raises(ProgrammingError, match="stays as it was published"):
        change(draft, authors=[])


def change(row: PolicyEdition, **values: Any) -> None:
    """Change a row past every operation, as the application's own role could."""
    db.session.flush()
    statement = update(PolicyEdition).where(PolicyEdition.tenant_id == row.tenant_id, PolicyEdition.id == row.id)
    db.session.execute(statement.values(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"terms": {}},
        {"source": "Another"},
        {"effective_from": date(2026, 1, 1)},
        {"assumptions": []},
        {"status": "draft", "effective_from": None},
        {"minute_reference": "Another"},
        {"waiting_moves": ["support"]},
    ],
    ids=lambda values: "-".join(values),
)
def test_the_database_changes_nothing_of_a_published_edition(leeds: UUID, values: dict[str, Any]) -> None:
    draft = drafted(somebody())
    published = publish(draft.id, publication(draft), by=somebody(), at=clock.now())
    with pytest.raises(ProgrammingError, match="stays as it was published"):
        change(published, **values)


def test_the_database_keeps_the_order_of_a_published_editions_terms(leeds: UUID) -> None:
    edition = in_force()
    turned = dict(reversed(list(edition.terms.items())))
    assert turned == edition.terms
    with pytest.raises(ProgrammingError, match="stays as it was published"):
        change(edition, terms=turned)


def test_the_database_withdraws_nothing_that_holds(leeds: UUID) -> None:
    values = {"status": "withdrawn", "withdrawn_at": clock.now(), "withdrawn_by": somebody().person_id}
    with pytest.raises(ProgrammingError, match="stays as it was published"):
        change(in_force(), **values, withdrawn_reason="x")


def test_one_whose_day_has_not_come_is_withdrawn_with_a_reason_and_stays_in_the_history(leeds: UUID) -> None:
    draft = drafted(somebody())
    published = publish(draft.id, publication(draft), by=somebody(), at=clock.now())
    withdraw(published.id, Withdrawal("The figure was wrong.", published.version), by=somebody(), at=clock.now())
    assert edition_on(SOON)[1].terms.support.longest_months == 6
    assert edition_row(published.id).withdrawn_reason == "The figure was wrong."
    again = drafted(somebody(), 8)
    publish(again.id, publication(again), by=somebody(), at=clock.now())
    assert edition_on(SOON)[1].terms.support.longest_months == 8


def test_one_that_holds_is_not_withdrawn(leeds: UUID) -> None:
    edition = in_force()
    with pytest.raises(refusals.AlreadyInForce):
        withdraw(edition.id, Withdrawal("No.", edition.version), by=somebody(), at=clock.now())


@pytest.mark.parametrize("days", [0, -1, -400])
def test_a_day_that_is_not_in_the_future_is_refused(leeds: UUID, days: int) -> None:
    draft = drafted(somebody())
    with pytest.raises(refusals.DayPassed):
        publish(
            draft.id, publication(draft, effective_from=TODAY + timedelta(days=days)), by=somebody(), at=clock.now()
        )


def test_a_day_within_the_call_in_is_refused(leeds: UUID) -> None:
    draft = drafted(somebody())
    called_in = replace(APPROVAL, call_in_ends_on=SOON)
    with pytest.raises(refusals.BeforeTheDecision, match="after the call-in ends"):
        publish(draft.id, publication(draft, approval=called_in), by=somebody(), at=clock.now())


def test_two_editions_cannot_hold_from_one_day(leeds: UUID) -> None:
    first, second = drafted(somebody()), drafted(somebody(), 8)
    publish(first.id, publication(first), by=somebody(), at=clock.now())
    with pytest.raises(refusals.DayTaken):
        publish(second.id, publication(second), by=somebody(), at=clock.now())


def test_a_correction_of_the_same_day_holds_in_place_of_the_first(leeds: UUID) -> None:
    wrong = in_force()
    assert wrong.effective_from is not None
    draft = drafted(somebody(), 7)
    correction = Correction(wrong.id, "The leaflet said six by mistake.")
    asked = publication(draft, effective_from=wrong.effective_from, correction=correction)
    corrected = publish(draft.id, asked, by=somebody(), at=clock.now())
    assert (corrected.revision, corrected.corrects) == (1, wrong.id)
    assert edition_on(TODAY)[1].id == corrected.id
    assert edition_row(wrong.id).status == "published"


def test_a_correction_lists_what_it_touches_or_is_refused(leeds: UUID) -> None:
    wrong = in_force()
    draft = drafted(somebody(), 7)
    touched = (draft.id,)
    correction = Correction(wrong.id, "A mistake.")
    asked = publication(draft, effective_from=wrong.effective_from, correction=correction, touched_now=touched)
    with pytest.raises(refusals.ListChanged):
        publish(draft.id, asked, by=somebody(), at=clock.now())
    listed = replace(asked, correction=replace(correction, listed=mark_of(touched)))
    assert publish(draft.id, listed, by=somebody(), at=clock.now()).touched == [str(draft.id)]


def test_a_correction_does_not_reach_behind_what_it_corrects(leeds: UUID) -> None:
    wrong = in_force()
    assert wrong.effective_from is not None
    draft = drafted(somebody(), 7)
    before = publication(
        draft, effective_from=wrong.effective_from - timedelta(days=1), correction=Correction(wrong.id, "A mistake.")
    )
    with pytest.raises(refusals.CannotCorrect):
        publish(draft.id, before, by=somebody(), at=clock.now())


def test_a_draft_that_nobody_handed_over_is_not_published(leeds: UUID) -> None:
    draft = drafted(author := somebody())
    support = {**draft.terms["support"], "longest_months": 10}
    change_terms(draft.id, ChangeTerms("support", support, {}, state_of(draft, "support")), by=author, at=clock.now())
    with pytest.raises(refusals.NotSubmitted):
        publish(draft.id, publication(draft), by=somebody(), at=clock.now())


def test_a_draft_whose_terms_do_not_fit_is_neither_handed_over_nor_an_edition(leeds: UUID) -> None:
    by = somebody()
    known = len(editions_of_tenant().editions)
    draft = start_draft(NewDraft(in_force().id, "Draft"), by=by, at=clock.now())
    routes = {key: each for key, each in draft.terms["routes"].items() if key != "hen"}
    change_terms(draft.id, ChangeTerms("routes", routes, {}, state_of(draft, "routes")), by=by, at=clock.now())
    with pytest.raises(refusals.DraftUnfinished):
        hand_over(draft.id, by=by, at=clock.now())
    assert len(editions_of_tenant().editions) == known


def test_the_second_of_two_who_change_one_part_is_told_and_two_parts_do_not_meet(leeds: UUID) -> None:
    draft = start_draft(NewDraft(in_force().id, "Draft"), by=somebody(), at=clock.now())
    support, contact = state_of(draft, "support"), state_of(draft, "contact")
    change_terms(
        draft.id,
        ChangeTerms("support", {**draft.terms["support"], "longest_months": 9}, {}, support),
        by=somebody(),
        at=clock.now(),
    )
    with pytest.raises(ChangedMeanwhile):
        change_terms(draft.id, ChangeTerms("support", {}, {}, support), by=somebody(), at=clock.now())
    changed = ChangeTerms("contact", {**draft.terms["contact"], "words": "Write."}, {}, contact)
    assert change_terms(draft.id, changed, by=somebody(), at=clock.now()).terms["contact"]["words"] == "Write."


def test_two_who_publish_at_once_one_wins_and_the_other_is_told(app: Flask, council: Within) -> None:
    with council("leeds") as tenant_id:
        draft = drafted(somebody())
        asked, draft_id = publication(draft), draft.id
        people = [somebody(), somebody()]
        db.session.commit()
    told: list[str] = []
    both = threading.Barrier(2)

    def click(by: Actor) -> None:
        with app.app_context(), tenant_scope(tenant_id):
            both.wait()
            try:
                publish(draft_id, asked, by=by, at=clock.now())
                db.session.commit()
                told.append("published")
            except refusals.NotADraft as refused:
                told.append(str(refused))

    clicks = [threading.Thread(target=click, args=(by,)) for by in people]
    for each in clicks:
        each.start()
    for each in clicks:
        each.join()
    assert sorted(told) == [
        "Somebody published this draft. It is no longer a draft, so nothing was changed.",
        "published",
    ]


def test_a_file_overwrites_nothing_that_people_made_here(leeds: UUID) -> None:
    page = db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.status == "draft")).one()
    contact = {**page.terms["contact"], "words": "Write to us."}
    change_terms(page.id, ChangeTerms("contact", contact, {}, state_of(page, "contact")), by=somebody(), at=clock.now())
    mine = drafted(somebody())
    assert load_editions(from_files("leeds")) == Seeded(0, 2, 0, 1)
    publish(mine.id, publication(mine), by=somebody(), at=clock.now())
    hand_over(page.id, by=somebody(), at=clock.now())
    publish(page.id, publication(page, effective_from=SOON + timedelta(days=1)), by=somebody(), at=clock.now())
    rows = db.session.scalar(select(func.count()).select_from(PolicyEdition))
    assert load_editions(from_files("leeds")) == Seeded(0, 2, 0, 1)
    assert db.session.scalar(select(func.count()).select_from(PolicyEdition)) == rows
    assert edition_row(page.id).terms["contact"]["words"] == "Write to us."


def test_what_was_made_here_is_exported_and_loading_that_file_changes_nothing(leeds: UUID, tmp_path: Path) -> None:
    mine, page = drafted(somebody()), drafted(somebody(), 8)
    page.source = "Another draft"
    publish(mine.id, publication(mine), by=somebody(), at=clock.now())
    wrong, correcting = in_force(), drafted(somebody(), 7)
    correction = Correction(wrong.id, "A mistake.")
    publish(
        correcting.id,
        publication(correcting, effective_from=wrong.effective_from, correction=correction, source="Corrected"),
        by=somebody(),
        at=clock.now(),
    )
    known = editions_of_tenant()
    folder = tmp_path / "leeds"
    folder.mkdir()
    (folder / "tenant.toml").write_text((TENANTS / "leeds" / "tenant.toml").read_text("utf-8"), "utf-8")
    (folder / "policy.toml").write_text(editions_as_toml(known), "utf-8")
    exported, problems = check_policy(folder)
    assert problems == []
    assert exported is not None
    assert [each.terms.support.longest_months for each in exported.editions] == [12, 6, 7, 9, 6, 8]
    assert [each.terms.support.longest_months for each in exported.published] == [12, 7, 9]
    assert load_editions(exported) == Seeded(0, 6, 0)


def test_no_council_drafts_from_or_publishes_anothers_edition(council: Within) -> None:
    with council("lancashire"):
        theirs = in_force().id
    with council("leeds"), pytest.raises(NotHere):
        start_draft(NewDraft(theirs, "Draft"), by=somebody(), at=clock.now())


def test_only_what_is_published_is_on_the_shelf_that_other_councils_read(council: Within) -> None:
    def shelved() -> set[UUID]:
        return set(db.session.scalars(select(PublishedEdition.edition_id)))

    with council("leeds"):
        page = db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.status == "draft")).one()
        draft = drafted(somebody())
        assert shelved().isdisjoint({draft.id, page.id})
        assert in_force().id in shelved()
        published = publish(draft.id, publication(draft), by=somebody(), at=clock.now())
        assert draft.id in shelved()
        withdraw(draft.id, Withdrawal("A mistake.", published.version), by=somebody(), at=clock.now())
        assert draft.id not in shelved()
        give_up(page.id, Withdrawal("Not needed.", page.version), by=somebody(), at=clock.now())
        db.session.rollback()


def test_the_application_reads_the_shelf_and_cannot_write_it(database: Any) -> None:
    with psycopg.connect(database.at.app, autocommit=True) as connection:
        for statement in ("delete from published_edition", "update published_edition set source = 'x'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
