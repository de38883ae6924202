"""What a volunteer sees of a family."""

from support.episodes import SupportedOf
from support.staff import SignIn


def test_a_volunteer_opens_the_support_of_a_child_and_not_what_was_asked_and_decided(
    sign_in: SignIn, supported_of: SupportedOf
) -> None:
    volunteer = sign_in("west-northants", "volunteer")
    case = supported_of("west-northants", visitor=volunteer)
    assert volunteer.client.get(f"/episodes/{case.episode_id}").status_code == 200
    record = volunteer.client.get(f"/children/{case.child_id}")
    assert record.status_code == 200
    assert "/referrals/" not in record.text
    assert volunteer.client.get(f"/referrals/{case.referral_id}").status_code == 403
