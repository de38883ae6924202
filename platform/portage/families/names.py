"""Names as they are searched: lower case, without accents or punctuation, single spaces."""

import re
import unicodedata

_NOT_A_LETTER = re.compile(r"[\W_]+")


def search_form(*names: str) -> str:
    """Return names in the form in which `Child.search_name` keeps them and a search asks for them."""
    plain = unicodedata.normalize("NFKD", " ".join(names).replace("’", "").replace("'", "").casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _NOT_A_LETTER.sub(" ", letters).strip()


def prefix_range(prefix: str) -> tuple[str, str]:
    """Return the half-open range of names that begin so: a comparison keeps its index under row-level security."""
    return prefix, prefix[:-1] + chr(ord(prefix[-1]) + 1)
