"""No word of one council is ever seen by another: pages, headers, mails, logs, jobs, and what Redis keeps."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from itertools import product

import psycopg
import pytest
import redis
from psycopg import sql

from portage.accounts.models import ROLES
from portage.core.access import Audience
from portage.messages import pdf
from portage.profiles.views import blank
from support import canaries
from support.forged import ID, forgeries, whose
from support.forms import FormOnPage, forms_in
from support.live import Live
from support.probed import EVERY_ROLE, NOBODY, World, may
from support.prober import Answer, Desk, Door, doors, form, rows_for

COUNTED_ELSEWHERE = {"web_session", "login_attempt", "operator_session", "operator_login_attempt"}
PUBLISHED = ("area.", "content_page.")  # a council's own contacts and pages, which every mail may name
KEYS_OF_REDIS = re.compile(r"t:[0-9a-f-]{36}:(?:rate|ceiling):|t:operator:rate:|rq:|portage:")
HEADERS = {
    "Content-Security-Policy": ("default-src 'none'", "frame-ancestors 'none'"),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("DENY",),
    "Referrer-Policy": ("same-origin",),
}
MARKS = canaries.found_in
WORDS = ("route_key", "referrer")


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as one role of one council got it."""

    slug: str
    role: str
    door: Door
    path: str
    answer: Answer

    @property
    def text(self) -> str:
        """Everything that came: headers and body."""
        return f"{dict(self.answer.headers)}\n{self.answer.body.decode(errors='replace')}"


@dataclass
class Crawl:
    """Every page of every council as every role, and which rows were touched by reading."""

    pages: list[Seen] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)


@dataclass
class Left:
    """What the running service kept or sent elsewhere."""

    keys: dict[bytes, str] = field(default_factory=dict)
    logs: str = ""


@pytest.fixture(scope="module")
def left(seeded: World, served: Live) -> Left:
    """Let the service do all that waits, while somebody reads its pages; look into Redis the whole time."""
    found, deadline = Left(), time.monotonic() + 180
    broker = redis.Redis.from_url(str(served.environment["PORTAGE_REDIS_URL"]))
    due = "select count(*) from outbox where done_at is null and dead_at is null and not_before <= now()"
    while seeded.rows(due) != [(0,)] and time.monotonic() < deadline:
        found.keys |= {key: kept(broker, key) for key in broker.scan_iter()}
        time.sleep(0.05)
    assert seeded.rows(due) == [(0,)]
    found.keys |= {key: kept(broker, key) for key in broker.scan_iter()}
    broker.close()
    time.sleep(1)
    logs = sorted((served.state / "logs").iterdir())
    found.logs = "\n".join(log.read_text(errors="replace") for log in logs if log.is_file())
    return found


def kept(broker: redis.Redis, key: bytes) -> str:
    """All that is under a key, as text."""
    readers = {
        b"string": lambda: broker.get(key),
        b"hash": lambda: broker.hgetall(key),
        b"list": lambda: broker.lrange(key, 0, -1),
        b"set": lambda: broker.smembers(key),
        b"zset": lambda: broker.zrange(key, 0, -1),
        b"stream": lambda: broker.xrange(key),
    }
    reader = readers.get(broker.type(key))
    return repr(reader()) if reader else ""


@pytest.fixture(scope="module")
def papers_unpacked() -> Iterator[None]:
    """What is made into a PDF is sent as it is: packed into one, its words could not be read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "made_of", str.encode)
        blank._paper.cache_clear()
        yield
    blank._paper.cache_clear()


@pytest.fixture(scope="module")
def crawl(seeded: World, left: Left, papers_unpacked: None) -> Crawl:
    """Read everything that may be read, once the processes have nothing left to do: they would touch rows, too."""
    assert left is not None
    before, found, desk = signatures(seeded), Crawl(), Desk(seeded.app)
    pages = [door for door in doors(seeded.app) if door.method == "GET"]
    for door, slug in product(pages, [*seeded.slugs, "operator"]):
        for path, role in requests(seeded, door, slug):
            found.pages.append(Seen(slug, role, door, path, desk.ask("GET", slug, path, seeded.session(slug, role))))
    found.touched = {table for table, state in signatures(seeded).items() if before[table] != state}
    return found


def requests(world: World, door: Door, slug: str) -> Iterator[tuple[str, str]]:
    """The addresses of a page at one host, each with the role that asks."""
    if (slug == "operator") != (door.declared.audience is Audience.OPERATOR):
        return
    if slug == "operator":
        yield door.at(), "operator"
        return
    roles = (NOBODY, EVERY_ROLE) if door.declared.can is None else (*ROLES, EVERY_ROLE)
    asking = [role for role in roles if door.declared.can is None or door.declared.can in may(role)]
    first, *more = addresses(world, door, slug) or [""]
    if first:
        yield from ((first, role) for role in asking)
        yield from ((address, EVERY_ROLE) for address in more)


def addresses(world: World, door: Door, slug: str) -> list[str]:
    """A page's addresses for a few of a council's rows, and for each way and kind of person that asks."""
    if set(WORDS) & set(door.parameters):
        ways = world.rows("select distinct route, referrer from referral where tenant_id = %s", world.ids[slug])
        return [door.at((), dict(zip(WORDS, map(str, way), strict=True))) for way in ways[:4]]
    return [door.at(ids) for ids in (rows_for(world, slug, door.nouns, limit=3) if door.nouns else [()])]


def signatures(world: World) -> dict[str, tuple[int, int]]:
    """For each table: how many rows, and a number that changes with each write to any of them."""
    with psycopg.connect(world.database.at.superuser, autocommit=True) as connection:
        named = "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
        tables = [name for (name,) in connection.execute(named)]
        one = sql.SQL("select {}, count(*), coalesce(sum(xmin::text::bigint), 0)::bigint from {}")
        each = [
            one.format(sql.Literal(table), sql.Identifier(table))
            for table in tables
            if not table.startswith("audit_") and table not in COUNTED_ELSEWHERE
        ]
        rows = connection.execute(sql.SQL(" union all ").join(each)).fetchall()
    return {str(table): (count, state) for table, count, state in rows}


def test_nearly_every_free_text_of_every_council_holds_a_word(seeded: World) -> None:
    with psycopg.connect(seeded.database.at.superuser, autocommit=True) as connection:
        columns = canaries.plantable(connection)
    assert len(columns) > 70
    holding = set[tuple[str, str]]()
    for table in {table for table, _, _ in columns}:
        question = f"select {table}::text from {table}"  # noqa: S608  the catalogue's own names
        held = {word for (row,) in seeded.rows(question) for word in MARKS(str(row))}
        holding |= {(word[:6], seeded.legend[word[6:9]]) for word in held}
    counts = {slug: len([1 for start, _ in holding if start == canaries.mark(slug)[:6]]) for slug in seeded.slugs}
    assert min(counts.values()) > 40, counts


def test_no_page_shows_a_word_of_another_council(seeded: World, crawl: Crawl) -> None:
    leaks = [
        (seen.slug, seen.role, seen.path, words)
        for seen in crawl.pages
        if (words := canaries.foreign(seen.text, seen.slug) if seen.slug in seeded.ids else MARKS(seen.text))
    ]
    assert leaks == []


def test_the_search_is_not_blind(seeded: World, crawl: Crawl) -> None:
    for slug in seeded.slugs:
        own = {word for seen in crawl.pages if seen.slug == slug for word in MARKS(seen.text)}
        assert len(own) > 35, sorted(seeded.legend[word[6:9]] for word in own)
    assert len([seen for seen in crawl.pages if seen.answer.status == 200]) > 400


def test_no_page_is_broken(crawl: Crawl) -> None:
    # No identity provider runs here, so that beginning to sign in says that it is away.
    broken = [
        (seen.slug, seen.role, seen.path)
        for seen in crawl.pages
        if seen.answer.status >= 500 and "provider_id" not in seen.door.nouns and seen.door.declared.rate != "sign-in"
    ]
    assert broken == []


def test_reading_changes_no_row_but_the_trails(crawl: Crawl) -> None:
    assert crawl.touched == set()


def test_every_answer_tells_browsers_to_keep_it_safe(crawl: Crawl) -> None:
    wrong = set()
    for seen in crawl.pages:
        headers = seen.answer.headers
        wrong |= {
            (seen.door.rule, name)
            for name, parts in HEADERS.items()
            if not all(part in headers.get(name, "") for part in parts)
        }
        csp = headers.get("Content-Security-Policy", "")
        if "unsafe-inline" in csp or "unsafe-eval" in csp:
            wrong.add((seen.door.rule, "unsafe"))
        if "brand.css" not in seen.door.rule and headers.get("Cache-Control") != "no-store":
            wrong.add((seen.door.rule, "Cache-Control"))
    assert wrong == set()


def sent_by_everybody(crawl: Crawl) -> Iterator[tuple[Seen, FormOnPage]]:
    """The forms on the pages of somebody with every role."""
    for seen in crawl.pages:
        if seen.answer.status == 200 and seen.role == EVERY_ROLE:
            for page_form in forms_in(seen.answer.body.decode(errors="replace")):
                if page_form.method == "post":
                    yield seen, page_form


def test_another_councils_ids_in_the_fields_of_a_form_are_refused(seeded: World, crawl: Crawl) -> None:
    desk, (tables, listed) = Desk(seeded.app), whose(seeded)
    wrong, asked, refused = [], set[tuple[str, str]](), set[tuple[str, str, str, str]]()
    for seen, page_form in sent_by_everybody(crawl):
        for forged in forgeries(page_form, seen.slug, tables, listed, seeded.slugs):
            once = (seen.slug, ID.sub("<id>", forged.action or seen.path), forged.field, forged.owner)
            if once in refused:
                continue  # by the same form on the page of another row
            session = seeded.session(seen.slug, EVERY_ROLE)
            data = {**forged.data, "_csrf": form(seeded, session)["_csrf"]}
            answer = desk.ask("POST", seen.slug, forged.action or seen.path, session, data)
            asked.add((seen.door.rule, forged.field))
            if answer.status != 409:  # which may be said before the field is looked at
                refused.add(once)
            if answer.status not in (404, 409, 422):
                wrong.append((seen.slug, seen.path, forged.field, answer.status))
    assert wrong == []
    assert len(asked) >= 4, asked


# ------------------------------------------------------------------------------------------- what the processes leave


def test_mails_hold_no_word_of_any_family(seeded: World, served: Live, left: Left) -> None:
    assert left.keys is not None
    assert len(served.mails) > 10
    published = {number for number, column in seeded.legend.items() if column.startswith(PUBLISHED)}
    leaks = []
    for file in served.mails:
        mail = message_from_bytes(file.read_bytes(), policy=policy.default)
        to = MARKS(str(mail["To"]))
        assert len({word[:6] for word in to}) <= 1
        headers = "\n".join(f"{name}: {value}" for name, value in mail.items() if name not in ("To", "X-Caught-For"))
        texts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
        words = {word for word in MARKS("\n".join([headers, *map(str, texts)])) if word[6:9] not in published}
        if words:
            leaks.append((file.name, mail["Subject"], {seeded.legend[word[6:9]] for word in words}))
    assert leaks == []


def test_logs_hold_no_word_of_any_family(seeded: World, left: Left) -> None:
    assert len(left.logs) > 100
    assert {seeded.legend[word[6:9]] for word in MARKS(left.logs)} == set()


def test_redis_holds_ids_alone_under_keys_of_known_kinds(seeded: World, left: Left) -> None:
    assert left.keys
    assert [key for key in left.keys if not KEYS_OF_REDIS.match(key.decode())] == []
    assert {seeded.legend[word[6:9]] for text in left.keys.values() for word in MARKS(text)} == set()


def test_the_outbox_holds_ids_alone(seeded: World, left: Left) -> None:
    assert left is not None
    rows = [str(row) for (row,) in seeded.rows("select outbox::text from outbox")]
    assert len(rows) > 20
    assert {word for row in rows for word in MARKS(row)} == set()


def test_the_trail_holds_no_value(seeded: World) -> None:
    rows = [str(row) for (row,) in seeded.rows("select audit_event::text from audit_event")]
    assert len(rows) > 100
    assert {seeded.legend[word[6:9]] for row in rows for word in MARKS(row)} == set()
