"""Background work and mail for the tests of messages."""

from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.cases import family_of

__all__ = ["family_of", "mail_server", "work_off", "worker_app", "worker_app_of_process"]
