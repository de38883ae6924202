"""Background work and mail for the tests of messages."""

from support.background import mail_server, work_off, worker_app, worker_app_of_process
from support.cases import family_of
from support.letters import decide

__all__ = ["decide", "family_of", "mail_server", "work_off", "worker_app", "worker_app_of_process"]
