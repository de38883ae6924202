"""Families on their way to support, background work and mail, for the tests of this folder."""

from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.cases import family_of
from support.episodes import accepted_of, supported_of
from support.requests import request_of

__all__ = [
    "accepted_of",
    "family_of",
    "mail_server",
    "request_of",
    "supported_of",
    "work_off",
    "worker_app",
    "worker_app_of_process",
]
