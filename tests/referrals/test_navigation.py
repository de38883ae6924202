"""The navigation leads to what a council has and a person may see, and to nothing else."""

import pytest

from support.staff import SignIn

PANEL, REASONS = 'href="/panel"', 'href="/access-reasons"'


@pytest.mark.parametrize("role", ["service-manager", "panel-chair", "panel-member"])
def test_the_panel_stands_only_where_the_policy_has_one(sign_in: SignIn, role: str) -> None:
    assert PANEL in sign_in("west-northants", role).client.get("/today").text
    for slug in ("leeds", "lancashire"):
        assert PANEL not in sign_in(slug, role).client.get("/today").text


def test_reasons_for_opening_records_are_found_by_those_who_may_see_them(sign_in: SignIn) -> None:
    manager = sign_in("leeds", "service-manager").client
    assert REASONS in manager.get("/today").text
    assert manager.get("/access-reasons").status_code == 200
    for role in ("team-administrator", "home-visitor", "volunteer", "tenant-administrator", "auditor"):
        assert REASONS not in sign_in("leeds", role).client.get("/today").text


def test_a_council_without_an_edition_in_force_has_pages_and_no_panel(sign_in: SignIn) -> None:
    page = sign_in("larkshire", "service-manager").client.get("/today")
    assert page.status_code == 200
    assert PANEL not in page.text
