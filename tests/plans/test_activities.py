"""Activities of a plan, the family's chart on one page, and what the family saw (LAN-04, LAN-07, LDS-09, WNC-09)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader
from werkzeug.test import TestResponse

from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import scoped
from portage.messages import pdf
from portage.messages.models import Alert
from portage.plans.models import Activity, Goal, Target
from portage.plans.operations.activities import LONGEST_MATERIALS, LONGEST_OFTEN, LONGEST_WORDING, MOST_AT_A_TIME
from portage.plans.week import coming_week, day_in
from support.episodes import Council, Supported, SupportedOf
from support.forms import form_to, send

AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
PLAN = {"can_do": "Kit points.", "goal_1": "Eat together.", "goal_2": "Sleep well.", "agreed_with": "Mum"}
PARTS = {"does_what": "holds a spoon", "conditions": "at breakfast", "success": "three times of four"}
PLAY = {"wording": "Hold out two spoons and wait", "how_often": "Once a day", "materials": "Two spoons"}


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


@pytest.fixture
def case(supported_of: SupportedOf) -> Supported:
    """A child with a plan of two goals and one target."""
    case = supported_of("lancashire")
    client, path = case.visitor.client, f"/episodes/{case.episode_id}/plan/new"
    plan = send(client, form_to(client.get(path), path), PLAN).headers["Location"]
    goal = client.get(plan).text.split('href="/goals/')[1].split("/")[0]
    path = f"/goals/{goal}/targets"
    assert send(client, form_to(client.get(path), path), PARTS).status_code == 303
    return case


def plan_of(case: Supported) -> str:
    """The address of the plan that is worked on."""
    return case.visitor.client.get(f"/episodes/{case.episode_id}/plan").headers["Location"]


def target_of(case: Supported) -> str:
    """The id of its one target."""
    return case.visitor.client.get(plan_of(case)).text.split('id="target-')[1].split('"')[0]


def add(case: Supported, **changed: str) -> TestResponse:
    """Add an activity by its form."""
    path = f"/targets/{target_of(case)}/activities"
    return send(case.visitor.client, form_to(case.visitor.client.get(path), path), {**PLAY, **changed})


def test_a_plan_goes_from_goals_to_targets_in_three_parts_to_activities_on_the_chart(case: Supported) -> None:
    """LAN-04: small achievable targets worked on through regular activities. WNC-09: small steps in the routines."""
    assert add(case).status_code == 303
    page = case.visitor.client.get(plan_of(case)).text
    assert "Hold out two spoons and wait" in page
    chart = case.visitor.client.get(f"{plan_of(case)}/chart").text
    assert "From 2 March 2026" in chart
    assert chart.count('class="portage-week__box"') == 7
    assert "You need: Two spoons" in chart
    assert "Hold out two spoons and wait (Once a day" in case.visitor.client.get(f"{plan_of(case)}/print").text


def test_an_activity_can_be_put_better_and_ended_and_stays_with_the_plan(case: Supported) -> None:
    add(case)
    client = case.visitor.client
    path = "/activities/" + client.get(plan_of(case)).text.split('href="/activities/')[1].split('"')[0]
    old = form_to(client.get(path), path)
    assert send(client, old, {"wording": "Hold out two cups"}).status_code == 303
    late = send(client, old, {"wording": "Hold out a plate", "_key": str(new_id())})
    assert late.status_code == 409
    assert "Hold out two cups" in late.text
    assert send(client, form_to(client.get(path), f"{path}/end")).status_code == 303
    assert "Ended on 2 March 2026" in client.get(plan_of(case)).text
    assert "Hold out two cups" not in client.get(f"{plan_of(case)}/chart").text


def test_an_activity_of_an_achieved_target_goes_off_the_chart(case: Supported) -> None:
    add(case)
    client = case.visitor.client
    form = form_to(client.get(plan_of(case)), f"/targets/{target_of(case)}/status")
    assert send(client, form, {"status": "achieved"}).status_code == 303
    assert "Hold out two spoons" not in client.get(f"{plan_of(case)}/chart").text


def test_a_week_has_room_for_six_activities(case: Supported, council: Council) -> None:
    path = f"/targets/{target_of(case)}/activities"
    form = form_to(case.visitor.client.get(path), path)
    for number in range(MOST_AT_A_TIME):
        sent = {**PLAY, "wording": f"Play {number}", "_key": str(new_id())}
        assert send(case.visitor.client, form, sent).status_code == 303
    full = send(case.visitor.client, form, {**PLAY, "wording": "One more", "_key": str(new_id())})
    assert full.status_code == 422
    assert "End one before you add another" in full.text
    assert "One more" in full.text
    assert "Add an activity" not in case.visitor.client.get(plan_of(case)).text
    with council("lancashire"):
        assert len(db.session.scalars(scoped(Activity)).all()) == MOST_AT_A_TIME


@pytest.mark.skipif(not pdf.available(), reason="this installation makes no PDF")
@pytest.mark.parametrize("length", ["short", "usual", "longest"])
def test_the_chart_is_one_a4_page_however_much_stands_on_it(case: Supported, council: Council, length: str) -> None:
    words = (
        "Hold out two cups of different colours at breakfast, say each colour, wait until Kit looks at one of them. "
    )
    often = "Twice a day, at breakfast and at tea time, or when you like"
    needs = "Two cups of different colours, a towel and a tray from the kitchen cupboard"
    longest = {
        "wording": (words * 2)[:LONGEST_WORDING],
        "how_often": often[:LONGEST_OFTEN],
        "materials": (needs + " and a bib")[:LONGEST_MATERIALS],
    }
    usual = {"wording": words[:80], "how_often": "Once a day", "materials": needs[:30]}
    many = {"short": 1, "usual": 4, "longest": MOST_AT_A_TIME}[length]
    with council("lancashire"):
        target = db.session.scalars(scoped(Target)).one()
        for number in range(many):
            db.session.add(
                Activity(target_id=target.id, position=number, **(longest if length == "longest" else usual))
            )
        db.session.commit()
    answer = case.visitor.client.get(f"{plan_of(case)}/chart.pdf")
    read = PdfReader(BytesIO(answer.data))
    assert len(read.pages) == 1
    page = read.pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    text = page.extract_text()
    assert "What we saw" in text
    assert len(re.findall(r"(?:Once|Twice)\s+a\s+day", text)) == many


def test_the_chart_of_any_week_can_be_printed_and_from_friday_on_it_is_the_next(case: Supported) -> None:
    chart = case.visitor.client.get(f"{plan_of(case)}/chart?week=2026-04-01").text
    assert "From 30 March 2026" in chart
    assert "?week=2026-03-23" in chart
    assert case.visitor.client.get(f"{plan_of(case)}/chart?week=soon").status_code == 200
    assert coming_week(date(2026, 3, 5)) == date(2026, 3, 2)
    assert coming_week(date(2026, 3, 6)) == date(2026, 3, 9)
    assert day_in("9999-12-31", date(2026, 3, 2)) == date(2026, 3, 2)


def test_a_step_of_the_profile_becomes_a_target_with_its_words(case: Supported, council: Council) -> None:
    """LDS-09: find out what the child can do, set goals, plan activities for the next steps."""
    client, profile = case.visitor.client, f"/children/{case.child_id}/profile"
    assert send(client, form_to(client.get(profile), f"{profile}/begin")).status_code == 303
    path = client.get(profile).text.split('href="/episodes/')[2].split('"')[0].join(["/episodes/", ""])
    page = client.get(path)
    form = form_to(page, path)
    assert form.typed("does_what") == ["Grows still or turns when somebody familiar speaks"]
    without = send(client, form, {"conditions": "At home", "success": "Twice"})
    assert without.status_code == 422
    assert "Choose the goal that it serves." in without.text
    with council("lancashire"):
        goal = str(db.session.scalars(scoped(Goal).order_by(Goal.position.desc())).first().id)  # type: ignore[union-attr]  # two
    assert send(client, form, {"conditions": "At home", "success": "Twice", "goal_id": goal}).status_code == 303
    step = path.rpartition("/")[2]
    assert f'href="/children/{case.child_id}/profile/steps/{step}"' in client.get(plan_of(case)).text
    strange = send(client, form, {"conditions": "-", "success": "-", "goal_id": str(new_id()), "_key": str(new_id())})
    assert strange.status_code == 404


def test_a_first_plan_begins_with_what_the_profile_says_the_child_can_do(supported_of: SupportedOf) -> None:
    """LAN-04: built on what the child can already do."""
    case = supported_of("lancashire")
    client, profile = case.visitor.client, f"/children/{case.child_id}/profile"
    send(client, form_to(client.get(profile), f"{profile}/begin"))
    path = client.get(profile).text.split('scope="row"><a class="govuk-link" href="')[1].split('"')[0]
    form = form_to(client.get(path), path)
    first = next(name for name in form.fields if name.startswith("step-"))
    assert send(client, form, {first: "can-do"}).status_code == 303
    path = f"/episodes/{case.episode_id}/plan/new"
    assert form_to(client.get(path), path).typed("can_do") == ["Grows still or turns when somebody familiar speaks."]


def test_what_the_family_told_is_kept_with_the_plan_and_its_activity(case: Supported, council: Council) -> None:
    """LAN-07: the family practises between visits and observes how the child gets on."""
    add(case)
    client, path = case.visitor.client, f"{plan_of(case)}/notes"
    form = form_to(client.get(plan_of(case)), path)
    with council("lancashire"):
        activity = str(db.session.scalars(scoped(Activity)).one().id)
    told = {"words": "Kit held the spoon twice.", "activity_id": activity, "came_by": "chart"}
    tomorrow = send(client, form, {**told, "seen_on-day": "3"})
    assert tomorrow.status_code == 422
    assert "Kit held the spoon twice." in tomorrow.text
    assert send(client, form, told).status_code == 303
    page = client.get(plan_of(case)).text
    assert "Kit held the spoon twice." in page
    assert "From the activity chart, written down by Vera Visitor. About: Hold out two spoons and wait" in page
    assert send(client, form, {**told, "activity_id": str(new_id()), "_key": str(new_id())}).status_code == 404
    with council("lancashire"):
        assert db.session.scalars(scoped(Alert).where(Alert.kind == "family-note")).all() == []
