"""Background work for the tests of the Stamp of Approval."""

from support.background import mail_server, work_off, worker_app, worker_app_of_process

__all__ = ["mail_server", "work_off", "worker_app", "worker_app_of_process"]
