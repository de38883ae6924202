"""A loaded council moves from a policy of its own to `standard`: every answer stays, or nothing is changed."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from portage.cli import main
from portage.core import clock
from portage.core.db import db
from portage.core.identity import NOBODY, Actor
from portage.core.process import bare_app
from portage.core.tenancy import scoped
from portage.demo.prepare import _load
from portage.editions.models import PolicyEdition, PublishedEdition
from portage.editions.operations import edition_by_id, edition_on, forget_compiled
from portage.policy import installed_policies
from portage.policy.standin import StandIn
from portage.referrals.models import Determination, Referral
from portage.referrals.operations import judge
from portage.support.chosen import with_longest_of
from support import people
from support.moved_policy import NEED, Loaded, asked, kept, loaded
from support.own_policy import LATER, OWN, SLUG, on_its_own, on_standard, second_edition

__all__ = ["loaded"]


def test_loading_the_new_files_is_refused_with_the_command_that_moves(loaded: Loaded) -> None:
    told = loaded.run("load", SLUG)
    assert told.exit_code == 1
    assert f"from 2025-01-01 is published on the policy {OWN}, and the file states it on standard" in told.stderr
    assert "portage tenants move-plugin SLUG --to standard" in told.stderr
    assert {plugin for plugin, _, _ in loaded.rows()} == {OWN}


def test_a_dry_run_compares_and_writes_nothing(loaded: Loaded) -> None:
    before = loaded.rows()
    told = loaded.move("--dry-run")
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        f"{SLUG}: 4 kept answer(s) asked for again, 4 open case(s) among them.",
        "Every answer stays. Nothing was changed: 2 edition(s) can be moved to standard.",
    ]
    assert loaded.rows() == before


def test_after_the_move_every_case_is_read_on_the_new_policy_and_no_answer_changed(loaded: Loaded) -> None:
    with loaded.within():
        before = kept()
        assert [answer[-1]["outcome"] for answer in before] == [
            "eligible",
            "eligible",
            "more-information",
            "not-eligible",
        ]
    told = loaded.move()
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines()[-1] == "Every answer stays. 2 edition(s) moved to standard."
    assert loaded.rows() == [
        (OWN, "restated", date(2025, 1, 1)), (OWN, "restated", date.fromisoformat(LATER)), ("standard", "draft", None),
        ("standard", "published", date(2025, 1, 1)), ("standard", "published", date.fromisoformat(LATER)),
    ]  # fmt: skip
    with loaded.within():
        assert kept() == before
        for referral in db.session.scalars(scoped(Referral)).all():
            policy, edition = edition_by_id(referral.edition_id)
            assert policy.name == edition.plugin == "standard"
            (answer,) = (each[-1] for each in before if each[0] == referral.reference)
            again = judge(referral, by=Actor.of(NOBODY), at=clock.now())
            assert (again.answer, again.plugin) == (answer, "standard")
            assert again.edition_id == edition.id != referral.edition_id
        fresh = asked("portage-form", "parent", "2026-04-03", "2024-02-03", NEED)
        assert (fresh.outcome, edition_by_id(fresh.edition_id)[0].name) == ("eligible", "standard")
        assert edition_by_id(fresh.edition_id)[1].terms.support.longest_months == 18
        db.session.rollback()


def test_the_policy_that_was_left_may_go_before_or_after_the_move(loaded: Loaded) -> None:
    installed: dict[str, Any] = installed_policies()  # type: ignore[assignment] # the kept dictionary itself
    del installed[OWN]
    forget_compiled()
    with loaded.within():
        referral_id = db.session.scalars(select(Referral.id).where(Referral.tenant_id == loaded.tenant_id)).first()
        assert isinstance(edition_on(date(2026, 1, 1))[0], StandIn)
    assert loaded.move().exit_code == 0
    with loaded.within():
        assert edition_on(date(2026, 1, 1))[0].name == "standard"
        referral = db.session.get_one(Referral, (loaded.tenant_id, referral_id))
        assert edition_by_id(referral.edition_id)[0].name == "standard"


def test_the_files_come_back_as_they_are_and_loading_them_again_changes_nothing(loaded: Loaded) -> None:
    assert loaded.run("tidy", SLUG).exit_code == 0
    assert loaded.move().exit_code == 0
    written = (loaded.home / SLUG / "policy.toml").read_text("utf-8")
    assert loaded.run("export", SLUG, "--only", "policy.toml").stdout == written
    again = loaded.run("load", SLUG)
    assert again.stdout == "Brambledale County Council is up to date: 0 new edition(s).\n"
    twice = loaded.move()
    assert twice.exit_code == 1
    assert "Nothing is to be moved" in twice.stderr


def test_a_case_that_would_be_answered_otherwise_is_named_and_nothing_is_changed(loaded: Loaded) -> None:
    def two_years(told: dict[str, Any]) -> None:
        second_edition(told)
        told["edition"][1]["terms"]["eligibility"]["age"]["until"]["birthday"] = 2

    on_standard(loaded.home, two_years)
    before = loaded.rows()
    with loaded.within():
        answers = kept()
    told = loaded.move()
    assert told.exit_code == 1
    references = [answer[0] for answer in answers]
    differing = {line.split()[0]: line.partition(" differs: ")[2] for line in told.stdout.splitlines()[1:-1]}
    to_refused = (
        " -> The request does not meet the published conditions; LAN-01-age was met, would be not met; {}what may be "
        "offered differs; the pattern of support differs; the day of ageing out differs"
    )
    assert differing == {
        references[1]: f"The request meets the published conditions{to_refused.format('')}",
        references[2]: f"More information is needed{to_refused.format('what is missing differs; ')}",
        references[3]: "the day of ageing out differs",
    }
    assert told.stdout.splitlines()[-1] == "3 answer(s) would differ. Nothing was changed."
    assert "Canarychild" not in told.output
    assert loaded.rows() == before
    with loaded.within():
        assert kept() == answers
        assert edition_on(date(2026, 1, 1))[0].name == OWN


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda edition: edition["terms"]["support"].update(longest_months=17), "with other words in: support."),
        (lambda edition: edition["terms"]["routes"]["early-help"].update(name="EHA"), "in: routes.early-help.name."),
        (lambda edition: edition.update(source="Another leaflet"), "in: source."),
        (lambda edition: edition.update(effective_from=date(2026, 3, 2)), "from 1 March 2026 is not in the files"),
    ],
)
def test_files_that_say_another_thing_to_families_are_refused(
    loaded: Loaded, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    def changed(told: dict[str, Any]) -> None:
        second_edition(told)
        change(told["edition"][1])

    on_standard(loaded.home, changed)
    before = loaded.rows()
    told = loaded.move()
    assert told.exit_code == 1
    assert said in told.stderr
    assert loaded.rows() == before


def test_an_answer_that_its_own_policy_would_give_otherwise_today_does_not_hold_a_council_back(loaded: Loaded) -> None:
    with loaded.within():
        row = db.session.scalars(scoped(Determination).order_by(Determination.id)).first()
        assert row is not None
        told = {name: getattr(row, name) for name in ("referral_id", "edition_id", "plugin", "facts", "outcome")}
        older = {**row.answer, "offers": ["home-visits", "toy-library"]}
        old = Determination(**told, answer=older, plugin_version="0.1.0", rules_digest="b" * 64, made_by="system",
                            made_at=row.made_at)  # fmt: skip
        db.session.add(old)
        db.session.commit()
    told_again = loaded.move()
    assert told_again.exit_code == 0, told_again.output
    assert "  1 were given by earlier rules, which the policy that is left has changed as well." in told_again.stdout


def test_a_council_moves_on_and_back_and_its_oldest_cases_follow(loaded: Loaded) -> None:
    assert loaded.move().exit_code == 0
    on_its_own(loaded.home, second_edition)
    back = loaded.run("move-plugin", SLUG, "--to", OWN)
    assert back.exit_code == 0, back.output
    statuses = [status for _, status, _ in loaded.rows()]
    assert sorted(statuses) == ["draft", "published", "published", *["restated"] * 4]
    with loaded.within():
        for referral in db.session.scalars(scoped(Referral)).all():
            policy, edition = edition_by_id(referral.edition_id)
            assert policy.name == edition.plugin == OWN
        shelf = select(PublishedEdition.plugin).where(PublishedEdition.council_id == loaded.tenant_id)
        assert list(db.session.scalars(shelf)) == [OWN, OWN]


def test_who_published_and_what_was_decided_stay_with_the_edition(loaded: Loaded) -> None:
    assert loaded.move().exit_code == 0
    with loaded.within():
        rows = db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.status == "published")).all()
        before = db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.status == "restated")).all()
        names = ("source", "effective_from", "revision", "seeded_as", "published_by", "decided_by", "waiting_moves")
        assert [[getattr(row, name) for name in names] for row in rows] == [
            [getattr(row, name) for name in names] for row in before
        ]
        assert [row.restates for row in rows] == [row.id for row in before]


def test_an_edition_that_moved_counts_as_the_same_when_the_longest_support_is_chosen(loaded: Loaded) -> None:
    with loaded.within():
        judged_by = edition_on(date(2026, 1, 1))[1].id
    assert judged_by is not None
    assert loaded.move().exit_code == 0
    with loaded.within():
        assert with_longest_of(date(2026, 1, 1), "decision", judged_by, {}) == {}
        assert with_longest_of(date(2026, 4, 1), "decision", judged_by, {}) != {}


def test_the_application_itself_cannot_put_a_published_edition_away(loaded: Loaded) -> None:
    with loaded.within():
        held = update(PolicyEdition).where(PolicyEdition.tenant_id == loaded.tenant_id)
        with pytest.raises(DBAPIError, match="a published edition stays as it was published"):
            db.session.execute(held.where(PolicyEdition.status == "published").values(status="restated"))
        db.session.rollback()
    assert {status for _, status, _ in loaded.rows()} == {"published", "draft"}


def test_the_page_shows_both_forms_and_says_so(loaded: Loaded) -> None:
    assert loaded.move().exit_code == 0
    person = people.sign_in(loaded.app, loaded.tenant_id, SLUG, "service-manager")
    page = person.client.get("/policy").text
    assert "this edition was written again for the policy “standard”" in page
    assert page.count("Moved to another policy") == 2
    with loaded.within():
        first = db.session.scalars(
            scoped(PolicyEdition).where(PolicyEdition.status == "restated").order_by(PolicyEdition.effective_from)
        ).first()
        assert first is not None
        was = first.id
    old = person.client.get(f"/policy?edition={was}").text
    assert "This is the edition as it was published" in old
    assert "What each form asks, and who decides" not in old  # only the standard policy writes that part
    compared = person.client.get("/policy/compare", query_string={"left": f"own:{was}", "right": f"own:{was}"})
    assert compared.status_code == 200


def test_an_edition_of_a_file_may_name_a_policy_of_its_own(loaded: Loaded) -> None:
    on_its_own(loaded.home, second_edition)
    own = (loaded.home / SLUG / "policy.toml").read_text("utf-8")
    on_standard(loaded.home, second_edition)
    standard = (loaded.home / SLUG / "policy.toml").read_text("utf-8")
    first, later = own.split("[[edition]]\n")[1], standard.split("[[edition]]\n")[2]
    mixed = f'[[edition]]\nplugin = "{OWN}"\n{first}[[edition]]\n{later.replace("2026-03-01", "2026-05-01")}'
    (loaded.home / SLUG / "policy.toml").write_text(mixed, "utf-8")
    assert loaded.run("tidy", SLUG).exit_code == 0
    assert loaded.run("load", SLUG).exit_code == 0
    with loaded.within():
        policies = {day: edition_on(date.fromisoformat(day))[0].name for day in (LATER, "2026-05-01")}
        assert policies == {LATER: OWN, "2026-05-01": "standard"}
    tidied = (loaded.home / SLUG / "policy.toml").read_text("utf-8")
    exported = loaded.run("export", SLUG, "--only", "policy.toml").stdout
    assert f'plugin = "{OWN}"' in tidied
    assert all(part in exported for part in tidied.split("[[edition]]\n"))
    judged = CliRunner().invoke(
        main, ["policy", "determine", "--tenant", SLUG, "-"],
        input='{"received_on": "2026-01-10", "route": "portage-form", "referrer": "parent", '
        '"child": {"date_of_birth": "2024-02-03", "significant_need": true}}',
    )  # fmt: skip
    assert '"outcome": "eligible"' in judged.output
    (loaded.home / SLUG / "policy.toml").write_text(mixed.replace(f'"{OWN}"', '"atlantis"'), "utf-8")
    wrong = loaded.run("check", SLUG)
    assert wrong.exit_code == 1
    assert "policy.toml:2: edition.1.plugin: The policy atlantis is not installed" in wrong.stdout


def test_the_folder_has_to_name_the_policy_and_the_council_has_to_be_loaded(loaded: Loaded) -> None:
    told = loaded.run("move-plugin", SLUG, "--to", "leeds")
    assert (told.exit_code, "tenant.toml names the policy standard, not leeds" in told.stderr) == (1, True)
    manifest = loaded.home / SLUG / "tenant.toml"
    moved = loaded.home / "nowhere"
    (loaded.home / SLUG).rename(moved)
    manifest = moved / "tenant.toml"
    manifest.write_text(manifest.read_text("utf-8").replace(SLUG, "nowhere"), "utf-8")
    told = loaded.run("move-plugin", "nowhere", "--to", "standard")
    assert (told.exit_code, "There is no council 'nowhere' in this database" in told.stderr) == (1, True)


def test_nothing_is_left_half_done_when_the_last_step_fails(loaded: Loaded, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("by hand")

    before = loaded.rows()
    monkeypatch.setattr("portage.settings.moving_plugin.bring_in", fail)
    assert isinstance(loaded.move().exception, RuntimeError)
    assert loaded.rows() == before
    with loaded.within():
        assert db.session.scalar(text("select plugin from tenant where id = :id"), {"id": loaded.tenant_id}) == OWN


def test_a_demonstration_that_an_earlier_version_began_is_moved_when_it_starts(
    loaded: Loaded, database: Any, servers: Any
) -> None:
    with bare_app(database.at.owner, bytes.fromhex(servers.tenant_key)).app_context():
        _load(loaded.home / SLUG)
        _load(loaded.home / SLUG)
        db.session.remove()
        db.engine.dispose()
    assert {status for plugin, status, _ in loaded.rows() if plugin == OWN} == {"restated"}


def test_a_draft_in_the_terms_of_a_policy_that_is_away_says_so_and_does_not_hold_up_the_files(loaded: Loaded) -> None:
    with loaded.within():
        draft = db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.status == "draft")).one()
        draft.authors = ["01a20218-0062-748c-98de-7108b490a779"]  # somebody works on it, so that no file overwrites it
        db.session.commit()
        kept_by_people = draft.id
    told = loaded.move()
    assert "1 draft(s) that people work on stay on the policy that is left." in told.stdout
    installed: dict[str, Any] = installed_policies()  # type: ignore[assignment] # the kept dictionary itself
    del installed[OWN]
    forget_compiled()
    person = people.sign_in(loaded.app, loaded.tenant_id, SLUG, "tenant-administrator")
    page = person.client.get(f"/policy/drafts/{kept_by_people}")
    assert page.status_code == 409
    assert f"written for the policy {OWN}, which is not installed here any more" in page.text
    exported = loaded.run("export", SLUG, "--only", "policy.toml")
    assert (exported.exit_code, exported.stdout.count("[[edition]]")) == (0, 2)
