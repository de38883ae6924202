"""A council's own caseload as a workbook, children on their way to support, and mail, for the tests of this folder."""

from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.caseload import load, workbook
from support.cases import family_of
from support.episodes import accepted_of
from support.publishing import author, publisher

__all__ = [
    "accepted_of",
    "author",
    "family_of",
    "load",
    "mail_server",
    "publisher",
    "work_off",
    "workbook",
    "worker_app",
    "worker_app_of_process",
]
