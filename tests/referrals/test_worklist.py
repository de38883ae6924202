"""The worklist: found by name, reference and postcode, filtered in the address, and as quick with many rows."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event

from portage.core.db import db
from support.requests import ELIGIBLE, RequestOf
from support.staff import SignIn

# What each page of a signed-in person asks before its own work, and after it.
FRAME = ("tenant", "web_session", "role_grant", "area_membership", "audit_event")


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements of a request, but those of council, session, the frame's edition and the trail."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        source = re.search(r"(?:\bfrom|\binto|\bupdate)\s+(\w+)", statement, re.IGNORECASE)
        if source and not source[1].startswith(FRAME):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def many(request_of: RequestOf, db_admin: psycopg.Connection) -> int:
    """Ten thousand requests of one council, copied from one that was really received."""
    family = request_of("west-northants")
    db_admin.execute("set session_replication_role = replica")
    for table, new in (
        ("child", "family_name || n, search_name || n"),
        ("referral", "reference || n"),
        ("deadline", ""),
    ):
        columns = [
            name
            for (name,) in db_admin.execute(
                "select column_name from information_schema.columns where table_name = %s", (table,)
            )
        ]
        changed = {
            "id": "md5(id::text || n)::uuid",
            "child_id": "md5(child_id::text || n)::uuid",
            "referral_id": "md5(referral_id::text || n)::uuid",
            "family_name": "family_name || n",
            "search_name": "'family' || n || ' kit'",
            "reference": "reference || n",
        }
        chosen = ", ".join(changed.get(name, name) for name in columns)
        db_admin.execute(
            f"insert into {table} ({', '.join(columns)}) select {chosen} from {table}, generate_series(1, 9999) n"  # noqa: S608 - names from this file
        )
        assert new is not None
    db_admin.execute("analyze child, referral, deadline")
    (number,) = db_admin.execute(
        "select count(*) from referral where tenant_id = (select tenant_id from referral where id = %s)",
        (family.referral_id,),
    ).fetchone() or (0,)
    return int(number)


def test_ten_thousand_rows_take_as_many_statements_as_one(
    app: Flask, sign_in: SignIn, request_of: RequestOf, many: int
) -> None:
    assert many == 10_000
    manager = sign_in("west-northants", "service-manager")
    manager.client.get("/worklist")
    with counted(app) as statements:
        page = manager.client.get("/worklist")
    assert page.status_code == 200
    assert "10000 requests" in page.text
    assert "Page 1 of 200" in page.text
    assert len(statements) <= 6, statements
    with counted(app) as statements:
        found = manager.client.get("/worklist?q=family77&sort=name")
    assert "family77" not in found.text.split("<table")[0].split("value=")[0]
    assert found.text.count('<th scope="row">') == 50
    assert len(statements) <= 6, statements


def test_a_request_page_takes_at_most_six_statements(app: Flask, sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds", facts=ELIGIBLE)
    manager = sign_in("leeds", "service-manager")
    manager.client.get(f"/referrals/{family.referral_id}")
    with counted(app) as statements:
        assert manager.client.get(f"/referrals/{family.referral_id}").status_code == 200
    assert len(statements) <= 6, "\n\n".join(each[:160] for each in statements)


def test_names_references_and_postcodes_are_found(sign_in: SignIn, request_of: RequestOf) -> None:
    zoe = request_of("leeds", given_name="Zoë", family_name="O’Canary-Dovè", postcode="LS6 2BB")
    request_of("leeds", given_name="Kit", family_name="Otherchild")
    client = sign_in("leeds", "service-manager").client
    reference = zoe.reference.lower().replace("-", " ")
    for typed in ("ocanary", "O'Canary D", "zoe ocan", "ls62bb", "LS6 2BB", reference):
        page = client.get("/worklist", query_string={"q": typed})
        assert f"/referrals/{zoe.referral_id}" in page.text, typed
        assert "Otherchild" not in page.text, typed
    assert "Nothing was found" in client.get("/worklist?q=nobodyhere").text


def test_filters_live_in_the_address_and_nonsense_is_the_usual(sign_in: SignIn, request_of: RequestOf) -> None:
    asked = request_of("leeds", facts=ELIGIBLE)
    client = sign_in("leeds", "service-manager").client
    assert f"/referrals/{asked.referral_id}" in client.get("/worklist?stage=new&route=request-form").text
    assert f"/referrals/{asked.referral_id}" not in client.get("/worklist?stage=declined").text
    assert f"/referrals/{asked.referral_id}" not in client.get("/worklist?route=hen").text
    for nonsense in ("stage=x&sort=y&page=-3&area=z", "page=99999999999999999999", "page=0", "q=%00", "area=%27"):
        assert client.get(f"/worklist?{nonsense}").status_code == 200, nonsense


def test_overdue_is_said_in_words(sign_in: SignIn, request_of: RequestOf) -> None:
    late = request_of("west-northants", days_ago=10)
    early = request_of("west-northants", given_name="Bea")
    client = sign_in("west-northants", "service-manager").client
    page = client.get("/worklist?overdue=yes")
    assert f"/referrals/{late.referral_id}" in page.text
    assert f"/referrals/{early.referral_id}" not in page.text
    assert "overdue by 3 days" in page.text
    assert "due in 7 days" in client.get("/worklist").text


def test_a_manager_sees_their_own_area_first_and_can_choose_another(
    sign_in: SignIn, request_of: RequestOf, council: Callable[..., AbstractContextManager[UUID]]
) -> None:
    near = request_of("lancashire", given_name="Near", postcode="BB9 1AA")
    far = request_of("lancashire", given_name="Far", postcode="LA1 1AA")
    areas = areas_of(council, near.child_id, far.child_id)
    assert areas[0] != areas[1]
    manager = sign_in("lancashire", "service-manager", areas=[areas[0]])
    page = manager.client.get("/worklist")
    assert "Near Canarychild" in page.text
    assert "Far Canarychild" not in page.text
    assert "Far Canarychild" in manager.client.get("/worklist?area=all").text


def test_a_visitor_sees_their_caseload_and_finds_others_by_name(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds")
    visitor = sign_in("leeds", "home-visitor")
    assert family.reference not in visitor.client.get("/worklist").text
    assert family.reference not in visitor.client.get("/worklist?q=c").text
    assert family.reference in visitor.client.get("/worklist?q=canary").text


@pytest.mark.parametrize("role", ["volunteer", "auditor", "tenant-administrator"])
def test_roles_without_case_work_have_no_worklist(sign_in: SignIn, role: str) -> None:
    assert sign_in("leeds", role).client.get("/worklist").status_code == 403


def test_another_councils_requests_are_in_no_list(sign_in: SignIn, request_of: RequestOf) -> None:
    family = request_of("leeds", family_name="Leedscanary")
    client = sign_in("lancashire", "service-manager").client
    for query in ("", "?q=leedscanary", f"?q={family.reference}", "?stage=all"):
        page = client.get(f"/worklist{query}").text
        assert str(family.referral_id) not in page
        assert "Leedscanary" not in page


def areas_of(council: Callable[..., AbstractContextManager[UUID]], *children: UUID) -> list[str]:
    """The keys of the children's area teams."""
    from portage.core.tenancy import scoped
    from portage.families.models import Child
    from portage.tenants.models import Area

    with council("lancashire"):
        keys = []
        for child_id in children:
            area_id = db.session.scalars(scoped(Child).where(Child.id == child_id)).one().area_id
            keys.append(db.session.scalars(scoped(Area).where(Area.id == area_id)).one().key)
        return keys
