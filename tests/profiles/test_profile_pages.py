"""A child's profile on a phone: begun, marked area by area, corrected with who and when, and never with "cannot"."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.profiles.models import ProfileArea, ProfileInstrument, ProfileItem, ProfileMark
from support.episodes import Council, SignIn, Supported, SupportedOf, post_to
from support.forms import FormOnPage, form_to, send

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY = {"seen_on-day": "2", "seen_on-month": "3", "seen_on-year": "2026"}


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


@pytest.fixture
def case(supported_of: SupportedOf) -> Supported:
    """A child with a profile that was begun."""
    case = supported_of("west-northants")
    begun(case)
    return case


def begun(case: Supported) -> None:
    """Begin the profile by its button."""
    path = f"/children/{case.child_id}/profile"
    client = case.visitor.client
    assert send(client, form_to(client.get(path), f"{path}/begin")).status_code == 303


def area_page(case: Supported, number: int = 0, client: FlaskClient | None = None) -> tuple[str, FormOnPage]:
    """The address and the form of one area's page."""
    client = client or case.visitor.client
    page = client.get(f"/children/{case.child_id}/profile").text
    path = [part.split('"')[0] for part in page.split('<th scope="row"><a class="govuk-link" href="')[1:]][number]
    return path, form_to(client.get(path), path)


def steps(form: FormOnPage) -> list[str]:
    """The names of the steps on a page, in their order."""
    return [name for name in form.fields if name.startswith("step-")]


def mark(case: Supported, *chosen: str, client: FlaskClient | None = None, **more: str) -> TestResponse:
    """Mark the first steps of the first area."""
    client = client or case.visitor.client
    _, form = area_page(case, client=client)
    return send(client, form, {**dict(zip(steps(form), chosen, strict=False)), **DAY, **more})


def stages(form: FormOnPage) -> list[str]:
    """What stands for the first three steps."""
    return [form.typed(name)[0] for name in steps(form)[:3]]


def marks(council: Council) -> list[tuple[str, str, date, bool]]:
    """Every mark: stage, evidence, day, and whether it was corrected."""
    with council("west-northants"):
        found = db.session.scalars(scoped(ProfileMark).order_by(ProfileMark.created_at, ProfileMark.id))
        return [(each.stage, each.evidence, each.seen_on, each.corrected_at is not None) for each in found]


def test_a_profile_begins_with_the_example_and_shows_gaps_and_next_steps(case: Supported) -> None:
    """WNC-06: the profile shows needs, gaps and next steps. LDS-09: find out what the child can do."""
    assert mark(case, "can-do", "", "can-do").status_code == 303
    page = case.visitor.client.get(f"/children/{case.child_id}/profile").text
    assert "2 steps that Kit can do, 0 that are beginning" in page
    gaps = page.split("Gaps</h3>")[1].split("</ul>")[0]
    assert "Makes sounds and waits" in gaps
    following = page.split("Next steps</h3>")[1].split("</ul>")[0]
    assert "Uses a sound, a look or a movement" in following
    assert "Grows still" not in page.split("</table>")[1]
    assert f"/episodes/{case.episode_id}/plan/steps/" in gaps


def test_marks_hold_the_day_and_how_it_is_known(case: Supported, council: Council) -> None:
    earlier = {"seen_on-day": "20", "seen_on-month": "2", "evidence": "parents"}
    assert mark(case, "can-do", "beginning", **earlier).status_code == 303
    assert marks(council) == [
        ("can-do", "parents", date(2026, 2, 20), False),
        ("beginning", "parents", date(2026, 2, 20), False),
    ]


def test_only_what_was_changed_is_saved_and_a_second_sending_adds_nothing(case: Supported, council: Council) -> None:
    mark(case, "can-do", "beginning")
    mark(case, "can-do", "can-do", evidence="setting")
    assert mark(case).status_code == 303
    assert [(stage, evidence) for stage, evidence, *_ in marks(council)] == [
        ("can-do", "visit"), ("beginning", "visit"), ("can-do", "setting"),
    ]  # fmt: skip


def test_a_step_back_corrects_and_keeps_the_history_with_who_and_when(case: Supported, council: Council) -> None:
    mark(case, "can-do")
    mark(case, "beginning")
    assert [(stage, corrected) for stage, *_, corrected in marks(council)] == [("can-do", True), ("beginning", False)]
    _, form = area_page(case)
    page = case.visitor.client.get(f"/children/{case.child_id}/profile/steps/{steps(form)[0][5:]}").text
    assert "Taken back</strong> by Vera Visitor on 2 March 2026" in page
    mark(case, "")
    assert [corrected for *_, corrected in marks(council)] == [True, True]


def test_two_people_who_mark_at_once_lose_nothing_of_either(case: Supported, council: Council, sign_in: SignIn) -> None:
    _, mine = area_page(case)
    theirs = area_page(case, client=case.manager.client)[1]
    first, second, third = steps(mine)[:3]
    assert send(case.manager.client, theirs, {first: "can-do", second: "can-do"}).status_code == 303
    answer = send(case.visitor.client, mine, {first: "beginning", third: "beginning"})
    assert answer.status_code == 303
    page = case.visitor.client.get(answer.headers["Location"])
    assert "A colleague marked this meanwhile, so look at it again: Grows still" in page.text
    _, now = area_page(case)
    assert stages(now) == ["can-do", "can-do", "beginning"]


def test_a_day_in_the_future_or_before_birth_and_no_evidence_are_refused_and_what_was_chosen_stays(
    case: Supported, council: Council
) -> None:
    assert mark(case, "cannot").status_code == 422
    for wrong in ({"seen_on-day": "3"}, {"seen_on-year": "2001"}, {"evidence": "guess"}, {"seen_on-month": "13"}):
        answer = mark(case, "can-do", **wrong)
        assert answer.status_code == 422, wrong
        assert stages(form_to(answer, answer.request.path))[0] == "can-do"
    assert marks(council) == []


def test_one_area_leads_to_the_next(case: Supported) -> None:
    path, form = area_page(case)
    following, _ = area_page(case, 1)
    assert send(case.visitor.client, form, {"go": "next"}).headers["Location"] == following
    assert (
        send(case.visitor.client, form, {"go": "back", "_key": str(new_id())}).headers["Location"].endswith("/profile")
    )
    assert path != following


def test_one_step_is_marked_with_a_note_and_taken_back_with_a_reason(case: Supported, council: Council) -> None:
    _, form = area_page(case)
    client, path = case.visitor.client, f"/children/{case.child_id}/profile/steps/{steps(form)[0][5:]}"
    chosen = {"stage": "can-do", "note": "At the window, twice.", **DAY}
    assert send(client, form_to(client.get(path), path), chosen).status_code == 303
    page = client.get(path)
    assert "At the window, twice." in page.text
    back = next(each for each in [part.split('"')[0] for part in page.text.split('action="')[1:]] if "/marks/" in each)
    why = send(client, form_to(page, back))
    assert why.status_code == 422
    assert 'href="#because"' in why.text
    assert send(client, form_to(page, back), {"because": "It was the sister."}).status_code == 303
    assert "It was the sister." in client.get(path).text
    assert [corrected for *_, corrected in marks(council)] == [True]


def test_progress_is_a_picture_with_a_title_and_a_table_of_the_same_numbers(case: Supported) -> None:
    mark(case, "can-do", **{"seen_on-month": "1"})
    mark(case, "can-do", "can-do", "beginning")
    page = case.visitor.client.get(f"/children/{case.child_id}/profile/progress").text
    assert '<title id="time-title">Steps of the profile over time</title>' in page
    assert "From 1 step on 2 January 2026 to 2 on 2 March 2026." in page
    assert page.count("<pattern") == 2
    table = page.split("</svg>")[1].split("</table>")[0]
    assert [part.split("<")[0] for part in table.split('do">')[1:]] == ["1", "2"]


def test_a_newer_list_leaves_begun_profiles_alone_and_same_words_keep_their_marks(
    case: Supported, council: Council
) -> None:
    mark(case, "can-do", "can-do")
    with council("west-northants"):
        kept = db.session.scalars(scoped(ProfileItem).order_by(ProfileItem.wording)).all()
        same = next(each.wording for each in kept if each.wording.startswith("Grows still"))
        own = ProfileInstrument(name="Our own", source="Us", status="in-use", in_use_from=AT.date(), taken_at=AT)
        db.session.add(own)
        db.session.flush()
        area = ProfileArea(instrument_id=own.id, position=1, name="Communication and Language")
        db.session.add(area)
        db.session.flush()
        db.session.add_all(
            [
                ProfileItem(area_id=area.id, position=1, wording=same),
                ProfileItem(area_id=area.id, position=2, wording="Hums"),
            ]
        )
        db.session.commit()
    path = f"/children/{case.child_id}/profile"
    page = case.visitor.client.get(path)
    assert "2 steps that Kit can do" in page.text
    assert "“Our own”" in page.text
    begun(case)
    page = case.visitor.client.get(path)
    assert "1 step that Kit can do" in page.text
    assert "Hums" in page.text


def test_profiles_are_for_staff_who_may_open_the_record(case: Supported, sign_in: SignIn) -> None:
    """WNC-10: volunteers see what a visit needs, and no profile."""
    path, _ = area_page(case)
    for address in (path, f"/children/{case.child_id}/profile", f"/children/{case.child_id}/profile/progress"):
        assert sign_in("west-northants", "volunteer").client.get(address).status_code == 403
        assert sign_in("west-northants", "auditor").client.get(address).status_code == 403
        assert sign_in("leeds", "service-manager").client.get(address).status_code == 404
        assert sign_in("west-northants", "home-visitor").client.get(address).status_code == 303  # asked for a reason
    other = sign_in("leeds", "service-manager").client
    assert post_to(other, path, evidence="visit", **DAY).status_code == 404
    episode = f"/episodes/{case.episode_id}"
    assert f'href="{episode}/profile"' in case.visitor.client.get(episode).text
    assert case.visitor.client.get(f"{episode}/profile").headers["Location"] == f"/children/{case.child_id}/profile"
    assert other.get(f"{episode}/profile").status_code == 404
    assert case.manager.client.get(f"/children/{case.child_id}").text.count(f"/children/{case.child_id}/profile") == 1


def test_steps_of_another_area_are_no_steps_of_this_one(case: Supported, council: Council) -> None:
    path, _ = area_page(case)
    _, other = area_page(case, 1)
    sent = post_to(case.visitor.client, path, evidence="visit", **DAY, **{steps(other)[0]: "can-do"})
    assert sent.status_code == 404
    assert marks(council) == []
