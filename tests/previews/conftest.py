"""Drafts, previews and requests for the tests of this folder."""

from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.previews import draft_of, preview_of
from support.requests import request_of

__all__ = ["draft_of", "mail_server", "preview_of", "request_of", "work_off", "worker_app", "worker_app_of_process"]
