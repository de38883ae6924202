"""Files that come with a form: each is checked by what it is, and every one that cannot be taken is named."""

from collections.abc import Sequence
from datetime import datetime

from flask import current_app, request
from werkzeug.datastructures import FileStorage

from portage.core.files import ACCEPT, FileRefused, Kept, keep
from portage.core.forms import Form
from portage.core.rates import Ceiling
from portage.core.tenancy import current_tenant_id
from portage.policy import EVIDENCE, Route
from portage.referrals.models import AskDraft
from portage.referrals.operations.drafts import MOST_PAPERS, keep_paper
from portage.referrals.operations.evidence import EARLY_HELP, THE_FORM

OTHER = "other"
FULL = (
    "So many files have come in that we cannot take more just now. What you wrote is kept. Go on without these papers "
    "and send them to us later, or try again in an hour."
)
TOO_MANY = f"We can take {MOST_PAPERS} files with a request. Send the rest later, or call us."


def paper_kinds(route: Route, referrer: str | None = None, *, entering: bool = False) -> list[tuple[str, str]]:
    """The kinds of papers that may come by this route, in the words of whoever sends them."""
    early_help = any(ask.key == "early_help_reference" for ask in route.asks)
    return [
        *([(THE_FORM, "The form as it came")] if entering else []),
        *([(EARLY_HELP, "The Early Help Assessment and Plan (EHA/EHP)")] if early_help else []),
        *((option.key, option.label_for(referrer or "")) for option in EVIDENCE),
    ]


def read_papers(draft: AskDraft, kinds: Sequence[tuple[str, str]], *, at: datetime) -> tuple[int, Form]:
    """Keep the files that were sent with the draft; answers how many, and a form that names the others."""
    sent = _sent()
    form = Form({"kind": request.form.get("kind", "")})
    kind = form.values["kind"] or OTHER
    if kind not in dict(kinds):
        return 0, form.refuse("kind", "Choose from the list what kind of paper it is.")
    if sent and not current_app.extensions["portage.rates"].takes(
        current_tenant_id(), Ceiling.PUBLIC_FILES, min(len(sent), MOST_PAPERS)
    ):
        return 0, form.refuse("papers", FULL)
    taken = 0
    for upload in sent:
        if len(draft.files) >= MOST_PAPERS:
            form.refuse("papers", TOO_MANY)
            break
        if kept := _kept(upload, form):
            keep_paper(draft, kept, kind, at=at)
            taken += 1
    return taken, form


def keep_sent(kinds: Sequence[tuple[str, str]]) -> tuple[list[tuple[Kept, str]], Form]:
    """Keep the files of a form without a draft, each under the kind that was chosen; all or none."""
    form = Form({"kind": request.form.get("kind", "")})
    kind = form.values["kind"]
    sent = _sent()
    if not sent:
        form.refuse("papers", "Choose at least one file.")
    if kind not in dict(kinds):
        form.refuse("kind", "Choose from the list what kind of paper it is.")
    if len(sent) > MOST_PAPERS:
        form.refuse("papers", TOO_MANY)
    if form.errors:
        return [], form
    return [(kept, kind) for upload in sent if (kept := _kept(upload, form))], form


def _sent() -> list[FileStorage]:
    """What was chosen; a browser sends an empty part when nothing was."""
    return [upload for upload in request.files.getlist("papers") if upload.filename]


def _kept(upload: FileStorage, form: Form) -> Kept | None:
    try:
        return keep(upload.stream, upload.filename or "")
    except FileRefused as refused:
        form.refuse("papers", refused.sentence)
        return None


__all__ = ["ACCEPT", "keep_sent", "paper_kinds", "read_papers"]
