"""Nobody gets at another council's rows: every route, method and role, with ids that answer their owners."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portage.accounts.models import ROLES
from portage.core.access import NEEDS_CLEARANCE
from support.lengths import AT_LENGTH
from support.live import Live
from support.probed import NOBODY, World
from support.prober import (
    Door,
    Proven,
    Report,
    Wire,
    doors,
    probe,
    prove,
    rows_for,
    targets,
    with_ids,
)

LEAST = 5_000
EACH = 3 if AT_LENGTH else 1  # rows of each council for each kind of address
THREADS = 4  # the service has two processes, and a connection stays with one of them
NOT_OPENED = {  # routes that no row of one's own opens in this rig, each with the reason
    "GET /auth/<uuid:provider_id>/callback": "answers only to a sign-in under way",
    "GET /referrals/<uuid:referral_id>/letter/<uuid:letter_id>/pdf": "only where letters can be made into PDF",
}


@pytest.fixture(scope="module")
def proven(seeded: World, served: Live) -> Proven:
    """Rows of every council that have answered their owner."""
    wire = Wire(served.ports.pages)
    found = prove(seeded, wire, with_ids(seeded.app), EACH)
    wire.close()
    return found


def test_a_row_is_known_for_every_id_in_an_address(seeded: World) -> None:
    kinds = {door.nouns for door in with_ids(seeded.app)}
    assert len(kinds) > 20
    assert [nouns for nouns in kinds if not any(rows_for(seeded, slug, nouns) for slug in seeded.slugs)] == []


def test_every_address_answers_its_owner(seeded: World, proven: Proven) -> None:
    pages = {str(door) for door in with_ids(seeded.app) if door.method == "GET"}
    assert pages - proven.opened - set(NOT_OPENED) == set()
    kinds = {door.nouns for door in with_ids(seeded.app)}
    assert [nouns for nouns in kinds if not any(proven.of(nouns, slug) for slug in seeded.slugs)] == []


def test_another_councils_row_is_like_no_row_for_everybody(
    seeded: World, served: Live, proven: Proven, tmp_path_factory: pytest.TempPathFactory
) -> None:
    all_doors = with_ids(seeded.app)
    with ThreadPoolExecutor(THREADS) as pool:
        shares = pool.map(lambda n: ask_all(seeded, served.ports.pages, proven, all_doors[n::THREADS]), range(THREADS))
        report = Report()
        for share in shares:
            report.add(share)
    listed = tmp_path_factory.getbasetemp() / "probes.txt"
    write(listed, report, all_doors)
    print(listed.read_text(encoding="utf-8"))  # noqa: T201  the list is shown when the test fails, and with -rP
    assert report.wrong == []
    assert report.probes.total() >= LEAST
    assert [str(door) for door in all_doors if not report.probes[str(door)]] == []


def ask_all(world: World, port: int, proven: Proven, share: list[Door]) -> Report:
    """One thread's share: each door, at each council, as each role, for rows of the other councils.

    A page's headers alone, and roles that may not even ask, are tried at one council, another for each door.
    """
    wire, report = Wire(port), Report()
    for number, door in enumerate(share):
        others = {
            home: [ids for slug in world.slugs if slug != home for ids in proven.of(door.nouns, slug)]
            for home in world.slugs
        }
        asked = world.clears if door.declared.can in NEEDS_CLEARANCE else world.slugs
        homes = [home for home in asked if others[home]]  # some rows are one council's alone
        for home, foreign in others.items():
            once = bool(homes) and home == homes[number % len(homes)]
            if door.method == "HEAD" and not once:
                continue
            chosen = targets(proven.of(door.nouns, home), foreign)
            for role in (*ROLES, NOBODY):
                allowed = door.declared.can is None or door.declared.can in world.may(home, role)
                probe(world, wire, door, role, home, chosen if allowed else chosen[:once], report)
    wire.close()
    return report


def write(listed: Path, report: Report, all_doors: list[Door]) -> None:
    """Leave the list by route beside the test's other files."""
    head = f"{report.probes.total()} probes; {report.alike.total()} more answered alike before a row was looked for\n"
    listed.write_text(head + "\n".join(report.lines(all_doors)) + "\n", encoding="utf-8")


def test_secret_links_of_another_council_open_nothing(seeded: World, served: Live) -> None:
    wire = Wire(served.ports.pages)
    behind = [door for door in doors(seeded.app) if "token" in door.parameters and door.rule.startswith("/l/")]
    assert len(behind) >= 2
    for door in (door for door in behind if door.method == "GET"):
        for home in seeded.slugs:
            nobodys = wire.ask("GET", home, door.rule.replace("<token>", "x" * 43), None)
            own = wire.ask("GET", home, door.rule.replace("<token>", seeded.links[home]), None)
            assert own.status == 200
            for slug in (slug for slug in seeded.slugs if slug != home):
                answer = wire.ask("GET", home, door.rule.replace("<token>", seeded.links[slug]), None)
                assert (answer.status, len(answer.told)) == (nobodys.status, len(nobodys.told))
                assert answer.status in (404, 410)
    wire.close()


def test_a_session_of_one_council_is_nobody_at_another(seeded: World, served: Live) -> None:
    wire = Wire(served.ports.pages)
    for slug in seeded.slugs:
        for home in seeded.slugs:
            answer = wire.ask("GET", home, "/policy", seeded.session(slug, "service-manager"))
            assert answer.status == (200 if home == slug else 401)
    wire.close()
