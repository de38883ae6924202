"""A process that carries out one preview and says how much memory that took: to be measured, or to be killed."""

import json
import sys
import threading
from uuid import UUID

import psutil

from portage.app import create_app
from portage.config import Settings
from portage.core.db import db
from portage.core.process import settle
from portage.core.tenancy import tenant_scope
from portage.previews import jobs
from portage.previews.models import Preview


def main() -> None:
    """Read what to do from the standard input, and print the memory before and at most, and how the preview ended.

    `piece`, in seconds, is how long one piece of work takes; without it as long as in the service.
    """
    told = json.load(sys.stdin)
    jobs.PIECE = told.get("piece", jobs.PIECE)
    app = create_app(Settings.from_environment(told["environment"], role="worker"), role="worker")
    settle()
    key = tenant_id, preview_id = UUID(told["tenant"]), UUID(told["preview"])
    with app.app_context(), tenant_scope(tenant_id, "worker"):
        status, idle = db.session.get_one(Preview, key).status, memory()
        most = [idle]
        over = threading.Event()
        watching = threading.Thread(target=watch, args=(most, over))
        watching.start()
        while status not in ("done", "failed"):
            jobs.work(preview_id)
            db.session.commit()
            db.session.expire_all()
            status = db.session.get_one(Preview, key).status
        over.set()
        watching.join()
    sys.stdout.write(json.dumps([idle, max(most), status]))


def memory() -> int:
    """What this process holds now, in KiB; the kernel's own record of the most counts what its parent held, too."""
    return int(psutil.Process().memory_info().rss // 1024)


def watch(most: list[int], over: threading.Event) -> None:
    """Note what is held, again and again, until it is over."""
    while not over.wait(0.02):
        most.append(memory())


if __name__ == "__main__":
    main()
