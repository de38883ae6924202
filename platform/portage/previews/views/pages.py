"""Asking for a preview, watching it run, stopping it, and reading what it found."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, abort, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portage.core import clock
from portage.core.access import Audience, Can, Rate
from portage.core.errors import NotHere
from portage.core.forms import Form, read
from portage.core.identity import Actor, Viewer, viewer
from portage.core.routes import UNAUDITED, Routes, concerning
from portage.core.sections import Entry, Section, adds_to
from portage.editions.operations import edition_on
from portage.editions.refusals import DraftUnfinished
from portage.policy import Edition, Policy
from portage.policy.dates import in_words
from portage.previews import download, listing, results
from portage.previews.comparing import Judge
from portage.previews.models import RUNNING, Preview
from portage.previews.operations import ask_for, digest_of, stop
from portage.previews.results import Listed
from portage.previews.schemas import AskSchema
from portage.previews.sight import OUTSIDE, may_open, sight_of
from portage.referrals.stage_words import STAGE_WORDS

routes = Routes("previews", __name__)
SEES: dict[str, Any] = {"can": Can.SEE_PREVIEW, "audience": Audience.STAFF, "audit": "preview.seen", "rate": Rate.PAGE}
ASKS: dict[str, Any] = {"can": Can.PREVIEW_POLICY, "audience": Audience.STAFF, "rate": Rate.WRITE}
LOADS: dict[str, Any] = {"audience": Audience.STAFF, "audit": "preview.downloaded", "rate": Rate.WRITE}
STATUS = {
    "waiting": ("Waiting to begin", "blue"), "running": ("Running", "blue"), "done": ("Finished", "green"),
    "cancelled": ("Stopped", "grey"), "outdated": ("Out of date", "yellow"), "failed": ("Could not finish", "red"),
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@adds_to("draft", order=10)
def of_draft(who: Viewer, draft_id: UUID | None) -> Section | None:
    """The way from a draft to its previews."""
    if draft_id is None or Can.SEE_PREVIEW not in who.can:
        return None
    ran = []
    for each in listing.recent(draft_id):
        asked_on = in_words(each.asked_at.astimezone(clock.LONDON).date())
        ran.append(Entry(f"Asked on {asked_on}", f"/policy/previews/{each.id}", STATUS[each.status][0]))
    ask = Entry("Preview this draft on the real caseload", f"/policy/previews?draft={draft_id}")
    return Section("Previews", tuple(ran), "", ask if Can.PREVIEW_POLICY in who.can else None)


@routes.get("/policy/previews", **SEES)
def listed() -> ResponseReturnValue:
    """The form for a new preview, and the latest ones."""
    chosen = request.args.get("draft", "")
    return _list_page(Form({"edition_id": chosen, "from_on": clock.today()}))


def _list_page(form: Form) -> str:
    return render_template(
        "previews/list.html",
        form=form,
        drafts=listing.drafts(clock.today()),
        previews=listing.recent(),
        status=STATUS,
        may_ask=Can.PREVIEW_POLICY in viewer().can,
    )


@routes.post("/policy/previews", audit="preview.asked", **ASKS)
def ask() -> ResponseReturnValue:
    """Ask for a preview; the worker carries it out."""
    command, form = read(AskSchema(), request.form)
    if command is None:
        return _list_page(form), 422
    try:
        preview = ask_for(command, by=Actor.of(viewer()), on=clock.today(), at=clock.now())
    except NotHere:
        return _list_page(form.refuse("edition_id", "This draft is no longer in the list. Choose another one.")), 422
    except DraftUnfinished as refused:
        return _list_page(form.refuse("edition_id", str(refused))), 422
    concerning("preview", preview.id, edition=preview.edition_id)
    return redirect(f"/policy/previews/{preview.id}", 303)


@routes.get("/policy/previews/<uuid:preview_id>", **SEES)
def shown(preview_id: UUID) -> ResponseReturnValue:
    """How far a preview is, or what it found."""
    preview = _opened(preview_id)
    policy, edition, current = _edition_of(preview)
    words: dict[str, Any] = {
        "preview": preview,
        "source": listing.source_of(preview.edition_id),
        "status": STATUS[preview.status],
        "running": preview.status in RUNNING,
        "by": listing.name_of(preview.asked_by),
        "may_ask": Can.PREVIEW_POLICY in viewer().can,
        "changed_since": not current,
    }
    if preview.status != "done":
        return render_template("previews/progress.html", **words)
    sight = sight_of(viewer())
    result = results.result_of(preview, policy, edition, sight)
    return render_template(
        "previews/result.html",
        **words,
        **_list_words(preview, policy, edition),
        result=result,
        sight=sight,
        words=results.WORDS,
        met=results.MET,
        looks_again=bool(policy.arrangements(edition.terms).looks_again),
    )


def _list_words(preview: Preview, policy: Policy[Any], edition: Edition) -> dict[str, Any]:
    """The page of the list that the address asks for, for those who see references."""
    sight = sight_of(viewer())
    if not sight.references or preview.forgotten_at:
        return {"rows": []}
    wanted = _wanted()
    total = results.how_many(preview.id, sight, wanted)
    rows = results.changes(preview.id, sight, wanted)
    return {
        "rows": rows,
        "wanted": wanted,
        "listed": total,
        "pages": -(-total // results.PAGE),
        "page_address": lambda page: _address(preview.id, wanted, page),
        "area_names": results.area_names(),
        "stages": STAGE_WORDS,
        "opens": {row.referral_id for row in rows if may_open(viewer(), row.area_id)},
        "titles": {rule: results.title_of(policy, edition, rule) for row in rows for rule, *_ in row.turned},
        "from_then_on": results.how_many(preview.id, sight, Listed(), since=preview.from_on),
        "workbook": preview.changed <= download.MOST_IN_A_WORKBOOK,
    }


def _wanted() -> Listed:
    def outcome(name: str) -> str:
        return found if (found := request.args.get(name, "")) in results.WORDS else ""

    page = request.args.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    return Listed(outcome("was"), outcome("now"), request.args.get("earlier") == "yes", max(number, 1))


def _address(preview_id: UUID, wanted: Listed, page: int) -> str:
    chosen = {"was": wanted.was, "now": wanted.now, "earlier": "yes" if wanted.earlier else "", "page": str(page)}
    return f"/policy/previews/{preview_id}?{urlencode({key: value for key, value in chosen.items() if value})}#list"


@routes.get("/policy/previews/progress", can=Can.SEE_PREVIEW, audience=Audience.STAFF, audit=UNAUDITED, rate=Rate.PAGE)
def progress() -> ResponseReturnValue:
    """How far a preview is, for the page that watches it: two numbers, asked every second, and not worth a trail."""
    try:
        preview = listing.preview_here(UUID(request.args.get("preview", "")))
    except ValueError:
        raise NotHere from None
    return jsonify(done=preview.done, total=preview.total, running=preview.status in RUNNING)


@routes.post("/policy/previews/<uuid:preview_id>/stop", audit="preview.stopped", **ASKS)
def stopped(preview_id: UUID) -> ResponseReturnValue:
    """Stop a preview that still runs."""
    _opened(preview_id)
    if stop(preview_id, by=Actor.of(viewer()), at=clock.now()):
        flash("The preview is stopped. Nothing was changed by it.", "success")
    return redirect(f"/policy/previews/{preview_id}", 303)


@routes.get("/policy/previews/<uuid:preview_id>/list.csv", can=Can.PREVIEW_POLICY, **LOADS)
def list_as_csv(preview_id: UUID) -> ResponseReturnValue:
    """The requests that change, with references and without names."""
    preview = _finished(preview_id)
    return _file(download.as_csv(_rows(preview)), "text/csv; charset=utf-8", f"preview-{preview.from_on}.csv")


@routes.get("/policy/previews/<uuid:preview_id>/list.xlsx", can=Can.PREVIEW_POLICY, **LOADS)
def list_as_workbook(preview_id: UUID) -> ResponseReturnValue:
    """The same as a workbook, unless it would be too long for one."""
    preview = _finished(preview_id)
    if preview.changed > download.MOST_IN_A_WORKBOOK:
        abort(404)
    return _file(download.as_workbook(_rows(preview), "Would change"), XLSX, f"preview-{preview.from_on}.xlsx")


def _rows(preview: Preview) -> Iterator[download.Cells]:
    """The list as cells; a list that was forgotten is not there."""
    if preview.forgotten_at:
        abort(404)
    return download.list_rows(results.all_changes(preview.id, sight_of(viewer())), results.area_names())


@routes.get("/policy/previews/<uuid:preview_id>/counts.csv", can=Can.SEE_PREVIEW, **LOADS)
def counts_file(preview_id: UUID) -> ResponseReturnValue:
    """The counts for people outside the team: small ones are hidden, whoever downloads them."""
    preview = _finished(preview_id)
    policy, edition, _ = _edition_of(preview)
    result = results.result_of(preview, policy, edition, OUTSIDE)
    return _file(
        download.as_csv(download.count_rows(result)), "text/csv; charset=utf-8", f"preview-counts-{preview.from_on}.csv"
    )


def _edition_of(preview: Preview) -> tuple[Policy[Any], Edition, bool]:
    """The edition that names the findings, and whether its terms are still those that were previewed.

    A draft that does not fit together at the moment names nothing; the edition in force then does.
    """
    judge = Judge.by(preview.edition_id)
    if judge is None:
        return *edition_on(clock.today()), False
    return judge.policy, judge.edition, digest_of(judge.edition.given["terms"]) == preview.terms_digest


def _opened(preview_id: UUID) -> Preview:
    preview = listing.preview_here(preview_id)
    concerning("preview", preview.id)
    return preview


def _finished(preview_id: UUID) -> Preview:
    preview = _opened(preview_id)
    if preview.status != "done":
        raise NotHere
    return preview


def _file(content: bytes, kind: str, name: str) -> Response:
    answer = Response(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
