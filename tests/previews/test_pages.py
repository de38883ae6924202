"""The pages of previews: asking, watching, stopping, and what each role sees of the result."""

import csv
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from portage.core import clock
from support.background import WorkOff
from support.forms import form_to, send
from support.previews import DraftOf, PreviewOf
from support.requests import ELIGIBLE, RequestOf
from support.staff import SignIn

OLDER = {"eligibility.age.oldest.age": 36}


def test_an_administrator_asks_watches_and_reads_and_sees_references_without_names(
    sign_in: SignIn, request_of: RequestOf, draft_of: DraftOf, work_off: WorkOff
) -> None:
    family = request_of("leeds", months=33, facts=ELIGIBLE)
    leaflet = draft_of("leeds", OLDER, source="Leaflet of spring")
    admin = sign_in("leeds", "tenant-administrator").client
    form = form_to(admin.get("/policy/previews"), "/policy/previews")
    asked = send(admin, form, {"edition_id": str(leaflet)})
    assert asked.status_code == 303
    address = asked.headers["Location"]
    waiting = admin.get(address).text
    assert "<progress" in waiting
    assert "Stop the preview" in waiting
    number = address.rpartition("/")[2]
    told = admin.get(f"/policy/previews/progress?preview={number}").json
    assert told == {"done": 0, "total": 0, "running": True}
    assert "Waiting to begin" in admin.get("/policy/previews").text
    work_off()
    assert admin.get(f"/policy/previews/progress?preview={number}").json == {"done": 1, "total": 1, "running": False}
    assert address in admin.get(f"/policy/drafts/{leaflet}").text
    assert "/policy/previews" in admin.get("/policy").text
    result = admin.get(address).text
    assert "1 of 1 requests would have another outcome" in result
    assert family.reference in result
    assert "Age at request" in result
    assert "not met, by the draft met" in result
    assert "Canarychild" not in result
    assert f"/referrals/{family.referral_id}" not in result  # an administrator opens no family's record
    assert "<svg" in result
    assert "style=" not in result
    listed = admin.get(f"{address}/list.csv")
    rows = list(csv.reader(StringIO(listed.data.decode("utf-8-sig"))))
    assert rows[0][0] == "Reference"
    assert rows[1][0] == family.reference
    assert "Canarychild" not in listed.text
    sheet = load_workbook(BytesIO(admin.get(f"{address}/list.xlsx").data)).active
    assert sheet is not None
    assert sheet.cell(2, 1).value == family.reference


def test_a_manager_sees_their_own_area_teams_and_may_open_the_request(
    sign_in: SignIn, request_of: RequestOf, draft_of: DraftOf, preview_of: PreviewOf
) -> None:
    east = request_of("lancashire", months=34, facts={"child": {"significant_need": True}}, postcode="BB9 1AA")
    north = request_of("lancashire", months=34, facts={"child": {"significant_need": True}}, postcode="LA1 1AA")
    draft = draft_of("lancashire", {"eligibility.age.until.birthday": 2})
    preview_id = preview_of("lancashire", draft)
    whole = sign_in("lancashire", "service-manager").client.get(f"/policy/previews/{preview_id}").text
    assert east.reference in whole
    assert north.reference in whole
    assert f'href="/referrals/{east.referral_id}"' in whole
    manager = sign_in("lancashire", "service-manager", areas=["east"]).client
    own = manager.get(f"/policy/previews/{preview_id}").text
    assert "You see the requests of your own area teams" in own
    assert east.reference in own
    assert north.reference not in own
    assert "1 of 1 requests" in own
    assert north.reference not in manager.get(f"/policy/previews/{preview_id}/list.csv").text


def test_somebody_outside_the_team_sees_counts_alone_and_no_small_ones(
    sign_in: SignIn, request_of: RequestOf, draft_of: DraftOf, preview_of: PreviewOf
) -> None:
    some = [request_of("leeds", months=33, facts=ELIGIBLE) for _ in range(6)]
    one = request_of("leeds", months=25, facts=ELIGIBLE)
    preview_id = preview_of("leeds", draft_of("leeds", {"eligibility.age.oldest.age": 36}))
    auditor = sign_in("leeds", "auditor").client
    page = auditor.get(f"/policy/previews/{preview_id}").text
    assert "6 of 7 requests would have another outcome" in page
    assert all(family.reference not in page for family in (*some, one))
    assert "hidden" in page
    assert auditor.get(f"/policy/previews/{preview_id}/list.csv").status_code == 403
    counts = list(csv.reader(StringIO(auditor.get(f"/policy/previews/{preview_id}/counts.csv").text)))
    by_outcome = {row[1]: row[2:] for row in counts if row[0].startswith("By outcome")}
    assert by_outcome["Meets the conditions"] == ["hidden", "7"]
    assert by_outcome["Does not meet them"] == ["hidden", "0"]
    assert "Start the preview" not in auditor.get("/policy/previews").text


@pytest.mark.parametrize("role", ["home-visitor", "team-administrator", "volunteer", "panel-member"])
def test_others_see_no_preview(role: str, sign_in: SignIn, draft_of: DraftOf, preview_of: PreviewOf) -> None:
    preview_id = preview_of("leeds", draft_of("leeds", OLDER))
    client = sign_in("leeds", role).client
    assert client.get("/policy/previews").status_code == 403
    assert client.get(f"/policy/previews/{preview_id}").status_code == 403


def test_another_councils_preview_is_not_there(sign_in: SignIn, draft_of: DraftOf, preview_of: PreviewOf) -> None:
    preview_id = preview_of("leeds", draft_of("leeds", OLDER))
    stranger = sign_in("lancashire", "tenant-administrator").client
    for path in ("", "/list.csv", "/list.xlsx", "/counts.csv"):
        assert stranger.get(f"/policy/previews/{preview_id}{path}").status_code == 404
    assert stranger.get(f"/policy/previews/progress?preview={preview_id}").status_code == 404
    assert stranger.get("/policy/previews/progress?preview=nonsense").status_code == 404
    draft_of("lancashire", {})
    form = form_to(stranger.get("/policy/previews"), "/policy/previews")
    refused = send(stranger, form, {"edition_id": str(draft_of("leeds", OLDER))})
    assert refused.status_code == 422
    assert "no longer in the list" in refused.text


def test_a_stopped_preview_says_so_and_finds_nothing_more(
    sign_in: SignIn, request_of: RequestOf, draft_of: DraftOf, preview_of: PreviewOf, work_off: WorkOff
) -> None:
    request_of("leeds", months=33, facts=ELIGIBLE)
    preview_id = preview_of("leeds", draft_of("leeds", OLDER), carry_out=False)
    manager = sign_in("leeds", "service-manager").client
    page = manager.get(f"/policy/previews/{preview_id}")
    assert send(manager, form_to(page, f"/policy/previews/{preview_id}/stop")).status_code == 303
    work_off()
    after = manager.get(f"/policy/previews/{preview_id}").text
    assert "The preview was stopped before it was finished" in after
    assert manager.get(f"/policy/previews/{preview_id}/list.csv").status_code == 404


def test_a_wrong_day_is_said_and_what_was_typed_stays(sign_in: SignIn, draft_of: DraftOf) -> None:
    draft_of("leeds", OLDER)
    admin = sign_in("leeds", "tenant-administrator").client
    form = form_to(admin.get("/policy/previews"), "/policy/previews")
    refused = send(admin, form, {"from_on-day": "31", "from_on-month": "2", "from_on-year": "2027"})
    assert refused.status_code == 422
    assert "Enter a real date" in refused.text
    assert 'value="31"' in refused.text


def test_what_if_shows_all_findings_of_another_day_beside_the_real_ones_and_keeps_nothing(
    sign_in: SignIn, request_of: RequestOf, draft_of: DraftOf
) -> None:
    family = request_of("leeds", months=33, facts=ELIGIBLE)
    manager = sign_in("leeds", "service-manager").client
    page = manager.get(f"/referrals/{family.referral_id}").text
    assert f"/referrals/{family.referral_id}/what-if" in page
    address = f"/referrals/{family.referral_id}/what-if"
    assert "Really" not in manager.get(address).text
    earlier = clock.today().replace(day=1)
    year, month = divmod(earlier.year * 12 + earlier.month - 1 - 6, 12)
    answer = manager.get(f"{address}?on-day=1&on-month={month + 1}&on-year={year}").text
    assert "The outcome would have been another one" in answer
    assert answer.count("LDS-10") == 2
    assert answer.count("LDS-13") == 2
    before_all = manager.get(f"{address}?on-day=1&on-month=1&on-year=2025")
    assert before_all.status_code == 422
    assert "No rule was in force on 1 January 2025" in before_all.text
    draft = draft_of("leeds", {"eligibility.age.oldest.age": 36})
    today = clock.today()
    by_draft = manager.get(f"{address}?on-day={today.day}&on-month={today.month}&on-year={today.year}&by={draft}").text
    assert "The outcome would have been another one" in by_draft
    assert "Draft of a new leaflet" in by_draft


def test_a_draft_that_does_not_fit_together_yet_is_refused_in_words(sign_in: SignIn, draft_of: DraftOf) -> None:
    draft = draft_of("leeds", {"eligibility.age.oldest.age": "many"})
    admin = sign_in("leeds", "tenant-administrator").client
    form = form_to(admin.get("/policy/previews"), "/policy/previews")
    refused = send(admin, form, {"edition_id": str(draft)})
    assert refused.status_code == 422
    assert "do not fit together yet" in refused.text
