"""Pages of the directory: for everybody, and for those who keep it."""

from portage.directory.views import lists, public, services

ALL_ROUTES = [public.routes, lists.routes, services.routes]
