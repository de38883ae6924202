"""A preview of a hundred thousand requests: faster than judging each of them, small, and the page answers meanwhile."""

import gc
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from portage.config import Settings
from portage.core import clock
from portage.core.db import db
from portage.core.process import settle
from portage.core.tenancy import tenant_scope
from portage.editions.operations import edition_by_id
from portage.policy import Facts
from portage.previews import carrying_out, cases, jobs
from portage.previews.comparing import Judge
from portage.previews.models import Preview, PreviewChange
from portage.referrals.models import Referral
from support.background import mail_server, worker_app, worker_app_of_process
from support.database import Database
from support.judged_rows import seed
from support.people import Hired
from support.previews import DraftOf, PreviewOf, draft_of, preview_of, worker_process

__all__ = ["draft_of", "mail_server", "preview_of", "worker_app", "worker_app_of_process"]
TIMES_PLAIN, MIB = 5.0, 300
SHORT = 3_000, 3
Within = Callable[..., AbstractContextManager[UUID]]
EDITS = {"age limit 30 to 36 months": {"eligibility.age.oldest.age": 36}}
EVERYTHING = {"eligibility.delay.percent": 35, "eligibility.delay.areas": ["physical", "speech-and-language"]}


@dataclass(frozen=True, slots=True)
class Length:
    """How many requests, how many rounds."""

    number: int
    rounds: int

    @property
    def whole(self) -> bool:
        return self.number == 100_000


@pytest.fixture
def length(request: pytest.FixtureRequest) -> Length:
    """A hundred thousand requests when `make bench` asks, else enough to see that something went badly wrong."""
    return Length(100_000, 7) if request.config.getoption("--bench", default=False) else Length(*SHORT)


@pytest.fixture
def work_off() -> Callable[[], list[str]]:
    """Nothing is carried out before it is timed."""
    return list


@pytest.fixture(autouse=True)
def settled() -> Iterator[None]:
    """Both ways run in a process that has settled down, as a worker's has."""
    usual = gc.get_threshold()
    settle()
    yield
    gc.unfreeze()
    gc.set_threshold(*usual)


@pytest.fixture
def seeded(db_admin: psycopg.Connection, shipped: dict[str, UUID], length: Length) -> UUID:
    """The council under the clock, with its requests."""
    seed(db_admin, "leeds", shipped["leeds"], length.number, today=clock.today())
    return shipped["leeds"]


def by_preview(app: Flask, tenant_id: UUID, preview_id: UUID) -> set[str]:
    """Count, plan and judge as a preview does, all in one piece; answers who would change."""
    with app.app_context(), tenant_scope(tenant_id, "worker"):
        preview = db.session.get_one(Preview, (tenant_id, preview_id))
        draft = Judge.by(preview.edition_id)
        assert draft is not None
        scope = cases.Scope(preview.since, preview.asked_at)
        with cases.reading() as session:
            piece, _ = carrying_out._take_up(preview, session, scope, draft)
            carrying_out._judge(session, scope, piece, draft, lambda: False)
        return {change.reference for change in piece.changes}


def carried_out(app: Flask, tenant_id: UUID, preview_id: UUID) -> set[str]:
    """Carry a preview out to its end, everything that it writes included; answers who would change."""
    with app.app_context(), tenant_scope(tenant_id, "worker"):
        while True:
            jobs.work(preview_id)
            db.session.commit()
            db.session.expire_all()
            if db.session.get_one(Preview, (tenant_id, preview_id)).status == "done":
                break
        changed = select(PreviewChange.reference).where(
            PreviewChange.tenant_id == tenant_id, PreviewChange.preview_id == preview_id
        )
        return set(db.session.scalars(changed))


def one_by_one(app: Flask, tenant_id: UUID, edition_id: UUID) -> set[str]:
    """Fetch every row and run the rules of both editions in Python, and keep nothing but who would change."""
    found = set()
    with app.app_context(), tenant_scope(tenant_id, "worker"):
        policy, draft = edition_by_id(edition_id)
        rows = select(Referral.reference, Referral.edition_id, Referral.facts).where(Referral.tenant_id == tenant_id)
        with cases.reading() as session:
            for reference, own_id, given in session.execute(rows, execution_options={"yield_per": 500}):
                _, own = edition_by_id(own_id)
                facts = Facts.parse(policy, given, draft.terms)
                before, after = policy.determine(own, facts), policy.determine(draft, facts)
                if before.outcome != after.outcome or [each.met for each in before.findings] != [
                    each.met for each in after.findings
                ]:
                    found.add(reference)
    return found


@pytest.mark.parametrize("name", EDITS)
def test_a_preview_is_faster_than_judging_every_request(
    name: str, worker_app: Flask, seeded: UUID, draft_of: DraftOf, preview_of: PreviewOf, length: Length,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr(carrying_out, "_MOST_AT_ONCE", length.number)
    draft = draft_of("leeds", EDITS[name])
    times, chance = [], random.Random(1)
    for _ in range(length.rounds):
        found, kept = preview_of("leeds", draft), preview_of("leeds", draft, from_on=date(2020, 1, 1))
        ways = [
            ("found", lambda found=found: by_preview(worker_app, seeded, found)),
            ("kept", lambda kept=kept: carried_out(worker_app, seeded, kept)),
            ("plain", lambda: one_by_one(worker_app, seeded, draft)),
        ]
        chance.shuffle(ways)
        took, answers = {}, {}
        for way, call in ways:
            begun = time.perf_counter()
            answers[way] = call()
            took[way] = time.perf_counter() - begun
        assert answers["found"] == answers["kept"] == answers["plain"]
        assert len(answers["plain"]) > length.number // 50
        times.append(took)
    ratio, whole = (statistics.median(took["plain"] / took[way] for took in times) for way in ("found", "kept"))
    middle = {way: statistics.median(took[way] for took in times) for way in ("found", "kept", "plain")}
    told = (
        f"preview of {length.number:,} requests, {name}, {len(answers['plain']):,} would change: found in "
        f"{middle['found']:.2f} s, one by one {middle['plain']:.2f} s, {ratio:.1f} times as fast; "
        f"with everything that it writes {middle['kept']:.2f} s, {whole:.1f} times"
    )
    with capsys.disabled():
        sys.stderr.write(f"\n{told}\n" if length.whole else "")
    assert ratio >= (TIMES_PLAIN if length.whole else 1.2), told


def test_a_preview_of_everything_stays_small_and_its_page_answers_meanwhile(
    settings: Settings, database: Database, seeded: UUID, sign_in: Callable[..., Hired], draft_of: DraftOf,
    preview_of: PreviewOf, length: Length, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    preview_id = preview_of("leeds", draft_of("leeds", EVERYTHING))
    admin = sign_in("leeds", "tenant-administrator").client
    worker = worker_process(settings, database, seeded, preview_id)
    waited, bars = [], []
    while worker.poll() is None:
        begun = time.perf_counter()
        page = admin.get(f"/policy/previews/{preview_id}")
        waited.append(time.perf_counter() - begun)
        assert page.status_code == 200
        bars.append(admin.get(f"/policy/previews/progress?preview={preview_id}").json["done"])
        time.sleep(0.2)
    assert worker.stdout is not None
    assert worker.stderr is not None
    assert worker.returncode == 0, worker.stderr.read()
    idle, peak, status = json.loads(worker.stdout.read())
    worker.stdout.close()
    worker.stderr.close()
    assert status == "done"
    assert bars == sorted(bars)
    over = (peak - idle) / 1024
    found = (
        f"preview of {length.number:,} requests, all judged again: {over:.0f} MiB over the idle worker; "
        f"the page answered {len(waited)} times meanwhile, at the middle in {statistics.median(waited) * 1000:.0f} ms"
    )
    with capsys.disabled():
        sys.stderr.write(f"\n{found}\n" if length.whole else "")
    assert over <= MIB, found
    if length.whole:
        assert len({*bars}) >= 3, bars  # the bar really moves
        assert max(waited) < 2, found
