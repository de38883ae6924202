"""Requests and background work for the tests of Moving Forwards meetings."""

from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.requests import request_of

__all__ = ["mail_server", "request_of", "work_off", "worker_app", "worker_app_of_process"]
