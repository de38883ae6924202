"""A worker that carries out one preview and says how much memory that took; started by the measure of previews."""

import json
import resource
import sys
from uuid import UUID

from portage.app import create_app
from portage.config import Settings
from portage.core.db import db
from portage.core.tenancy import tenant_scope
from portage.previews import jobs
from portage.previews.models import Preview


def main() -> None:
    """Read what to do from the standard input, and print the memory before and at most, and how the preview ended."""
    told = json.load(sys.stdin)
    app = create_app(Settings.from_environment(told["environment"], role="worker"), role="worker")
    key = tenant_id, preview_id = UUID(told["tenant"]), UUID(told["preview"])
    with app.app_context(), tenant_scope(tenant_id, "worker"):
        status, idle = db.session.get_one(Preview, key).status, memory()
        while status not in ("done", "failed"):
            jobs.work(preview_id)
            db.session.commit()
            db.session.expire_all()
            status = db.session.get_one(Preview, key).status
    sys.stdout.write(json.dumps([idle, memory(), status]))


def memory() -> int:
    """The most that this process has held so far, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
