"""Three councils full of invented families, with a row of every kind and somebody signed in for every role."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from flask import Flask

from portage.accounts.models import ROLES
from portage.accounts.operations.sessions import open_session
from portage.accounts.tokens import hash_of, new_token
from portage.app import create_app
from portage.config import Settings
from portage.core import clock, csrf, files
from portage.core.access import NEEDS_CLEARANCE, Role, permissions_of
from portage.core.db import db
from portage.core.identity import Actor
from portage.core.ids import new_id
from portage.core.rates import LIMITS, RateLimiter
from portage.core.tenancy import scoped, tenant_scope
from portage.demo.seed.caseloads import invent_caseloads
from portage.demo.seed.families import invent_families
from portage.demo.seed.looking_out import invent_lookouts
from portage.demo.seed.notified import invent_notifications
from portage.demo.seed.staff import hire_personas
from portage.demo.seed.volunteering import invent_supervision, invent_volunteers
from portage.demo.seed.waiting_before import invent_waiting_before
from portage.editions.models import PolicyEdition
from portage.editions.operations import edition_on, forget_compiled
from portage.families.models import AccessReason, Caseload, ChildMark
from portage.families.operations import carers_of
from portage.messages.links import hashed, token_of
from portage.messages.models import Alert, Letter, Message, OneTimeLink
from portage.notifications.models import Notification, NotificationPaper, NotificationTask
from portage.offline.models import Phone, RecordConflict, SentFromPhone
from portage.panels.operations import Planned, plan_meetings
from portage.panels.rules import panel_rules
from portage.plans.models import PlayPlan
from portage.previews.carrying_out import advance
from portage.previews.operations import AskForPreview, ask_for
from portage.referrals.jobs import write_letter
from portage.referrals.models import Decision, Evidence
from portage.support.models import Episode
from portage.visits.models import Concern, Visit
from support import councils
from support.database import Database
from support.leaving import plant_leaving
from support.people import hire
from support.probed_links import links_that_lead_on
from support.probed_panel import panel_of_each
from support.probed_volunteers import plant_volunteering
from support.programmes import plant_programmes
from support.run import Servers

# Between them every kind of page is reached, and each further council would make the probes many times more without a
# new kind among them.
PROBED = ("lancashire", "leeds", "west-northants")
FAMILIES = 9  # each goes one step further on the road
EVERY_ROLE = "every-role"
NOBODY = "nobody"
SESSIONS = 3  # for each role, so that nobody asks more often than the service answers
# From when the sessions are: each refusal is rolled back, so that the next would note again that its session lives.
AHEAD = timedelta(minutes=25)
VISITOR = "a-visitor-of-the-prober-0123456789"


@dataclass
class World:
    """A seeded database, the application over it, and tokens: (council or `operator`, role) -> sessions."""

    app: Flask
    database: Database
    settings: Settings
    ids: dict[str, UUID]
    sessions: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    legend: dict[str, str] = field(default_factory=dict)  # number in a council's word -> the column that it is in
    links: dict[str, str] = field(default_factory=dict)  # an unused one-time link's token of each council
    leading_on: dict[str, list[str]] = field(default_factory=dict)  # tokens of links whose pages lead to others
    plan_links: dict[str, str] = field(default_factory=dict)  # the same, to a play plan
    _turns: dict[tuple[str, str], Iterator[str]] = field(default_factory=dict)

    @property
    def slugs(self) -> list[str]:
        """The councils, in the order of their names."""
        return sorted(self.ids)

    def may(self, slug: str, role: str) -> frozenset[str]:
        """The permissions of a role at a council; what needs clearance nobody has where no volunteer was let in."""
        return may(role) if slug in self.clears else may(role) - NEEDS_CLEARANCE

    @cached_property
    def clears(self) -> list[str]:
        """The councils that let volunteers visit, in the order of their names."""
        question = "select 1 from volunteer_clearance where tenant_id = %s and status = 'open'"
        return [slug for slug in self.slugs if self.rows(question, self.ids[slug])]

    def session(self, slug: str, role: str) -> str | None:
        """The token of a session of this role, another one each time; None for nobody."""
        if role == NOBODY:
            return None
        turn = self._turns.setdefault((slug, role), cycle(self.sessions[slug, role]))
        return next(turn)

    def form_token(self, session: str | None) -> str:
        """The token that forms carry for this session, or for the visitor's cookie."""
        return csrf.token(self.settings.secret_key, session or VISITOR)

    @cached_property
    def line(self) -> psycopg.Connection:
        """A connection that sees every council's rows, kept open: a new one reads the whole catalogue anew."""
        return psycopg.connect(self.database.at.superuser, autocommit=True)

    def rows(self, question: str, *values: object) -> list[tuple[object, ...]]:
        """What the database holds, of every council."""
        return self.line.execute(question.encode(), values).fetchall()


def may(role: str) -> frozenset[str]:
    """The permissions of a role."""
    if role == NOBODY:
        return frozenset()
    return permissions_of(frozenset(Role(each) for each in (ROLES if role == EVERY_ROLE else (role,))))


@contextmanager
def world(servers: Servers, name: str, folder: Path) -> Iterator[World]:
    """Seed a database of its own; it is dropped at the end."""
    database = Database(servers, name)
    for each in ("files", "secrets"):
        (folder / each).mkdir(parents=True, exist_ok=True)
    settings = Settings.from_environment(
        {
            "PORTAGE_APP_DATABASE_URL": database.at.app,
            "PORTAGE_OPERATOR_DATABASE_URL": database.at.operator,
            "PORTAGE_TENANT_KEY": servers.tenant_key,
            "PORTAGE_SECRET_KEY": servers.secret_key,
            "PORTAGE_FILES": str(folder / "files"),
            "PORTAGE_TENANTS": str(councils.SHIPPED),
            "PORTAGE_HTTPS": "0",
        }
    )
    app = create_app(settings, overrides={"TESTING": False})
    app.extensions["portage.rates"] = RateLimiter(None, dict.fromkeys(LIMITS, 10**9))
    made = World(app, database, settings, {})
    known = {str(slug): UUID(str(key)) for slug, key in made.rows("select slug, id from tenant")}
    made.ids = {slug: known[slug] for slug in PROBED}
    try:
        with app.app_context():
            for slug in made.slugs:
                _people_and_families(made, slug)
        _operator(made)
        yield made
    finally:
        made.line.close()
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()
        database.drop()
        forget_compiled()  # other databases have councils and editions of the same ids


def _people_and_families(made: World, slug: str) -> None:
    with tenant_scope(made.ids[slug], "system:demo"):
        staff = hire_personas(slug)
        db.session.commit()
        invent_volunteers(staff)
        invent_families(slug, staff, FAMILIES)
        invent_waiting_before(slug, staff)
        invent_supervision(staff)
        invent_notifications(slug)
        invent_caseloads(staff)
        invent_lookouts(staff)
        for role in (*ROLES, EVERY_ROLE):
            person, identity = hire(*(ROLES if role == EVERY_ROLE else (role,)), name=f"Prober {role}")
            at = clock.now() + AHEAD
            made.sessions[slug, role] = [open_session(identity, sid=None, id_token="", at=at) for _ in range(SESSIONS)]
        db.session.commit()
        _one_of_each(made, slug, person.id)
        db.session.commit()


def _one_of_each(made: World, slug: str, person_id: UUID) -> None:
    """Rows of every kind that the families' road does not lead to."""
    today, now = clock.today(), clock.now()
    episode = db.session.scalars(scoped(Episode).where(Episode.status == "open")).first()
    assert episode is not None
    child_id, referral_id = episode.child_id, episode.referral_id
    assert referral_id is not None
    kept = files.keep(BytesIO(b"%PDF-1.4\n%%EOF\n"), "letter.pdf")
    paper = Evidence(
        referral_id=referral_id, kind="asq", file_name=kept.name, media_type=kept.media_type, size=kept.size,
        sha256=kept.sha256, object_key=kept.key, added_by="system",
    )  # fmt: skip
    write_letter(db.session.scalars(scoped(Decision)).all()[0].id)
    letter = db.session.scalars(scoped(Letter)).all()[0]
    links = [_link(made, slug, letter, used=used) for used in (False, True)]
    links += [_plan_link(made, slug, used=used) for used in (False, True)]
    message = Message(
        kind="receipt", recipient_kind="person", recipient_id=person_id, referral_id=referral_id, child_id=child_id,
        status="failed",
    )  # fmt: skip
    rows = [
        ChildMark(child_id=child_id, kind="looked-after", from_on=today, note="Restricted", recorded_by=person_id),
        AccessReason(child_id=child_id, person_id=person_id, reason="Covering today", until=now + timedelta(hours=8)),
        Concern(child_id=child_id, raised_by=person_id, raised_at=now, what_was_seen="A bruise", done_already="Rang"),
        Caseload(
            child_id=child_id, person_id=person_id, kind="cover", from_on=today, until_on=today + timedelta(days=90)
        ),
        Alert(kind="concern", role="service-manager", path=f"/children/{child_id}", sentence="A worry was noted."),
    ]
    closable = _link(made, slug, letter, used=True)
    told = Message(
        kind="letter", recipient_kind="carer", recipient_id=closable.recipient_id, referral_id=referral_id,
        child_id=child_id, link_id=closable.id, status="sent",
    )  # fmt: skip
    db.session.add_all([paper, message, told, closable, *links, *rows, *_notified(child_id, kept)])
    plan_meetings(Planned(today, 2), timedelta(days=7))
    if panel_rules(today) is not None:
        panel_of_each(person_id)
    plant_volunteering(child_id, person_id)
    _on_phones(child_id, person_id)
    plant_programmes(child_id, person_id)
    plant_leaving(child_id, person_id, VISITOR)
    made.leading_on[slug] = links_that_lead_on(made.settings.secret_key, VISITOR)
    draft, *others = _editions()
    db.session.add_all([draft, *others])
    db.session.flush()
    _previews(draft.id, person_id)


def _on_phones(child_id: UUID, person_id: UUID) -> None:
    """A phone, what it sent, and a record of a visit that somebody else had changed meanwhile."""
    visit = db.session.scalars(scoped(Visit).where(Visit.child_id == child_id)).all()[0]
    phone = Phone(person_id=person_id, key=b"0" * 32, seen_at=clock.now())
    db.session.add(phone)
    db.session.flush()
    sent = {"visit_id": visit.id, "written_at": clock.now()}
    ours = {"status": "done", "done_on": clock.today().isoformat(), "how_it_went": "We played with water."}
    db.session.add_all(
        [
            SentFromPhone(
                **sent, phone_id=phone.id, person_id=person_id, kind="record", digest=b"0", answer={"state": "sent"}
            ),
            RecordConflict(**sent, sent_by=person_id, ours=ours, theirs={**ours, "how_it_went": "We sang a song."}),
        ]
    )


def _notified(child_id: UUID, kept: files.Kept) -> list[Any]:
    """A notification with every word that one may hold, also where the policy takes none: the rows are the same."""
    _, edition = edition_on(clock.today())
    told = Notification(
        id=new_id(), reference="2222-2222", child_id=child_id, edition_id=edition.id, kind="early-years",
        body_kind="gp", body="Sample Surgery", professional="Dr Sample", professional_role="Doctor",
        work_email="gp@surgery.example", telephone="01632 960 222", arrived_on=clock.today(), arrived_how="paper",
        arrived_known_by="The date stamp", form_used="A letter", parent_informed=True, discussion_offered=True,
        organisation_told="named", organisation="A sample society", parents_views="They are glad of it",
        safeguarding=True, safeguarding_note="Nobody was seen", in_their_words="Says few words", facts={},
        agreed_by="A parent", agreed_how="By letter", first_words="held", first_words_reason="It is not safe yet",
        state="agreement", closed_reason="It was not closed", warnings=["safeguarding"],
    )  # fmt: skip
    paper = NotificationPaper(
        notification_id=told.id, kind="report", file_name=kept.name, media_type=kept.media_type, size=kept.size,
        sha256=kept.sha256, object_key=kept.key, added_by="system",
    )  # fmt: skip
    tasks = [
        NotificationTask(notification_id=told.id, kind=kind, due_on=clock.today()) for kind in ("read", "safeguarding")
    ]
    return [told, paper, *tasks]


def _previews(draft_id: UUID, person_id: UUID) -> None:
    """A preview that has ended, and one that has not begun."""
    by, now = Actor(person_id, f"person:{person_id}"), clock.now()
    days = (clock.today(), clock.today() + timedelta(days=30))
    done, _ = (ask_for(AskForPreview(draft_id, day), by=by, on=clock.today(), at=now).id for day in days)
    db.session.commit()
    advance(done, enough=lambda: False, at=now)


def _editions() -> list[PolicyEdition]:
    """A draft of the edition in force, and a published one whose day has not come."""
    _, held = edition_on(clock.today())
    known: dict[str, Any] = {"plugin": held.plugin, "terms": dict(held.given["terms"]), "assumptions": []}
    support = {**held.given["terms"]["support"], "review_when": "Once in every school term."}
    changed = {**known["terms"], "support": support}  # so that each child who waits would be touched by it
    coming = clock.today() + timedelta(days=300)
    return [
        PolicyEdition(source="Plans that nobody outside may read", status="draft", **{**known, "terms": changed}),
        PolicyEdition(source="A leaflet of next year", status="published", effective_from=coming, **known),
    ]


def _link(made: World, slug: str, letter: Letter, *, used: bool) -> OneTimeLink:
    link_id, now = new_id(), clock.now()
    token = token_of(link_id, made.settings.secret_key)
    if not used:
        made.links[slug] = token
    return OneTimeLink(
        id=link_id,
        token_hash=hashed(token),
        purpose="letter",
        subject_id=letter.id,
        recipient_kind="carer",
        recipient_id=_reachable_carer(letter.child_id),
        expires_at=now + timedelta(days=20),
        used_at=now if used else None,
        browser_hash=hashed(VISITOR) if used else None,
        open_until=now + timedelta(hours=20) if used else None,
    )


def _plan_link(made: World, slug: str, *, used: bool) -> OneTimeLink:
    """A link to a family's play plan, for the same browser."""
    plan, child_id = db.session.execute(
        scoped(PlayPlan)
        .add_columns(Episode.child_id)
        .join(Episode, (Episode.tenant_id == PlayPlan.tenant_id) & (Episode.id == PlayPlan.episode_id))
        .where(PlayPlan.ended_on.is_(None), Episode.status == "open")
    ).all()[0]
    link_id, now = new_id(), clock.now()
    token = token_of(link_id, made.settings.secret_key)
    if not used:
        made.plan_links[slug] = token
    return OneTimeLink(
        id=link_id,
        token_hash=hashed(token),
        purpose="plan",
        subject_id=plan.id,
        recipient_kind="carer",
        recipient_id=_reachable_carer(child_id),
        expires_at=now + timedelta(days=20),
        used_at=now if used else None,
        browser_hash=hashed(VISITOR) if used else None,
        open_until=now + timedelta(hours=20) if used else None,
    )


def _reachable_carer(child_id: UUID) -> UUID:
    """A carer whose mailbox is safe: a link closes as soon as its recipient's is not."""
    carer = carers_of(child_id)[0]
    carer.email, carer.email_is_safe = "probe@family.example", True
    return carer.id


def _operator(made: World) -> None:
    token, operator = new_token(), new_id()
    with psycopg.connect(made.database.at.superuser, autocommit=True) as connection:
        connection.execute(
            "insert into operator (id, name, issuer, subject) values (%s, 'Op Invented', 'https://x.example', 'x')",
            (operator,),
        )
        connection.execute(
            "insert into operator_session (id, token_hash, operator_id, seen_at, expires_at) "
            "values (%s, %s, %s, now(), now() + interval '11 hours')",
            (new_id(), hash_of(token), operator),
        )
    made.sessions["operator", "operator"] = [token]
