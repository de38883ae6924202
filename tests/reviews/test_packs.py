"""On leaving, the next setting is told what the family agreed to, and not what they did not (LAN-09, LAN-10)."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

import psycopg
import pypdf
import pytest
from flask.testing import FlaskClient

from messages.test_links import path_in
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.families.models import SharingPermission
from portage.reviews.models import Disclosure, PackPart, TransitionPack
from reviews.conftest import CAN_DO, CELEBRATE, PARENT, SPOON, Visited, allow, reachable, reviewed
from support.background import WorkOff
from support.episodes import Council, Supported, post_to
from support.forms import form_to, send
from support.mailserver import MailServer
from support.people import Hired

ClientOf = Callable[[str], FlaskClient]
SignIn = Callable[..., Hired]
AT = datetime(2026, 3, 2, 10, tzinfo=UTC)
NURSERY, CHECKED = "Acorns Nursery", "Rang the number on the council's list."
WORKS = "Sing before you lift her."
ALL = ["can-do", "plan", "review", "family"]


@pytest.fixture(autouse=True)
def on_a_monday(clock: Callable[[datetime], None]) -> None:
    """Every test of this file is on 2 March 2026."""
    clock(AT)


def leaving(visited: Visited, council: Council, slug: str = "lancashire", purpose: str = "leaving") -> Supported:
    """A child whose leaving review both agreed to, and whose family said yes to sharing for that purpose."""
    case = visited(slug, done=2)
    with council(slug):
        reviewed(case)
        allow(case, purpose=purpose)
        reachable(case)
        db.session.commit()
    return case


def put_together(case: Supported, key: str = "leaving-setting", **typed: str) -> str:
    """Put a pack with every part together for the nursery; answers its path."""
    path = f"/episodes/{case.episode_id}/packs/new"
    values = {
        "question": key, "recipient_name": NURSERY, "parts": ALL, "what_works": WORKS,
        "recipient_email": "office@acorns.example", "address_checked_how": CHECKED, **typed,
    }  # fmt: skip
    sent = send(case.visitor.client, form_to(case.visitor.client.get(path), path), values)
    assert sent.status_code == 303, sent.get_data(as_text=True)
    return str(sent.headers["Location"])


def part_ids(council: Council, slug: str = "lancashire") -> dict[str, UUID]:
    """The parts of the one pack by kind."""
    with council(slug):
        return {part.kind: part.id for part in db.session.scalars(scoped(PackPart))}


def answers(ids: dict[str, UUID], *no: str) -> dict[str, str]:
    """Yes to every part but these."""
    return {f"part-{key}": "no" if kind in no else "yes" for kind, key in ids.items()}


ON_PAPER = {"answered_by": "Sam Canarychild", "how": "paper"}


def test_the_nursery_is_told_what_the_family_agreed_to_and_not_what_they_did_not_lan_10(
    visited: Visited, council: Council, client_of: ClientOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    case = leaving(visited, council)
    path = put_together(case)
    page = case.visitor.client.get(path)
    assert send(case.visitor.client, form_to(page, f"{path}/to-family")).status_code == 303
    work_off()
    assert not [word for word in ("Kit", "Canarychild", NURSERY) if word in mail_server.mails[-1].get_content()]
    family, link = client_of("lancashire"), path_in(mail_server)
    space = send(family, form_to(family.get(link), link)).location
    shown = family.get(space).get_data(as_text=True)
    for words in (CAN_DO, SPOON, CELEBRATE, WORKS, "You can say no to any part"):
        assert words in shown, words
    own, ids = f"{space}{path}", part_ids(council)
    unanswered = send(family, form_to(family.get(space), own), {f"part-{ids['plan']}": "no"})
    assert unanswered.status_code == 422
    complaints = unanswered.get_data(as_text=True)
    assert "Say yes or no to “What the child can do”." in complaints
    assert "Say yes or no to “Play plan and targets”." not in complaints
    assert send(family, form_to(family.get(space), own), answers(ids, "plan", "family")).status_code == 303

    form = form_to(case.visitor.client.get(path), f"{path}/issue")
    assert send(case.visitor.client, form, {"how": "link"}).status_code == 303
    work_off()
    mail = mail_server.mails[-1]
    assert mail["To"] == "office@acorns.example"
    assert not [word for word in ("Kit", "Canarychild", "Sam") if word in mail.get_content()]
    nursery, issued = client_of("lancashire"), path_in(mail_server)
    opened = send(nursery, form_to(nursery.get(issued), issued)).location
    told = nursery.get(opened).get_data(as_text=True)
    paper = nursery.get(f"{opened}{path}/pdf")
    assert paper.mimetype == "application/pdf"
    printed = " ".join(" ".join(each.extract_text() for each in pypdf.PdfReader(BytesIO(paper.data)).pages).split())
    for words in (CAN_DO, CELEBRATE, PARENT, WORKS, "Kit Canarychild"):
        assert words in told, words
        assert words in printed, words
    for words in (SPOON, "Eats at the table", "01632 960 111"):
        assert words not in told, words
        assert words not in printed, words

    with council("lancashire"):
        entry = db.session.scalars(scoped(Disclosure)).one()
        assert entry.with_whom == f"{NURSERY} (Nursery or other setting)"
        assert entry.what == "What the child can do, Last review, What works"
        assert (entry.shared_by, entry.agreed_by, entry.shared_on) == (
            case.visitor.id, "Sam Canarychild", AT.date(),
        )  # fmt: skip
    assert "What the child can do, Last review, What works. Nothing else." in family.get(space).get_data(as_text=True)


def test_a_permission_that_was_taken_back_closes_what_was_issued_lan_09(
    visited: Visited, council: Council, client_of: ClientOf, work_off: WorkOff, mail_server: MailServer
) -> None:
    case = leaving(visited, council)
    path = put_together(case)
    client = case.visitor.client
    typed = {**answers(part_ids(council)), **ON_PAPER}
    assert send(client, form_to(client.get(path), f"{path}/answers"), typed).status_code == 303
    assert send(client, form_to(client.get(path), f"{path}/issue"), {"how": "link"}).status_code == 303
    work_off()
    nursery, issued = client_of("lancashire"), path_in(mail_server)
    opened = send(nursery, form_to(nursery.get(issued), issued)).location
    assert nursery.get(opened).status_code == 200
    with council("lancashire"):
        allow(case, answer="withdrawn")
        db.session.commit()
    assert nursery.get(opened).status_code == 410
    assert nursery.get(f"{opened}{path}/pdf").status_code == 404


def test_nothing_is_put_together_or_issued_without_a_yes_lan_09(visited: Visited, council: Council) -> None:
    case = visited(done=1)
    client, new = case.visitor.client, f"/episodes/{case.episode_id}/packs/new"
    typed = {"question": "leaving-setting", "recipient_name": NURSERY, "what_works": WORKS}
    refused = send(client, form_to(client.get(new), new), typed)
    assert refused.status_code == 422
    assert "has not said yes to sharing with Nursery or other setting" in refused.get_data(as_text=True)
    with council("lancashire"):
        allow(case)
        db.session.commit()
    path = put_together(case)
    assert post_to(client, f"{path}/issue", how="printed", version="1").status_code == 422  # the family answers first
    ids = part_ids(council)
    assert send(client, form_to(client.get(path), f"{path}/answers"), {**answers(ids), **ON_PAPER}).status_code == 303
    with council("lancashire"):
        allow(case, answer="no")
        db.session.commit()
    late = send(client, form_to(client.get(path), f"{path}/issue"), {"how": "printed"})
    assert late.status_code == 422
    with council("lancashire"):
        assert db.session.scalars(scoped(Disclosure)).all() == []
        assert db.session.scalars(scoped(TransitionPack)).one().status == "answered"


def test_no_to_every_part_issues_nothing_and_an_unchecked_address_gets_no_link(
    visited: Visited, council: Council
) -> None:
    case = leaving(visited, council)
    client = case.visitor.client
    path = put_together(case, address_checked_how="")
    ids = part_ids(council)
    send(client, form_to(client.get(path), f"{path}/answers"), {**answers(ids, *ids), **ON_PAPER})
    form = form_to(client.get(path), f"{path}/issue")
    version = form.typed("version")[0]
    nothing = post_to(client, f"{path}/issue", how="printed", version=version)
    assert nothing.status_code == 422
    assert "no to every part" in nothing.get_data(as_text=True)
    with council("lancashire"):
        for part in db.session.scalars(scoped(PackPart)):
            part.answer = "yes"
        db.session.commit()
    unsafe = post_to(client, f"{path}/issue", how="link", version=version)
    assert unsafe.status_code == 422
    assert "checked" in unsafe.get_data(as_text=True)


def test_a_pack_is_of_this_council_and_of_whoever_may_open_the_child(
    visited: Visited, council: Council, sign_in: SignIn, client_of: ClientOf
) -> None:
    case = leaving(visited, council)
    path = put_together(case)
    assert sign_in("leeds", "service-manager").client.get(path).status_code == 404
    assert sign_in("lancashire", "panel-member").client.get(path).status_code in (302, 303, 403, 404)
    assert client_of("lancashire").get(path).status_code in (302, 303, 401)


def test_where_the_policy_asks_about_no_setting_others_can_still_be_told_lds_17(
    visited: Visited, council: Council
) -> None:
    case = leaving(visited, council, "leeds", "share")
    path = put_together(case, "ican", recipient_name="ICAN, Ms Sample")
    page = case.visitor.client.get(path).get_data(as_text=True)
    assert "ICAN, Ms Sample (ICAN team)" in page


def test_the_database_knows_no_issue_before_an_answer(
    visited: Visited, council: Council, db_admin: psycopg.Connection
) -> None:
    put_together(leaving(visited, council))
    with pytest.raises(psycopg.errors.CheckViolation, match="asked_first"):
        db_admin.execute("update transition_pack set status = 'issued', issued_on = now()")
    with council("lancashire"):
        assert db.session.scalars(scoped(SharingPermission)).one().answer == "yes"


def test_a_pack_that_is_put_aside_is_not_in_the_familys_space_and_issues_nothing(
    visited: Visited, council: Council
) -> None:
    case = leaving(visited, council)
    path, client = put_together(case), case.visitor.client
    form = form_to(client.get(path), f"{path}/put-aside")
    assert send(client, form).status_code == 303
    assert "Put aside" in client.get(path).get_data(as_text=True)
    assert post_to(client, f"{path}/issue", how="printed", version="2").status_code == 422
    with council("lancashire"):
        assert db.session.scalars(scoped(Disclosure)).all() == []
