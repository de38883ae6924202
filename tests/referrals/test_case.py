"""One request's page, through HTTP."""

from support.cases import FamilyOf
from support.forms import form_to, send

from support.staff import SignIn


def test_the_page_shows_findings_with_their_sources_and_what_is_missing(sign_in: SignIn, family_of: FamilyOf) -> None:
    family = family_of("leeds")
    manager = sign_in("leeds", "service-manager")
    page = manager.client.get(f"/referrals/{family.referral_id}")
    assert page.status_code == 200, page.text
    for words in ("LDS-10", "LDS-11", "One minute guide", "Still to be found out", "Kit Canarychild", family.reference):
        assert words in page.text
