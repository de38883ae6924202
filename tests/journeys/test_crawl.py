"""A crawler signs in as everybody, follows every link and sends every form empty, wrong and twice."""

import logging
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

import psycopg
import pytest
from flask import Flask, request
from sqlalchemy import select

from portage.accounts.models import Identity, Person, RoleGrant
from portage.accounts.operations.sessions import open_session
from portage.core import clock
from portage.core.db import db
from portage.core.tenancy import scoped, tenant_scope
from portage.messages import pdf
from support import notifying, probed
from support.asking import answer, asked, press_start
from support.browsers import Browser, browser
from support.councils import host
from support.crawl import PAPER, Crawler, Report, Rows, nothing, right, wrong
from support.forms import form_to
from support.policies import council
from support.probed import VISITOR, World, world
from support.run import Servers, enterable_folder

LOG = logging.getLogger(__name__)
LEAST_DONE = 30  # forms that really did something, of every council together
FEW = 9  # families of each council: every step of the road once
PROVIDER = "leads to the identity provider and back; tests/accounts and the journeys sign in through real ones"
PARTS = "part of a page; the journeys see every stylesheet, script and colour load"
# Rules that this test leaves to others, each with the reason.
AVOIDED = {
    "/sign-in": PROVIDER,
    "/operator/sign-in": PROVIDER,
    "/sign-out": "ends the crawler's own session; the journeys sign out",
    "/operator/sign-out": "as /sign-out",
    "/referrals/<uuid:referral_id>/meeting/cancel": "leaves nothing to prepare; tests/moving_forwards/test_by_link.py",
    "/panel/<uuid:meeting_id>/<uuid:referral_id>/conflict": "shuts it to the crawler; tests/panels/test_conflicts.py",
}
UNREACHED = {
    **AVOIDED,
    "/app/contact": "asked for by the scripts of the app for phones; tests/offline",
    "/app/phones": "as above",
    "/app/records": "as above",
    "/app/sw.js": "as above",
    "/app/manifest.webmanifest": "asked for by browsers when the app is installed; as above",
    "/waiting-list/<uuid:entry_id>/accept": "where suggestions are turned on; tests/support/test_suggesting.py",
    "/episodes/<uuid:episode_id>/visits/plan": "once dates were found; tests/visits/test_planning.py",
    "/visits/<uuid:visit_id>/arrived": "on the day of a visit; tests/visits/test_presence.py",
    "/visits/<uuid:visit_id>/left": "once a visitor has arrived; as above",
    "/my-visits/<uuid:visit_id>/left": "once a volunteer has arrived; tests/volunteers/test_own_pages.py",
    "/calendar/<token>.ics": "what a calendar fetches by itself; tests/visits/test_feed.py",
    "/visits/calendar/revoke": "once there is an address; as above",
    "/my-visits/calendar/revoke": "as above",
    "/out-and-safe/<uuid:visit_id>": "on the day of a visit; tests/lone_working/test_telling.py",
    "/overdue-visits/<uuid:overdue_visit_id>/take": "taken on already; tests/lone_working/test_pages.py",
    "/lone-working/test-text": "where a key for texts is there; tests/lone_working/test_texts.py",
    "/volunteer/thank-you": "where an offer to volunteer ends; tests/volunteers/test_road.py opens it",
    "/auth/<uuid:provider_id>/start": PROVIDER,
    "/auth/<uuid:provider_id>/callback": PROVIDER,
    "/operator/auth/callback": PROVIDER,
    "/auth/<uuid:provider_id>/back-channel-logout": "the provider's own call, without a page; tests/accounts",
    "/operator/auth/back-channel-logout": "as above",
    "/signed-out": "where signing out ends",
    "/operator/signed-out": "where signing out ends",
    "/invitation/<token>": "its link is shown once, for copying; tests/accounts/test_first_sign_in.py opens it",
    "/health": "for machines; no page leads to it",
    "/brand.css": PARTS,
    "/operator/brand.css": PARTS,
    "/static/<version>/<path:filename>": PARTS,
    "/packs/<uuid:pack_id>/put-aside": "another form issued the pack; tests/reviews/test_packs.py",
    "/packs/<uuid:pack_id>/to-family": "as above",
    "/opened/<uuid:link_id>/packs/<uuid:pack_id>/pdf": "as below",
    "/opened/<uuid:link_id>/reviews/<uuid:review_id>/pdf": "as below",
    "/packs/<uuid:pack_id>/pdf": "as below",
    "/reviews/<uuid:review_id>/pdf": "as below",
    "/referrals/<uuid:referral_id>/letter/<uuid:letter_id>/pdf": "offered only where the extra `pdf` is installed",
    "/policy/editions/<uuid:edition_id>/letters/<uuid:entry_id>/pdf": "as above",
    "/letters/messages/<uuid:message_id>/again": "no e-mail of these families failed; tests/messages",
    "/letters/messages/<uuid:message_id>/handled": "as above",
    "/waiting-list/<uuid:entry_id>/contact": "where a policy asks for it; tests/support/test_waiting_moves.py",
    "/waiting-list/<uuid:entry_id>/move/undo": "once a child was moved; as above",
    "/services/<uuid:service_id>/checked": "another form withdrew the service; tests/directory/test_services.py",
    "/services/<uuid:service_id>/first": "as above; tests/directory/test_pointers.py",
    "/services/lists/<uuid:list_id>/put-away": "the list was taken before; tests/directory/test_sheets.py",
    "/profiles/<uuid:profile_instrument_id>/put-away": "the list was taken before; tests/profiles/test_instruments.py",
    "/profile.pdf": "offered only where the extra `pdf` is installed",
    "/plans/<uuid:plan_id>/chart.pdf": "as above",
    "/referrals/<uuid:referral_id>/meeting/held": "its day has not come; tests/moving_forwards",
    "/referrals/<uuid:referral_id>/meeting/agreements": "as above",
    "/referrals/<uuid:referral_id>/meeting/agreements/<uuid:meeting_agreement_id>/done": "as above",
    "/episodes/<uuid:episode_id>/setting/observation": "observed already; tests/setting_support",
    "/policy/previews/progress": "asked for by a page's script; tests/previews",
    "/policy/previews/<uuid:preview_id>/list.csv": "where a draft changes an answer; tests/previews/test_pages.py",
    "/policy/previews/<uuid:preview_id>/list.xlsx": "as above",
    "/referrals/<uuid:referral_id>/judge-again": "where a policy failed; tests/referrals/test_broken_policy.py",
    "/panel/<uuid:meeting_id>/<uuid:referral_id>/add": "only with a papers' day; tests/panels",
    "/notifications/<uuid:notification_id>/first-words/send": "another form closed the task; tests/notifications",
    "/notifications/<uuid:notification_id>/case-file": "where nothing followed from a yes; tests/notifications",
    "/panel/<uuid:meeting_id>/actions/<uuid:item_id>": "on the meeting’s day; tests/panels/test_between_meetings.py",
    "/referrals/<uuid:referral_id>/more-time": "where papers are waited for; tests/referrals/test_evidence_time.py",
}


@pytest.fixture(scope="module")
def few(servers: Servers, worker_name: str) -> Iterator[World]:
    """Three councils with a few invented families each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probed, "FAMILIES", FEW)
        patch.setattr(pdf, "made_of", each_kind_once(pdf.made_of))
        with world(servers, f"portage_crawl_{worker_name}", enterable_folder("portage-crawl-")) as made:
            yield made


def each_kind_once(made_of: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """Sets a paper in print for the first who asks for its kind at a council, which takes a second; others get that."""
    printed: dict[tuple[str, str], bytes] = {}

    def once(page: str) -> bytes:
        kind = (request.host, str(request.url_rule))
        if kind not in printed:
            printed[kind] = made_of(page)
        return printed[kind]

    return once


def personas_of(made: World, slug: str) -> list[tuple[str, str, str]]:
    """Every persona of a council: role, name, and the token of a new session."""
    with made.app.app_context(), tenant_scope(made.ids[slug], "system:test"):
        found = db.session.execute(
            select(RoleGrant.role, Person.name, Identity.id)
            .join(Person, (Person.tenant_id == RoleGrant.tenant_id) & (Person.id == RoleGrant.person_id))
            .join(Identity, (Identity.tenant_id == RoleGrant.tenant_id) & (Identity.person_id == Person.id))
            .where(RoleGrant.tenant_id == made.ids[slug], RoleGrant.source == "group")
            .order_by(RoleGrant.role, Person.name)
        ).all()
        opened = []
        for role, name, identity_id in found:
            identity = db.session.scalars(scoped(Identity).where(Identity.id == identity_id)).one()
            opened.append((role, name, open_session(identity, sid=None, id_token="", at=clock.now())))
        db.session.commit()
    return opened


def signed_in(app: Flask, slug: str, token: str) -> Browser:
    """A browser with a session."""
    client = browser(app, host(slug))
    client.set_cookie("portage-session", token, domain=host(slug))
    return client


def get_rules(app: Flask) -> set[str]:
    """Every page of the service."""
    return {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}


def post_rules(app: Flask) -> set[str]:
    """Every form's target."""
    return {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}


def asked_by(slug: str) -> Sequence[tuple[str, str]]:
    """Every route of a council, each with the first kind of person who may use it."""
    return [(shape.key, shape.referrers[0]) for shape in asked(slug)]


def takes_notifications(slug: str) -> bool:
    """Whether health bodies notify this council."""
    return council(slug).policy.notifications(council(slug).published[-1].terms) is not None


def ask_badly(crawler: Crawler, address: str, referrer: str, **given: str | list[str]) -> None:
    """Go through the public pages of a form, sending each page empty and wrong before it is filled in."""
    client = crawler.client
    page = press_start(client, address)
    while not page.request.path.endswith("/check"):
        path = page.request.path
        crawler.report.reached.add(crawler.rule(path) or path)
        form = form_to(page, path)
        for sent in (nothing(form), wrong(form, days=False), wrong(form, days=True)):
            crawler.judge(crawler.send(path, sent), f"POST {path}", sent, form, path)
        if path.endswith("/papers"):
            add_and_remove_a_paper(crawler, path)
        answered = answer(client, client.get(path), referrer, **given)
        assert answered.status_code == 303, (path, answered.text)
        page = client.get(urlsplit(answered.headers["Location"]).path)
    crawler.report.reached.add(crawler.rule(page.request.path) or "")
    crawler.do_twice(page.request.path, form_to(page, page.request.path))
    assert client.get(f"{address}/done").status_code == 200, address
    afresh = press_start(client, address)
    crawler.do_twice(afresh.request.path, form_to(afresh, f"{address}/forget"))


def add_and_remove_a_paper(crawler: Crawler, path: str) -> None:
    """Attach a paper, and take it out again."""
    values = right(form_to(crawler.client.get(path), path))
    values["more"] = "yes"
    added = crawler.send(path, values)
    assert added.status_code == 303, added.text
    page = crawler.client.get(path)
    assert PAPER[0] in page.text
    crawler.do_twice(path, form_to(page, f"{path}/0/remove"))
    assert PAPER[0] not in crawler.client.get(path).text.partition("</h1>")[2]


def more_starts(made: World, slug: str, role: str) -> list[str]:
    """Pages that the first few links of a list need not lead to: one of each kind, as a person finds it by a search."""
    tenant = made.ids[slug]
    found = {
        "visit": made.rows("select id from visit where tenant_id = %s and status = 'planned' limit 3", tenant),
        "new": made.rows("select id from referral where tenant_id = %s and stage = 'new' limit 1", tenant),
        "ended": made.rows("select id from referral where tenant_id = %s and closed_on is not null limit 1", tenant),
        "booked": made.rows(
            "select referral_id from assessment where tenant_id = %s and status = 'booked' limit 1", tenant
        ),
        "left": made.rows(
            "select id from waiting_entry where tenant_id = %s and referral_id is null and left_on is not null limit 1",
            tenant,
        ),
        "withdrawn": made.rows("select id from service where tenant_id = %s and withdrawn_on is not null", tenant),
        "after": made.rows(
            "select id, case route when 'moving-forwards' then 'meeting' else 'starting-school' end from referral "
            "where tenant_id = %s and route in ('moving-forwards', 'school-transition')",
            tenant,
        ),
        "setting": made.rows("select episode_id from setting_work where tenant_id = %s", tenant),
        "held": made.rows(
            "select n.id from notification n join referral r on r.tenant_id = n.tenant_id and r.notification_id = n.id "
            "where n.tenant_id = %s and n.first_words = 'held' order by n.arrived_on limit 2",
            tenant,
        ),
        "profiled": made.rows("select child_id from child_profile where tenant_id = %s limit 1", tenant),
        "unprofiled": made.rows(
            "select id from child c where tenant_id = %s and not exists "
            "(select from child_profile p where p.tenant_id = c.tenant_id and p.child_id = c.id) limit 1",
            tenant,
        ),
        "plans": made.rows(
            "select p.id from play_plan p join family_note n on n.tenant_id = p.tenant_id and n.plan_id = p.id "
            "where p.tenant_id = %s and n.read_at is null and p.ended_on is null limit 1",
            tenant,
        ),
        "children": made.rows("select id from child where tenant_id = %s", tenant),
        "leaving": made.rows(
            "select case when v.id is null then 'packs' else 'reviews' end, coalesce(v.id, p.id) from review v "
            "full join transition_pack p on p.tenant_id = v.tenant_id and p.id = v.id "
            "where coalesce(v.tenant_id, p.tenant_id) = %s order by 2 desc limit 7",
            tenant,
        ),
        "marked": made.rows("select child_id from child_mark where tenant_id = %s limit 1", tenant),
        "today": made.rows(
            "select id from visit where tenant_id = %s and planned_on = current_date and status = 'planned'", tenant
        ),
        "volunteers": made.rows(
            "select distinct on (status) id from volunteer where tenant_id = %s "
            "and status in ('interested', 'preparing') order by status, name desc",
            tenant,
        ),
        "recorded": made.rows(
            "select v.id, x.id from volunteer v join visit x on x.tenant_id = v.tenant_id "
            "and x.recorded_by = v.person_id where v.tenant_id = %s and x.done_on = current_date",
            tenant,
        ),
    }
    visits = [f"/visits/{row[0]}/{verb}" for row in found["visit"] for verb in ("move", "cancel")]
    twice = made.rows("select id from record_conflict where tenant_id = %s", tenant)
    if role == "panel-chair":
        closed = made.rows("select meeting_id from panel_correction where tenant_id = %s", tenant)
        waits = made.rows(
            "select i.meeting_id, i.referral_id from conflict c join panel_item i on i.tenant_id = c.tenant_id "
            "and i.referral_id = c.referral_id where c.tenant_id = %s",
            tenant,
        )
        actions = made.rows(
            "select meeting_id, id from panel_item where tenant_id = %s and kind = 'chairs-action'", tenant
        )
        items = [f"/panel/{row[0]}/{row[1]}" for row in waits] + [
            f"/panel/{row[0]}/actions/{row[1]}" for row in actions
        ]
        return [*(f"/panel/{row[0]}" for row in closed), *items]
    if role == "tenant-administrator":
        return [f"/services/{row[0]}" for row in found["withdrawn"]]
    if role == "service-manager":
        arranged = made.rows(
            "select referral_id from introductory_visit where tenant_id = %s and status = 'arranged'", tenant
        )
        requests = found["new"] + found["ended"] + found["booked"] + arranged[:1]
        places = (f"/waiting-list/{row[0]}" for row in found["left"])
        more = [*(f"/children/{row[0]}" for row in found["marked"]), *(f"/visits/{row[0]}" for row in found["today"])]
        more += [f"/volunteers/{row[0]}" for row in found["volunteers"]]
        more += [f"/volunteers/{row[0]}/visits/{row[1]}" for row in found["recorded"]]
        more += [f"/record-conflicts/{row[0]}" for row in twice]
        after = [f"/referrals/{row[0]}/{row[1]}" for row in found["after"]]
        after += [f"/episodes/{row[0]}/setting" for row in found["setting"]]
        after += [f"/notifications/{row[0]}" for row in found["held"]]
        after += [f"/{row[0]}/{row[1]}" for row in found["leaving"]]
        more += [f"/children/{row[0]}/profile" for row in found["profiled"] + found["unprofiled"]]
        more += [f"/plans/{row[0]}" for row in found["plans"]]
        return [*visits, *(f"/referrals/{row[0]}" for row in requests), *places, *after, *more]
    if role == "volunteer":
        own = made.rows(
            "select v.id from visit v join role_grant g on g.tenant_id = v.tenant_id and g.person_id = v.visitor_id "
            "where v.tenant_id = %s and g.role = 'volunteer' and v.planned_on = current_date and v.status = 'planned'",
            tenant,
        )
        return [f"/my-visits/{row[0]}" for row in own] if found["volunteers"] else []
    return [*visits, *(f"/children/{row[0]}" for row in found["children"])] if role == "home-visitor" else []


def crawl_council(made: World, slug: str, rows: Rows, whole: Report) -> None:
    """Somebody who is not signed in, then every persona of the council."""
    tried: set[tuple[str, str]] = set()
    avoid = frozenset(AVOIDED)
    stranger = Crawler(made.app, browser(made.app, host(slug)), f"{slug} nobody", tried, rows, avoid=avoid)
    for route, referrer in asked_by(slug):
        ask_badly(stranger, f"/ask/{route}", referrer)
    if takes_notifications(slug):
        ask_badly(stranger, "/notify", "health-professional", **notifying.USUAL)
    leading_on = [made.plan_links[slug], *made.leading_on[slug]]
    whole.add(stranger.crawl("/", f"/l/{made.links[slug]}"))
    for token in leading_on:  # each leads to other pages, behind the same button
        reader = Crawler(made.app, browser(made.app, host(slug)), f"{slug} by a link", set(), rows, avoid=avoid)
        whole.add(reader.crawl(f"/l/{token}"))
    late = Crawler(made.app, browser(made.app, host(slug)), f"{slug} somebody late", tried, rows, avoid=avoid)
    whole.add(late.crawl(f"/l/{made.links[slug]}"))
    family = browser(made.app, host(slug))
    family.set_cookie("portage-link", VISITOR, domain=host(slug))
    own = made.rows(
        "select id from one_time_link where tenant_id = %s and purpose = 'family' and used_at is not null",
        made.ids[slug],
    )
    reader = Crawler(made.app, family, f"{slug} a family", tried, rows, avoid=avoid)
    whole.add(reader.crawl(*(f"/opened/{row[0]}" for row in own)))
    roles: set[str] = set()
    # A volunteer goes first: managers, who try every form, suspend them too.
    for role, name, token in sorted(personas_of(made, slug), key=lambda each: each[0] != "volunteer"):
        client = signed_in(made.app, slug, token)
        each = 1 if role in roles else 2
        crawler = Crawler(made.app, client, f"{slug} {role} {name}", tried, rows, each, avoid)
        whole.add(crawler.crawl("/start", *(() if role in roles else more_starts(made, slug, role))))
        roles.add(role)


def test_nothing_breaks_is_dead_lost_or_doubled(few: World, record_property: Callable[[str, object], None]) -> None:
    whole = Report()
    with psycopg.connect(few.database.at.superuser, autocommit=True) as connection:
        rows = Rows(connection)
        for slug in few.slugs:
            crawl_council(few, slug, rows, whole)
        (token,) = few.sessions["operator", "operator"]
        client = signed_in(few.app, "operator", token)
        operator = Crawler(few.app, client, "operator", set(), rows, avoid=frozenset(AVOIDED))
        whole.add(operator.crawl("/operator"))
    counts = {
        "people": len(whole.pages),
        "pages opened": sum(whole.pages.values()),
        "forms sent": sum(whole.forms.values()),
        "rules of pages": len(whole.reached),
        "rules of forms": len(whole.sent),
        "rules of forms that did their work, once": len(whole.done),
    }
    for name, count in counts.items():
        record_property(name, count)
    LOG.info("crawled: %s; forms that did no work: %s", counts, sorted(whole.sent - whole.done))
    never = (get_rules(few.app) - whole.reached) | (post_rules(few.app) - whole.sent)
    whole.wrong += [f"nobody reached {rule}" for rule in sorted(never - set(UNREACHED))]
    assert not whole.wrong, f"{len(whole.wrong)} findings:\n" + "\n".join(whole.wrong)
    assert len(whole.done) >= LEAST_DONE, sorted(whole.sent - whole.done)
