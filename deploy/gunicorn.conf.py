"""How the web processes run: threads for waiting on the database, two processes for the two cores of a small host."""

import os
from typing import Any

wsgi_app = "portage.app:create_app()"
bind = os.environ.get("PORTAGE_BIND", "0.0.0.0:8000")
worker_class = "gthread"
workers = int(os.environ.get("PORTAGE_WEB_PROCESSES", "2"))
threads = int(os.environ.get("PORTAGE_WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 20
keepalive = 15  # longer than nginx keeps an idle upstream connection
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 4094
limit_request_field_size = 8190
accesslog = None  # nginx writes it, without query strings; addresses of pages may hold one-time tokens
errorlog = "-"
control_socket_disable = True  # nobody steers it from beside, and its place may not be writable
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112, S108 - memory, so a slow disk stalls no heartbeat


def on_starting(_server: Any) -> None:
    """Read the code in before the processes part: they share its memory, and one that died is back at once.

    Nothing is opened here; each process makes its own application, with its own connections.
    """
    from portage.app import load

    load()


def post_worker_init(_worker: Any) -> None:
    """Settle down, now that the application is loaded."""
    from portage.core.process import settle

    settle()
