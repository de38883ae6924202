"""The policy as a council reads it: in force first, beside another, and drafts for those who may see them."""

import psycopg
import pytest

from support.forms import forms_on
from support.people import Hired
from support.publishing import SUPPORT, SignIn, Within, begin, change, in_force_of, publish, shorter, text


def test_the_policy_in_force_stands_first_with_its_sources_and_the_editions_after_it(author: Hired) -> None:
    page = text(author.client.get("/policy"))
    assert page.index("Longest support") < page.index('id="editions"')
    assert "6 months" in page
    assert "(LDS-" in page
    for state in ("In force", "No longer in force", "Waiting for a date"):
        assert state in page[page.index('id="editions"') :]


def test_any_two_editions_lie_side_by_side_and_only_what_differs_is_shown_at_first(author: Hired) -> None:
    chosen = author.client.get("/policy?edition=2025-10-01")
    link = text(chosen).partition('href="/policy/compare?left=')[2].partition('"')[0].replace("&amp;", "&")
    page = text(author.client.get(f"/policy/compare?left={link}"))
    assert "12 months" in page
    assert "6 months" in page
    assert "Age at request" not in page
    assert "Age at request" in text(author.client.get(f"/policy/compare?left={link}&show=all"))


def test_another_councils_published_edition_lies_beside_ones_own_and_its_drafts_never(
    author: Hired, sign_in: SignIn, council: Within
) -> None:
    other = sign_in("lancashire", "tenant-administrator")
    secret = begin(other.client, "Secret plans")
    assert change(other.client, secret, 2, **{"contact.words": "Secret words."}).status_code == 303
    page = author.client.get("/policy/compare")
    assert "Secret plans" not in text(page)
    theirs = next(option for option in forms_on(page)[1].fields["right"].options if option.startswith("lancashire:"))
    both = text(author.client.get(f"/policy/compare?left=own:{in_force_of(author.client)}&right={theirs}"))
    assert "Lancashire" in both
    assert "Secret words" not in both
    draft_id = secret.rpartition("/")[2]
    for name in (f"own:{draft_id}", "lancashire:2030-01-01:0", "nobody:2025-01-01:0", "x", f"lancashire:{draft_id}:0"):
        refused = text(author.client.get(f"/policy/compare?left={name}&right={theirs}"))
        assert "cannot be shown" in refused
        assert "Secret" not in refused


def test_what_a_council_that_has_left_published_is_no_longer_offered(
    author: Hired, db_admin: psycopg.Connection
) -> None:
    assert "lancashire:" in text(author.client.get("/policy/compare"))
    db_admin.execute("update tenant set active = false where slug = 'lancashire'")
    assert "lancashire:" not in text(author.client.get("/policy/compare"))


@pytest.mark.parametrize("role", ["team-administrator", "home-visitor", "panel-chair", "auditor", "volunteer"])
def test_others_read_the_policy_and_neither_draft_nor_publish(role: str, author: Hired, sign_in: SignIn) -> None:
    draft = shorter(author.client)
    other = sign_in("leeds", role).client
    assert other.get("/policy").status_code == 200
    for address in ("/policy/drafts", f"{draft}/terms/{SUPPORT}", f"{draft}/publish"):
        assert other.get(address).status_code == 403, address


def test_a_manager_publishes_and_does_not_draft(publisher: Hired) -> None:
    assert publisher.client.get("/policy/drafts").status_code == 403


def test_the_undated_page_waits_for_a_date_and_gets_one_when_it_is_published(publisher: Hired, author: Hired) -> None:
    page = text(author.client.get("/policy"))
    waiting = page[: page.index("Waiting for a date")].rpartition('href="')[2][: len("/policy/drafts/") + 36]
    published = publish(publisher.client, waiting)
    assert published.status_code == 303, text(published)
    assert "Waiting for a date" not in text(author.client.get("/policy"))


def test_no_council_opens_drafts_of_another(author: Hired, sign_in: SignIn) -> None:
    other = sign_in("lancashire", "tenant-administrator", "service-manager").client
    draft = shorter(author.client)
    for address in (draft, f"{draft}/terms/1", f"{draft}/publish", f"/policy?edition={draft.rpartition('/')[2]}"):
        assert other.get(address).status_code == 404, address
