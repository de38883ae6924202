"""Health professionals who notify a council, and background work, for the tests of this folder."""

from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.letters import decide
from support.notifying import day, notified, unhurried
from support.requests import request_of

__all__ = [
    "day",
    "decide",
    "mail_server",
    "notified",
    "request_of",
    "unhurried",
    "work_off",
    "worker_app",
    "worker_app_of_process",
]
