"""The process that holds the servers of one test run: it starts them when the first test asks.

Its standard input is a pipe that the run's first process holds; when that closes, however the run went, all is stopped.
"""

import json
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from portage.demo.processes import Processes

TEMPLATE = "portage_template"


def serve(run: Path) -> None:
    """Wait for the file `wanted`, start everything, write `ready.json` or `failed`, and wait for the end."""
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), over.set()), daemon=True).start()
    while not (run / "wanted").exists():
        if over.wait(0.05):
            return
    from portage.demo.processes import Processes  # the run may never ask, and this takes half a second

    processes = Processes(run / "logs")
    try:
        answer(run / "ready.json", json.dumps(start(run, processes)))
        over.wait()
    except Exception:  # the tests that wait must hear of it, whatever it is
        answer(run / "failed", traceback.format_exc())
    finally:
        processes.stop()


def start(run: Path, processes: "Processes") -> dict[str, object]:
    """Start both servers and make the template database, migrated and with its councils."""
    from portage.core.migrate import upgrade
    from portage.core.provision import install_key
    from portage.demo.logins import owned_database, role_logins
    from portage.demo.places import keep_secret, server_account, socket_folder
    from portage.demo.postgres import Postgres
    from portage.demo.valkey import Valkey
    from support.councils import invent, load_shipped

    account = server_account()
    sockets = socket_folder(run, account)
    postgres = Postgres(run / "postgres", sockets, account, durable=False)
    valkey = Valkey(run / "valkey", sockets, account, durable=False)
    processes.launch(postgres.program())
    processes.launch(valkey.program())
    processes.wait_for("postgresql")
    owner = owned_database(postgres.url(), run, TEMPLATE)
    logins = role_logins(owner, run, superuser_url=postgres.url())
    upgrade(owner)
    tenant_key = keep_secret(run / "tenant_key.secret")
    install_key(owner, bytes.fromhex(tenant_key))
    invent(postgres.url(TEMPLATE))
    load_shipped(owner, bytes.fromhex(tenant_key))
    processes.wait_for("valkey")
    return {
        "superuser": postgres.url(TEMPLATE),
        "owner": owner,
        "roles": logins.roles,
        "valkey": valkey.url,
        "tenant_key": tenant_key,
        "secret_key": keep_secret(run / "secret_key.secret"),
    }


def answer(file: Path, text: str) -> None:
    """Write a file at one stroke."""
    unfinished = file.with_suffix(".part")
    unfinished.write_text(text, encoding="utf-8")
    unfinished.replace(file)


if __name__ == "__main__":
    os.setpgid(0, 0)
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    serve(Path(sys.argv[1]))
