"""The pages of this slice; each module brings its own routes."""

from importlib import import_module
from pkgutil import iter_modules

from portage.core.routes import Routes

ALL_ROUTES: list[Routes] = [
    import_module(f"{__name__}.{found.name}").routes
    for found in iter_modules(__path__)
    if not found.name.startswith("_")
]
