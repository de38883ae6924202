"""The app for a phone: its shell, what its scripts ask and send, phones and their limit, two records of one visit."""

from portage.offline.views import conflicts, exchange, phones, shell

ALL_ROUTES = [shell.routes, exchange.routes, phones.routes, conflicts.routes]
