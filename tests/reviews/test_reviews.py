"""Reviews: what there is to celebrate, the next focus, and who may write one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from portage.core.ids import new_id
from support.episodes import Council, SignIn, SupportedOf, episode, post_to
from support.forms import form_to, send

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
REVIEW = {
    "kind": "block",
    "who_was_there": "Mum and Vera",
    "celebrate": "Kit sat through a whole story.",
    "next_focus": "Two words together.",
    "recommendation": "Go on until the summer.",
}


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


def test_a_review_at_the_end_of_a_block_is_written_and_shown(supported_of: SupportedOf, council: Council) -> None:
    case = supported_of("lancashire")
    path = f"/episodes/{case.episode_id}/reviews/new"
    sent = send(case.visitor.client, form_to(case.visitor.client.get(path), path), REVIEW)
    assert sent.status_code == 303
    assert "Kit sat through a whole story." in case.manager.client.get(sent.headers["Location"]).get_data(as_text=True)
    page = case.visitor.client.get(f"/episodes/{case.episode_id}").get_data(as_text=True)
    assert "End of a block of visits" in page
    with council("lancashire"):
        assert episode(case.episode_id).status == "open"


def test_a_review_without_anything_to_celebrate_is_asked_again(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    path = f"/episodes/{case.episode_id}/reviews/new"
    sent = send(case.visitor.client, form_to(case.visitor.client.get(path), path), {**REVIEW, "celebrate": ""})
    assert sent.status_code == 422
    assert "There is always something." in sent.get_data(as_text=True)
    assert "Two words together." in sent.get_data(as_text=True)


def test_the_closing_page_asks_for_the_leaving_review_first(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    path = f"/episodes/{case.episode_id}/close"
    assert "Write the leaving review first" in case.manager.client.get(path).get_data(as_text=True)
    new = f"/episodes/{case.episode_id}/reviews/new"
    form = form_to(case.manager.client.get(f"{new}?kind=leaving"), new)
    assert form.typed("kind") == ["leaving"]
    send(case.manager.client, form, {key: value for key, value in REVIEW.items() if key != "kind"})
    assert "The leaving review was held and is on record." in case.manager.client.get(path).get_data(as_text=True)


def test_a_review_can_be_corrected_and_an_old_page_shows_both_versions(supported_of: SupportedOf) -> None:
    case = supported_of("leeds")
    client = case.visitor.client
    new = f"/episodes/{case.episode_id}/reviews/new"
    path = send(client, form_to(client.get(new), new), REVIEW).headers["Location"] + "/change"
    old = form_to(client.get(path), path)
    assert send(client, form_to(client.get(path), path), {"celebrate": "Two whole stories."}).status_code == 303
    late = send(client, old, {"celebrate": "Three stories.", "_key": str(new_id())})
    assert late.status_code == 409
    assert "Two whole stories." in late.get_data(as_text=True)
    assert "Three stories." in late.get_data(as_text=True)


def test_reviews_of_another_council_are_not_there_and_volunteers_write_none(
    supported_of: SupportedOf, sign_in: SignIn
) -> None:
    case = supported_of("leeds")
    client = case.visitor.client
    new = f"/episodes/{case.episode_id}/reviews/new"
    path = send(client, form_to(client.get(new), new), REVIEW).headers["Location"]
    other = sign_in("lancashire", "service-manager").client
    assert other.get(path).status_code == 404
    assert post_to(other, f"{path}/change", celebrate="Mine.").status_code == 404
    volunteer = sign_in("west-northants", "volunteer")
    given = supported_of("west-northants", visitor=volunteer)
    assert volunteer.client.get(f"/episodes/{given.episode_id}/reviews/new").status_code == 403
