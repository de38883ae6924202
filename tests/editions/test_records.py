"""Who decided, what was corrected and what was withdrawn go out with a council's files, and come back from them."""

import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import tomli_w
from click.testing import CliRunner

from editions.test_publishing import drafted, in_force, publication, somebody
from portage.cli import main
from portage.core import clock
from portage.core.db import db
from portage.core.tenancy import scoped
from portage.editions.checking import check_policy
from portage.editions.drafting import Withdrawal
from portage.editions.export import editions_as_toml
from portage.editions.folders import TenantPolicy
from portage.editions.models import PolicyEdition
from portage.editions.operations import Seeded, edition_on, editions_of_tenant, load_editions
from portage.editions.publishing import Correction, publish, withdraw
from portage.editions.refusals import EditionAlreadyPublished, NothingToCorrect
from portage.editions.timeline import timeline
from portage.policy import NoEditionInForce, edition_in_force
from support.policies import TENANTS

Within = Callable[..., AbstractContextManager[UUID]]
Told = dict[str, Any]


@pytest.fixture
def written(council: Within, tmp_path: Path) -> Path:
    """The folder of a council that corrected one edition, published a coming one and withdrew another."""
    with council("leeds"):
        wrong, correcting = in_force(), drafted(somebody(), 7)
        told = publication(
            correcting, effective_from=wrong.effective_from, correction=Correction(wrong.id, "A mistake."),
            source="Corrected", waiting_moves=("support.longest_months",),
        )  # fmt: skip
        publish(correcting.id, told, by=somebody(), at=clock.now())
        coming, gone = drafted(somebody(), 9), drafted(somebody(), 10)
        publish(coming.id, publication(coming), by=somebody(), at=clock.now())
        later = publication(gone, effective_from=coming.effective_from + timedelta(days=40), source="Too early")
        publish(gone.id, later, by=somebody(), at=clock.now())
        withdraw(gone.id, Withdrawal("The call-in.", gone.version), by=somebody(), at=clock.now())
        folder = tmp_path / "leeds"
        folder.mkdir()
        (folder / "tenant.toml").write_text((TENANTS / "leeds" / "tenant.toml").read_text("utf-8"), "utf-8")
        (folder / "policy.toml").write_text(editions_as_toml(editions_of_tenant()), "utf-8")
        db.session.commit()
    return folder


def read(folder: Path) -> TenantPolicy:
    council, problems = check_policy(folder)
    assert [str(each) for each in problems] == []
    assert council is not None
    return council


def editions(folder: Path) -> list[Told]:
    told: list[Told] = tomllib.loads((folder / "policy.toml").read_text("utf-8"))["edition"]
    return told


def test_the_file_says_who_decided_what_was_corrected_and_what_was_withdrawn(written: Path) -> None:
    first, mistaken, corrected, coming, gone, draft = editions(written)
    for plain in (first, mistaken, draft):
        assert not plain.keys() & {"revision", "decision", "correction", "withdrawn", "waiting_moves"}
    assert (corrected["revision"], corrected["waiting_moves"]) == (1, ["support.longest_months"])
    assert corrected["correction"] == {"effective_from": mistaken["effective_from"], "reason": "A mistake."}
    decided = coming["decision"]
    assert decided["body"] in ("committee", "officer")
    assert {"by", "on", "minute_reference", "equality_assessment", "local_offer", "published_on"} <= decided.keys()
    assert gone["withdrawn"] == {"on": clock.today(), "reason": "The call-in."}
    assert gone["decision"]["minute_reference"] == decided["minute_reference"]


def test_loading_it_into_the_same_council_changes_nothing(written: Path, council: Within) -> None:
    with council("leeds"):
        assert load_editions(read(written)) == Seeded(0, 6, 0)
        assert not db.session.dirty


def test_another_council_that_is_loaded_from_it_writes_the_same_file(written: Path, council: Within) -> None:
    told = read(written)
    with council("larkshire"):
        assert load_editions(replace(told, tenant="larkshire")) == Seeded(6, 0, 0)
        assert editions_as_toml(editions_of_tenant()) == (written / "policy.toml").read_text("utf-8")
        assert load_editions(replace(told, tenant="larkshire")) == Seeded(0, 6, 0)
        states = [each.state for each in timeline(clock.today())]
        assert sorted(states) == ["coming", "corrected", "in-force", "past", "waiting-for-a-date", "withdrawn"]
        correcting = db.session.scalars(scoped(PolicyEdition).where(PolicyEdition.revision == 1)).one()
        assert correcting.corrects is not None
        assert correcting.waiting_moves == ["support.longest_months"]
        assert edition_on(clock.today())[1].terms.support.longest_months == 7
        db.session.rollback()


def test_a_file_judges_by_the_last_edition_of_a_day_and_never_by_one_that_was_withdrawn(written: Path) -> None:
    told = read(written)
    assert [each.terms.support.longest_months for each in told.published] == [12, 7, 9]
    assert edition_in_force(told.editions, date(2099, 1, 1)).terms.support.longest_months == 9
    gone = next(each for each in told.editions if each.withdrawn)
    assert gone.title.startswith("Withdrawn before ")
    with pytest.raises(NoEditionInForce):
        edition_in_force([gone], date(2099, 1, 1))


def test_the_command_reads_it_too(written: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAGE_TENANTS", str(written.parent))
    shown = CliRunner().invoke(main, ["policy", "show", "leeds"])
    assert shown.exit_code == 0, shown.output
    assert "Source: Corrected." in shown.output
    exported = CliRunner().invoke(main, ["policy", "export", "leeds"])
    assert exported.output == (written / "policy.toml").read_text("utf-8")


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        (lambda told: told[3]["decision"].update(body="mayor"), "edition.4.decision.body", "committee"),
        (lambda told: told[3]["decision"].pop("minute_reference"), "edition.4.decision.minute_reference", "missing"),
        (lambda told: told[3]["decision"].update(on="soon"), "edition.4.decision.on", "date"),
        (lambda told: told[3]["decision"].update(mood="good"), "edition.4.decision.mood", "known"),
        (lambda told: told[4]["withdrawn"].update(reason=""), "edition.5.withdrawn.reason", "must"),
        (lambda told: told[2].pop("correction"), "edition.3.correction", "missing"),
        (lambda told: told[2].update(revision=-1), "edition.3.revision", "0"),
        (lambda told: told[2].pop("revision"), "edition.3.effective_from", "same day"),
        (lambda told: told[5].update(withdrawn=told[4]["withdrawn"]), "edition.6.withdrawn", "draft"),
    ],
)  # fmt: skip
def test_each_wrong_field_of_a_record_is_named_on_its_line(
    written: Path, change: Callable[[list[Told]], object], path: str, said: str
) -> None:
    told = editions(written)
    change(told)
    (written / "policy.toml").write_text(tomli_w.dumps({"edition": told}), "utf-8")
    _, problems = check_policy(written)
    (problem,) = problems
    assert problem.field == path
    assert said in problem.sentence
    assert problem.line > 1


def test_what_was_published_stays_also_beside_another_record(written: Path, council: Within) -> None:
    told = editions(written)
    told[3]["decision"]["by"] = "Somebody else"
    (written / "policy.toml").write_text(tomli_w.dumps({"edition": told}), "utf-8")
    with council("leeds"), pytest.raises(EditionAlreadyPublished):
        load_editions(read(written))


def test_a_file_does_not_withdraw_what_is_published(written: Path, council: Within) -> None:
    told = editions(written)
    told[3]["withdrawn"] = {"on": date(2026, 1, 1), "reason": "By a file."}
    (written / "policy.toml").write_text(tomli_w.dumps({"edition": told}), "utf-8")
    with council("leeds"):
        load_editions(read(written))
        day = told[3]["effective_from"]
        rows = scoped(PolicyEdition).where(PolicyEdition.effective_from == day)
        assert sorted(row.status for row in db.session.scalars(rows)) == ["published", "withdrawn"]
        db.session.rollback()


def test_a_correction_of_nothing_is_refused(written: Path, council: Within) -> None:
    told = editions(written)
    told[2]["correction"]["effective_from"] = date(2020, 1, 1)
    (written / "policy.toml").write_text(tomli_w.dumps({"edition": told}), "utf-8")
    with council("larkshire"), pytest.raises(NothingToCorrect, match="2020-01-01"):
        load_editions(replace(read(written), tenant="larkshire"))
