"""A council's folder: complete, without secrets, and refused with the field's name when something is wrong."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from portage.accounts.rules import Rules
from portage.core.access import Role
from portage.tenants.problems import FolderInvalid
from portage.tenants.reading import read_manifest
from support.policies import SHIPPED, TENANTS


@pytest.mark.parametrize("slug", SHIPPED)
def test_each_shipped_council_says_what_its_pages_and_letters_need(slug: str) -> None:
    manifest = read_manifest(TENANTS / slug)
    tables = manifest.tables
    assert tables.slug == slug
    assert f"{slug}.localhost" in tables.hosts
    assert [place.key for place in tables.safeguarding] == ["lead", "front-door", "out-of-hours"]
    assert {place.key for place in tables.help} == {"sendiass", "local-offer", "complaints", "ask-again"}
    assert {"privacy", "accessibility"} <= {page.key for page in manifest.pages}
    assert "public task" in tables.privacy.lawful_basis
    assert json.loads(json.dumps(manifest.profile)) == manifest.profile


@pytest.mark.parametrize("slug", SHIPPED)
def test_what_is_invented_is_marked_as_an_assumption(slug: str) -> None:
    manifest = read_manifest(TENANTS / slug)
    assumed = {each.term for each in manifest.tables.assumption}
    assert {"calendar", "safeguarding", "help", "identity_provider", "mail_from"} <= assumed
    assert ("area" in assumed) is bool(manifest.tables.area)


@pytest.mark.parametrize("slug", SHIPPED)
def test_the_rules_of_each_provider_give_roles_that_exist_and_hold_no_secret(slug: str) -> None:
    text = (TENANTS / slug / "tenant.toml").read_text(encoding="utf-8")
    assert "client_secret =" not in text
    (provider,) = read_manifest(TENANTS / slug).tables.identity_provider
    told = {
        "claim": provider.rules.claim,
        "scope": provider.rules.scope,
        "groups": [{"value": rule.value, "role": rule.role, "area": rule.area} for rule in provider.rules.groups],
    }
    roles = {rule.role for rule in Rules.read(told).groups}
    assert roles == {role.value for role in Role} - {Role.OPERATOR.value}


def test_lancashires_postcodes_lead_to_three_area_teams_with_contacts() -> None:
    areas = read_manifest(TENANTS / "lancashire").tables.area
    assert len(areas) >= 3
    assert all(area.telephone and area.email and area.postcode_districts for area in areas)


@pytest.mark.parametrize("slug", SHIPPED)
def test_school_terms_are_in_order_and_cover_the_years_in_use(slug: str) -> None:
    terms = read_manifest(TENANTS / slug).calendar.terms
    days = [day for term in terms for day in (term.first_day, term.last_day)]
    assert days == sorted(set(days))
    assert (days[0].year, days[-1].year) == (2024, 2027)


def replaced(file: str, old: str, new: str) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")

    return spoil


SPOILT: list[tuple[str, Callable[[Path], object], str]] = [
    ("an unknown field", replaced("tenant.toml", 'slug = "', 'colour = 1\nslug = "'), "colour"),
    ("a colour that is a word", replaced("tenant.toml", 'colour = "#9c1c32"', 'colour = "red"'), "colour"),
    ("no host", replaced("tenant.toml", 'hosts = ["lancashire.localhost"]', "hosts = []"), "hosts"),
    ("a host with a port", replaced("tenant.toml", "lancashire.localhost", "lancashire.localhost:80"), "hosts"),
    ("a district of two teams", replaced("tenant.toml", '"BB4"', '"LA1", "BB4"'), "LA1 belongs to two"),
    ("a rule for no team", replaced("tenant.toml", 'area = "north"', 'area = "west"'), "area team west"),
    ("a key used twice", replaced("tenant.toml", 'key = "front-door"', 'key = "lead"'), "safeguarding"),
    ("a page without a title", lambda folder: (folder / "content/home.md").write_text("Words.\n"), "home.md"),
    ("no tenant.toml", lambda folder: (folder / "tenant.toml").unlink(), "tenant.toml:1: file: is missing"),
    ("a file that is no TOML", lambda folder: (folder / "tenant.toml").write_text("x ="), "is not TOML"),
    ("terms that overlap", replaced("terms.toml", "last_day = 2024-10-25", "last_day = 2024-11-10"), "begins before"),
    ("a term that ends before it begins", replaced("terms.toml", "2024-10-25", "2024-08-01"), "ends before"),
    ("a term without an end", replaced("terms.toml", "last_day = 2024-10-25\n", ""), "last_day"),
]


@pytest.mark.parametrize(("spoil", "named"), [row[1:] for row in SPOILT], ids=[row[0] for row in SPOILT])
def test_a_folder_with_a_mistake_is_refused_and_the_mistake_is_named(
    tmp_path: Path, spoil: Callable[[Path], object], named: str
) -> None:
    folder = tmp_path / "lancashire"
    shutil.copytree(TENANTS / "lancashire", folder)
    spoil(folder)
    with pytest.raises(FolderInvalid, match=named):
        read_manifest(folder)
