"""Asks every route, as every role, for what another council has, and compares with the answer for what nobody has."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import product
from typing import Protocol
from urllib.parse import urlencode
from uuid import UUID, uuid4

from flask import Flask

from portage.core.access import Audience
from portage.core.routes import Declaration, declaration_of
from support import councils
from support.browsers import Browser
from support.probed import EVERY_ROLE, VISITOR, World

# The table behind an id whose name is not the table's own.
TABLES = {
    "provider_id": "identity_provider",
    "mark_id": "child_mark",
    "reason_id": "access_reason",
    "link_id": "one_time_link",
    "entry_id": "waiting_entry",
    "meeting_id": "panel_meeting",
    "plan_id": "play_plan",
    "draft_id": "policy_edition",
    "edition_id": "policy_edition",
    "reference_id": "volunteer_reference",
    "note_id": "safety_note",
    "list_id": "service_list",
    "paper_id": "notification_paper",
    "task_id": "notification_task",
    "pack_id": "transition_pack",
}
# How two ids of one address belong together, where the second's row does not hold the first.
TOGETHER = {
    ("episode_id", "caseload_id"): "select e.id, c.id from episode e join caseload c on c.tenant_id = e.tenant_id "
    "and c.child_id = e.child_id and c.kind = 'cover' where e.tenant_id = %s and e.status = 'open'",
    ("referral_id", "guest_id"): "select m.referral_id, g.id from forward_meeting m join meeting_guest g "
    "on g.tenant_id = m.tenant_id and g.meeting_id = m.id where m.tenant_id = %s",
    ("referral_id", "meeting_agreement_id"): "select m.referral_id, a.id from forward_meeting m "
    "join meeting_agreement a on a.tenant_id = m.tenant_id and a.meeting_id = m.id where m.tenant_id = %s",
    ("referral_id", "school_support_id"): "select s.referral_id, u.id from school_start s join school_support u "
    "on u.tenant_id = s.tenant_id and u.school_start_id = s.id where s.tenant_id = %s",
    ("volunteer_id", "visit_id"): "select v.id, x.id from volunteer v join visit x on x.tenant_id = v.tenant_id "
    "and x.recorded_by = v.person_id where v.tenant_id = %s",
    ("person_id", "absence_id"): "select person_id, id from visitor_absence where tenant_id = %s and ended_at is null",
    ("edition_id", "entry_id"): "select e.id, w.id from policy_edition e join waiting_entry w "
    "on w.tenant_id = e.tenant_id and w.left_on is null and w.referral_id is not null where e.tenant_id = %s",
    (
        "meeting_id",
        "referral_id",
    ): "select m.id, r.id from panel_meeting m join referral r "
    "on r.tenant_id = m.tenant_id and r.stage = 'panel' where m.tenant_id = %s and m.status = 'planned' "
    "order by m.held_on",
    ("meeting_id", "referral_id", "evidence_id"): "select i.meeting_id, i.referral_id, e.id from panel_item i "
    "join evidence e on e.tenant_id = i.tenant_id and e.referral_id = i.referral_id "
    "where i.tenant_id = %s and i.decision_id is null order by i.id desc",
    ("meeting_id", "referral_id", "conflict_id"): "select i.meeting_id, i.referral_id, c.id from panel_item i "
    "join conflict c on c.tenant_id = i.tenant_id and c.referral_id = i.referral_id "
    "where i.tenant_id = %s and i.decision_id is null order by i.id desc",
    ("meeting_id", "item_id"): "select meeting_id, id from panel_item where tenant_id = %s and kind = 'chairs-action'",
    ("link_id", "visit_id"): "select l.id, v.id from one_time_link l join visit v on v.tenant_id = l.tenant_id "
    "and v.episode_id = l.subject_id where l.tenant_id = %s and l.purpose = 'family' and l.used_at is not null "
    "and v.status = 'planned' order by v.id desc",
    ("link_id", "review_id"): "select l.id, r.id from one_time_link l join review r on r.tenant_id = l.tenant_id "
    "and r.episode_id = l.subject_id where l.tenant_id = %s and l.purpose = 'family' and l.used_at is not null "
    "and r.visitor_agreed_on is not null order by r.family_agreed_on nulls first",
    (
        "link_id",
        "pack_id",
    ): "select l.id, p.id from one_time_link l join transition_pack p on p.tenant_id = l.tenant_id "
    "and p.episode_id = l.subject_id where l.tenant_id = %s and l.purpose = 'family' and l.used_at is not null "
    "and p.status <> 'draft' order by p.issued_on nulls first",
    ("episode_id", "profile_item_id"): "select e.id, m.item_id from episode e join child_profile p "
    "on p.tenant_id = e.tenant_id and p.child_id = e.child_id join profile_mark m "
    "on m.tenant_id = p.tenant_id and m.profile_id = p.id where e.tenant_id = %s",
    ("child_id", "profile_area_id"): "select p.child_id, a.id from child_profile p join profile_area a "
    "on a.tenant_id = p.tenant_id and a.instrument_id = p.instrument_id where p.tenant_id = %s",
    ("child_id", "profile_item_id"): "select p.child_id, m.item_id from child_profile p join profile_mark m "
    "on m.tenant_id = p.tenant_id and m.profile_id = p.id where p.tenant_id = %s",
    ("child_id", "profile_item_id", "profile_mark_id"): "select p.child_id, m.item_id, m.id from child_profile p "
    "join profile_mark m on m.tenant_id = p.tenant_id and m.profile_id = p.id where p.tenant_id = %s",
    ("referral_id", "introduction_id"): "select referral_id, id from introductory_visit where tenant_id = %s "
    "and status = 'arranged'",
}
MOST_TRIED = 40
ANSWERS_OWNER = {200, 302, 303, 422}
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
CHANGING = (  # what differs between two answers to the same question
    re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    re.compile(rb"\b[0-9a-f]{64}\b"),
    re.compile(rb"nonce=\"[^\"]+\""),
)

Ids = tuple[UUID, ...]
NOBODYS = uuid4()
REASON_ASKED = {303, 403}  # one's own council's child, beyond one's own cases: first say why


@dataclass(frozen=True, slots=True)
class Door:
    """One route with one method."""

    endpoint: str
    rule: str
    method: str
    declared: Declaration

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in the address, in order."""
        return tuple(name for _, name in PARAMETER.findall(self.rule))

    @property
    def nouns(self) -> tuple[str, ...]:
        """Those of them that name a row."""
        return tuple(name for name in self.parameters if name.endswith("_id"))

    def at(self, ids: Ids = (), others: Mapping[str, str] | None = None) -> str:
        """The address with these ids in it."""
        known = {**(others or {}), **dict(zip(self.nouns, map(str, ids), strict=False))}
        return PARAMETER.sub(
            lambda found: known.get(found[2]) or ("1" if found[1] == "int" else str(uuid4())), self.rule
        )

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def told(self) -> bytes:
        """The page without what changes from one answer to the next."""
        text = self.body
        for pattern in CHANGING:
            text = pattern.sub(b"?", text)
        return text

    def is_like(self, other: "Answer") -> bool:
        """Whether nothing tells the two apart."""
        return (self.status, self.told) == (other.status, other.told)


class Asker(Protocol):
    """Sends one request to one host."""

    def ask(
        self, method: str, slug: str, path: str, session: str | None, form: Mapping[str, str] | None = None
    ) -> Answer:
        """The answer, without following a redirect."""


def doors(app: Flask) -> list[Door]:
    """Every route of the application with each of its methods; HEAD is asked of every page too."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        declared = declaration_of(app, rule.endpoint) if rule.endpoint != "static" else None
        for method in sorted({"GET", "HEAD", "POST"} & set(rule.methods or ())):
            found += [Door(rule.endpoint, rule.rule, method, declared)] if declared is not None else []
    return found


def with_ids(app: Flask) -> list[Door]:
    """The doors whose address names a row."""
    return [door for door in doors(app) if door.nouns]


def rows_for(world: World, slug: str, nouns: tuple[str, ...], limit: int = 200) -> list[Ids]:
    """Ids of a council's rows that belong together in one address."""
    question = TOGETHER.get(nouns)
    if question is None:
        *parents, last = nouns
        columns = ", ".join([*parents, "id"])
        present = " and ".join(f"{name} is not null" for name in (*parents, "id"))
        table = TABLES.get(last, last.removesuffix("_id"))
        question = f"select {columns} from {table} where tenant_id = %s and {present} order by id desc"  # noqa: S608  own names
    return [tuple(map(_uuid, row)) for row in world.rows(f"{question} limit {limit}", world.ids[slug])]


def _uuid(value: object) -> UUID:
    return UUID(str(value))


def form(world: World, session: str | None, **more: str) -> dict[str, str]:
    """The hidden fields of a form that a page of ours would carry."""
    return {"_csrf": world.form_token(session), "_key": str(uuid4()), **more}


def as_owner(world: World, asker: Asker, door: Door, slug: str, ids: Ids) -> Answer:
    """The answer to somebody of the row's own council who holds every role."""
    session = None if door.declared.audience is Audience.LINK else world.session(slug, EVERY_ROLE)
    return asker.ask(door.method, slug, door.at(ids), session, form(world, session) if door.method == "POST" else None)


@dataclass
class Proven:
    """For each tuple of nouns and council: ids that have answered their owner, and by which route."""

    rows: dict[tuple[tuple[str, ...], str], list[Ids]] = field(default_factory=dict)
    opened: set[str] = field(default_factory=set)  # doors that somebody's own row has opened

    def of(self, nouns: tuple[str, ...], slug: str) -> list[Ids]:
        """The ids that may be probed."""
        return self.rows.get((nouns, slug), [])


def prove(world: World, asker: Asker, all_doors: list[Door], each: int) -> Proven:
    """Show rows of every council to their owners, until `each` of them answered for every kind of address and council.

    A page of the address proves its ids; only where there is none the form's own target does.
    """
    proven = Proven()
    kinds: dict[tuple[str, ...], list[Door]] = {}
    for door in sorted(all_doors, key=lambda door: (door.method, len(door.parameters))):
        if door.method == "GET" or (door.method == "POST" and not _read(kinds.get(door.nouns, []))):
            kinds.setdefault(door.nouns, []).append(door)
    for (nouns, pages), slug in product(kinds.items(), world.slugs):
        good = proven.rows.setdefault((nouns, slug), [])
        for ids in rows_for(world, slug, nouns, limit=MOST_TRIED):
            if len(good) < each and any(_answered(world, asker, door, slug, ids, proven) for door in pages):
                good.append(ids)
    for door in (door for pages in kinds.values() for door in pages if str(door) not in proven.opened):
        mine = ((slug, ids) for slug in world.slugs for ids in rows_for(world, slug, door.nouns, limit=MOST_TRIED))
        any(_answered(world, asker, door, slug, ids, proven) for slug, ids in mine)
    return proven


def _read(pages: list[Door]) -> bool:
    return any(door.method == "GET" for door in pages)


def _answered(world: World, asker: Asker, door: Door, slug: str, ids: Ids, proven: Proven) -> bool:
    if as_owner(world, asker, door, slug, ids).status in ANSWERS_OWNER:
        proven.opened.add(str(door))
        return True
    return False


@dataclass(frozen=True, slots=True)
class Target:
    """Ids of an address, and which of them are the asker's own council's."""

    ids: Ids
    own: tuple[bool, ...]


@dataclass
class Report:
    """What was asked and what came back, by route."""

    probes: Counter[str] = field(default_factory=Counter)  # by those whose role has the permission
    alike: Counter[str] = field(default_factory=Counter)  # by those whose role lacks it
    wrong: list[str] = field(default_factory=list)
    told: dict[tuple[str, str, str, bool], Answer] = field(default_factory=dict)  # to a role for ids of nobody
    plain: set[tuple[str, str, tuple[bool, ...]]] = field(default_factory=set)  # doors that told the same there

    def add(self, other: "Report") -> None:
        """Put another thread's report to this one."""
        self.probes += other.probes
        self.alike += other.alike
        self.wrong += other.wrong

    def lines(self, all_doors: list[Door]) -> Iterator[str]:
        """One line for each route."""
        for door in all_doors:
            yield f"{self.probes[str(door)]:6} {self.alike[str(door)]:6}  {door}"


def probe(world: World, asker: Asker, door: Door, role: str, home: str, targets: list[Target], report: Report) -> None:
    """Ask at `home` for each of the targets, and for its twin that nobody has; nothing may tell one from the other.

    What a role is told for ids of nobody is kept from the first door that it was asked at. A door that told the first
    role just that, or that a role may not even ask at, is asked for the twin again only where a target's answer differs
    from it: then the door's own twin decides. (That each door refuses ids of nobody to a role without the permission,
    `test_prober_rules` sees.)
    """

    def ask(ids: Ids) -> Answer:
        session = world.session(home, role)
        sent = form(world, session) if door.method == "POST" else None
        return asker.ask(door.method, home, door.at(ids), session, sent)

    allowed = door.declared.can is None or door.declared.can in world.may(home, role)
    usual, twins = _expected(door, role, allowed=allowed), dict[Ids, Answer]()
    kind = (role, home, door.method, allowed)
    for target in targets:
        kept = tuple(one if own else NOBODYS for one, own in zip(target.ids, target.own, strict=True))
        answer, spot = ask(target.ids), (str(door), home, target.own)
        known = report.told.get(kind)
        if known is not None and (spot in report.plain or not allowed) and known.is_like(answer):
            nothing = known
        else:
            nothing = twins[kept] if kept in twins else twins.setdefault(kept, ask(kept))
            if known is not None and known.is_like(nothing):
                report.plain.add(spot)
            report.told.setdefault(kind, nothing)
        is_probe = allowed and nothing.status in (404, 410)
        (report.probes if is_probe else report.alike)[str(door)] += 1
        if not answer.is_like(nothing):
            report.wrong.append(f"{door} as {role} at {home} {target.ids}: {answer.status}, nobody: {nothing.status}")
        elif answer.status not in usual | (REASON_ASKED if any(target.own) else set()):
            report.wrong.append(f"{door} as {role} at {home} {target.ids}: {answer.status}")


def _expected(door: Door, role: str, *, allowed: bool) -> set[int]:
    """What an address without a row answers: 404, unless the role may not even ask."""
    if allowed:
        public = door.declared.audience in (Audience.PUBLIC, Audience.LINK)
        return {404, 410} if public else {404}
    return {401} if role == "nobody" else {403}


def targets(own: list[Ids], foreign: list[Ids]) -> list[Target]:
    """The foreign ids, and every mixture of them with one's own that holds at least one foreign id."""
    found = [Target(ids, tuple(False for _ in ids)) for ids in foreign]
    if own and foreign and len(foreign[0]) > 1:
        for choice in product((True, False), repeat=len(foreign[0])):
            if any(choice) and not all(choice):
                found += [
                    Target(tuple(a if keep else b for keep, a, b in zip(choice, own[0], ids, strict=True)), choice)
                    for ids in foreign
                ]
    return found


class Wire:
    """Asks the processes over one connection that stays open; each thread has its own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._line = HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(
        self, method: str, slug: str, path: str, session: str | None, form: Mapping[str, str] | None = None
    ) -> Answer:
        headers = {"Host": f"{councils.host(slug)}:{self._port}", "Cookie": cookies(session)}
        body = None
        if form is not None:
            body, headers["Content-Type"] = urlencode(form), "application/x-www-form-urlencoded"
        for last in (False, True):
            try:
                self._line.request(method, path, body, headers)
                got = self._line.getresponse()
                return Answer(got.status, dict(got.getheaders()), got.read())
            except (HTTPException, OSError):
                self._line.close()  # the service ended an idle connection
                if last:
                    raise
        raise AssertionError

    def close(self) -> None:
        """End the connection."""
        self._line.close()


class Desk:
    """Asks the application in this very process."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def ask(
        self, method: str, slug: str, path: str, session: str | None, form: Mapping[str, str] | None = None
    ) -> Answer:
        client = Browser(self._app, self._app.response_class, use_cookies=False)
        client.host = councils.host(slug)
        got = client.open(path, method=method, data=form, headers={"Cookie": cookies(session)})
        answer = Answer(got.status_code, dict(got.headers), got.get_data())
        got.close()
        return answer


def cookies(session: str | None) -> str:
    """What a browser sends: the visitor's cookie, the one of an opened link, and its session if it has one."""
    kept = {"portage-visitor": VISITOR, "portage-link": VISITOR, **({"portage-session": session} if session else {})}
    return "; ".join(f"{name}={value}" for name, value in kept.items())
