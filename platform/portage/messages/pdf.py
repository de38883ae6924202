"""Letters as PDF, where WeasyPrint is installed (the extra `pdf`); it is loaded when the first letter is made."""

from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any


@lru_cache(maxsize=1)
def available() -> bool:
    """Whether this installation can make a PDF: the package is there, and the system's library under it."""
    if find_spec("weasyprint") is None:
        return False
    try:
        import_module("weasyprint")
    except OSError:  # the system lacks Pango
        return False
    return True


def made_of(page: str) -> bytes:
    """The PDF of a page that needs nothing from anywhere: no address in it is followed, whatever its kind."""
    weasyprint: Any = import_module("weasyprint")
    nothing = import_module("weasyprint.urls").URLFetcher(allowed_protocols=())
    made: bytes = weasyprint.HTML(string=page, url_fetcher=nothing).write_pdf(pdf_variant="pdf/ua-1")
    return made
