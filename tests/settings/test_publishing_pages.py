"""Publishing by a second person: what is asked, corrected, chosen for those who wait, and withdrawn."""

from datetime import date, timedelta

import psycopg
import pytest

from portage.core.db import db
from portage.editions.operations import edition_on
from support.episodes import Accepted, AcceptedOf, put_on_list
from support.forms import form_to, send
from support.people import Hired
from support.publishing import BEFORE, SOON, TODAY, SignIn, Within, answers, change, in_force_of, publish, shorter, text


def test_a_draft_that_changed_after_it_was_read_is_not_published_unread(author: Hired, publisher: Hired) -> None:
    draft = shorter(author.client)
    form = form_to(publisher.client.get(f"{draft}/publish"), f"{draft}/publish")
    wrong = send(publisher.client, form, answers(minute_reference=""))
    assert change(author.client, draft, **{"support.longest_months": "3"}).status_code == 303
    assert send(author.client, form_to(author.client.get(draft), f"{draft}/ready")).status_code == 303
    refused = send(publisher.client, form_to(wrong, f"{draft}/publish"), answers())
    assert refused.status_code == 409
    assert "It was changed after you opened it" in text(refused)


def test_a_draft_is_written_by_one_and_published_by_another_and_holds_from_its_day(
    author: Hired, publisher: Hired, council: Within, db_admin: psycopg.Connection
) -> None:
    draft = shorter(author.client)
    assert "9 months" in text(author.client.get(draft))
    published = publish(publisher.client, draft)
    assert published.status_code == 303, text(published)
    with council("leeds"):
        assert edition_on(SOON)[1].terms.support.longest_months == 9
        assert edition_on(SOON - timedelta(days=1))[1].terms.support.longest_months == 6
        db.session.rollback()
    page = text(publisher.client.get("/policy"))
    assert "Coming" in page
    assert "by Mo Manager" in page
    read = text(publisher.client.get(published.headers["Location"]))
    for said in ("A committee: Children and Families Committee", "Minute 27", "EIA 2026/11", "None applied"):
        assert said in read
    done = db_admin.execute(
        "select action, actor from audit_event where subject_id = %s and action not like 'row.%%' order by at",
        (draft.rpartition("/")[2],),
    ).fetchall()
    by_author, by_publisher = f"person:{author.id}", f"person:{publisher.id}"
    assert [row for row in done if "seen" not in row[0]] == [
        ("draft.begun", by_author),
        ("draft.changed", by_author),
        ("draft.handed-over", by_author),
        ("edition.published", by_publisher),
    ]


def test_nobody_publishes_what_they_wrote_even_with_every_right(sign_in: SignIn) -> None:
    both = sign_in("leeds", "tenant-administrator", "service-manager")
    draft = shorter(both.client)
    assert "another person has to publish it" in text(both.client.get(draft))
    refused = publish(both.client, draft)
    assert refused.status_code == 403
    assert "Another person" in text(refused)


def test_whoever_changed_one_word_last_is_an_author_too(author: Hired, sign_in: SignIn) -> None:
    draft = shorter(author.client)
    second = sign_in("leeds", "tenant-administrator", "service-manager")
    assert change(second.client, draft, 2, **{"contact.words": "Write to us."}).status_code == 303
    assert send(second.client, form_to(second.client.get(draft), f"{draft}/ready")).status_code == 303
    assert publish(second.client, draft).status_code == 403


def test_everything_that_publishing_asks_is_asked(author: Hired, publisher: Hired) -> None:
    draft = shorter(author.client)
    empty = dict.fromkeys(answers(), "")
    page = text(publish(publisher.client, draft, empty))
    for name in ("effective_from", "decided_body", "decided_by", "decided_on", "minute_reference", "call_in",
                 "equality_assessment", "source", "local_offer", "kind"):  # fmt: skip
        assert f'href="#{name}"' in page, name
    later = answers(call_in="ends", local_offer="later", kind="correction", source_address="nowhere")
    page = text(publish(publisher.client, draft, later))
    for name in ("call_in_ends_on", "local_offer_on", "corrects", "correction_reason", "source_address"):
        assert f'href="#{name}"' in page, name


@pytest.mark.parametrize("days", [0, -400])
def test_a_day_that_is_not_in_the_future_is_refused_at_its_field(days: int, author: Hired, publisher: Hired) -> None:
    draft = shorter(author.client)
    refused = publish(publisher.client, draft, answers(TODAY + timedelta(days=days)))
    assert refused.status_code == 422
    assert "An edition holds from a day in the future" in text(refused)
    assert 'value="Minute 27"' in text(refused)


def test_two_who_publish_at_once_one_wins_and_the_other_is_told(
    author: Hired, publisher: Hired, sign_in: SignIn
) -> None:
    draft = shorter(author.client)
    second = sign_in("leeds", "service-manager").client
    form = form_to(second.get(f"{draft}/publish"), f"{draft}/publish")
    assert publish(publisher.client, draft).status_code == 303
    told = send(second, form, answers())
    assert told.status_code == 409
    assert "Somebody published this draft" in text(told)


def test_a_correction_lists_every_request_that_it_touches_and_none_changes(
    author: Hired, publisher: Hired, accepted_of: AcceptedOf, council: Within, db_admin: psycopg.Connection
) -> None:
    case = accepted_of("leeds", received_on=TODAY)
    before = edition_of(db_admin, case)
    draft = shorter(author.client)
    values = answers(date(2025, 10, 1), kind="correction", corrects=in_force_of(author.client),
                     correction_reason="Six was a slip of the pen.")  # fmt: skip
    listed = publish(publisher.client, draft, values)
    assert listed.status_code == 422
    reference = db_admin.execute("select reference from referral where id = %s", (case.referral_id,)).fetchone()
    assert reference is not None
    assert reference[0] in text(listed)
    form = form_to(listed, f"{draft}/publish")
    accepted_of("leeds", received_on=TODAY)
    changed = send(publisher.client, form, {"seen": "yes"})
    assert changed.status_code == 422
    assert "The list of cases changed" in text(changed)
    done = send(publisher.client, form_to(changed, f"{draft}/publish"), {"seen": "yes"})
    assert done.status_code == 303, text(done)
    assert edition_of(db_admin, case) == before
    page = text(publisher.client.get("/policy"))
    assert "This edition corrects an earlier one: Six was a slip of the pen." in page
    assert "9 months" in page


def edition_of(db_admin: psycopg.Connection, case: Accepted) -> object:
    return db_admin.execute("select edition_id, outcome from referral where id = %s", (case.referral_id,)).fetchone()


def test_whom_a_choice_touches_is_listed_before_it_is_made_with_a_letter_for_each(
    author: Hired, publisher: Hired, accepted_of: AcceptedOf, council: Within, db_admin: psycopg.Connection
) -> None:
    case = accepted_of("leeds", received_on=BEFORE)
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    draft = shorter(author.client)
    sent = db_admin.execute("select count(*) from message where recipient_kind <> 'person'").fetchone()
    page = publisher.client.get(f"{draft}/publish")
    assert "Longest support in months: move 1 child who waits" in text(page)
    address = f"/policy/editions/{draft.rpartition('/')[2]}/letters/{entry_id}"
    assert f"{address}?move=support.longest_months" in text(page)
    letter = text(publisher.client.get(f"{address}?move=support.longest_months"))
    assert "Kit Canarychild" in letter
    assert "until now 12 months; from then on 9 months" in letter
    assert publish(publisher.client, draft, answers(waiting_moves=["support.longest_months"])).status_code == 303
    assert db_admin.execute("select count(*) from message where recipient_kind <> 'person'").fetchone() == sent
    moved = db_admin.execute("select waiting_moves from policy_edition where status = 'published' and "
                             "jsonb_array_length(waiting_moves) > 0").fetchall()  # fmt: skip
    assert moved == [(["support.longest_months"],)]
    assert "9 months" in text(publisher.client.get(address))


def test_an_administrator_sees_references_and_opens_no_familys_letter(
    author: Hired, sign_in: SignIn, accepted_of: AcceptedOf, council: Within
) -> None:
    case = accepted_of("leeds", received_on=BEFORE)
    with council("leeds"):
        entry_id = put_on_list(case)
        db.session.commit()
    draft = shorter(author.client)
    other = sign_in("leeds", "tenant-administrator").client
    page = text(other.get(f"{draft}/publish"))
    assert "move 1 child who waits" in page
    assert "Canarychild" not in page
    address = f"/policy/editions/{draft.rpartition('/')[2]}/letters/{entry_id}"
    assert other.get(f"{address}?move=support.longest_months").status_code == 403


def test_a_choice_that_nobody_offered_is_refused(author: Hired, publisher: Hired) -> None:
    draft = shorter(author.client)
    refused = publish(publisher.client, draft, answers(waiting_moves=["eligibility.age_months_max"]))
    assert refused.status_code == 422
    assert "Choose from the terms that are listed." in text(refused)


def test_one_whose_day_has_not_come_is_withdrawn_with_a_reason(author: Hired, publisher: Hired) -> None:
    draft = shorter(author.client)
    assert publish(publisher.client, draft).status_code == 303
    address = f"/policy/editions/{draft.rpartition('/')[2]}/withdraw"
    assert address in text(publisher.client.get("/policy"))
    assert send(publisher.client, form_to(publisher.client.get(address), address)).status_code == 422
    done = send(publisher.client, form_to(publisher.client.get(address), address), {"reason": "The figure is wrong."})
    assert done.status_code == 303
    page = text(author.client.get("/policy"))
    assert "by Mo Manager: The figure is wrong." in page


def test_one_that_holds_is_not_withdrawn(publisher: Hired, author: Hired) -> None:
    address = f"/policy/editions/{in_force_of(author.client)}/withdraw"
    page = publisher.client.get(address)
    assert "is followed by a correcting edition" in text(page)
    refused = send(publisher.client, form_to(page, address), {"reason": "No."})
    assert refused.status_code == 409


def test_those_who_may_publish_hear_of_it_by_a_mail_that_holds_nothing(
    author: Hired, publisher: Hired, db_admin: psycopg.Connection
) -> None:
    draft = shorter(author.client)
    told = db_admin.execute(
        "select kind, reference, referral_id, child_id from message where recipient_id = %s", (publisher.id,)
    ).fetchall()
    assert [row[0] for row in told] == ["draft"]
    assert told[0][1].startswith("policy draft ")
    assert told[0][2:] == (None, None)
    assert db_admin.execute("select count(*) from message where recipient_id = %s", (author.id,)).fetchone() == (0,)
    assert "A draft of the policy is ready for a second person." in text(publisher.client.get("/today"))
    assert publish(publisher.client, draft).status_code == 303
    assert "ready for a second person" not in text(publisher.client.get("/today"))
