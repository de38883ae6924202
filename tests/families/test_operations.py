"""Children, carers and the area team that a postcode picks."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from portage.core.db import db
from portage.core.errors import ChangedMeanwhile, NotHere
from portage.core.ids import new_id
from portage.families.operations import (
    NewCarer,
    NewChild,
    add_carer,
    add_child,
    area_for_postcode,
    carers_of,
    change_carer,
    is_postcode,
    tidy_postcode,
)
from portage.tenants.models import Area

Council = Callable[..., AbstractContextManager[UUID]]
WREN = NewChild("Zoë Ann", "O'Shéa-Invented", date(2025, 3, 14), postcode="zz11aa")
ROBIN = NewCarer("Robin Invented", "Mother", telephone="01632 960 001", email_is_safe=False)


@pytest.mark.parametrize(
    ("typed", "tidy"),
    [
        ("zz11aa", "ZZ1 1AA"),
        (" zz12  1aa ", "ZZ12 1AA"),
        ("Z1a-1aa", "Z1A 1AA"),
        ("somewhere", "somewhere"),
        ("", None),
    ],
)
def test_a_postcode_is_written_as_the_post_office_does(typed: str, tidy: str | None) -> None:
    assert tidy_postcode(typed) == tidy
    assert is_postcode(typed) == (tidy is not None and tidy != typed)


def test_the_longest_district_picks_the_area_team(council: Council) -> None:
    with council("larkshire"):
        db.session.add_all(
            Area(key=key, name=key, postcode_districts=districts)
            for key, districts in (("a-all", ["ZZ"]), ("b-one", ["ZZ1", "ZZ12 3"]), ("c-twelve", ["ZZ12"]))
        )
        db.session.flush()
        names = {area.id: area.key for area in db.session.query(Area)}
        picked = {
            typed: (area := area_for_postcode(typed)) and names[area]
            for typed in ("ZZ9 1AA", "zz1 1aa", "ZZ121AA", "ZZ12 3AA", "YY1 1AA", "", "ZZ", None)
        }
    assert picked == {
        "ZZ9 1AA": "a-all",
        "zz1 1aa": "b-one",
        "ZZ121AA": "c-twelve",
        "ZZ12 3AA": "b-one",
        "YY1 1AA": None,
        "": None,
        "ZZ": None,
        None: None,
    }


def test_a_child_is_found_without_accents_or_punctuation(council: Council) -> None:
    with council():
        child = add_child(WREN)
        assert child.search_name == "oshea invented zoe ann"
        assert child.postcode == "ZZ1 1AA"


def test_somebody_elses_change_of_a_carer_is_shown_and_not_overwritten(council: Council) -> None:
    with council():
        child = add_child(WREN)
        carer = add_carer(child.id, ROBIN)
        seen = carer.version
        change_carer(carer.id, replace(ROBIN, telephone="01632 960 002"), version=seen)
        with pytest.raises(ChangedMeanwhile) as refused:
            change_carer(carer.id, replace(ROBIN, email_is_safe=True), version=seen)
        assert refused.value.theirs == [("Telephone", "01632 960 002"), ("Email is safe", "No")]
        assert refused.value.yours == [("Telephone", "01632 960 001"), ("Email is safe", "Yes")]
        assert [one.telephone for one in carers_of(child.id)] == ["01632 960 002"]
        with pytest.raises(NotHere):
            change_carer(new_id(), ROBIN, version=1)
