"""Whether something is an e-mail address that a mail server can be told."""

import re
from collections.abc import Callable
from email.errors import MessageError
from email.headerregistry import Address

from marshmallow import ValidationError

LONGEST = 254
_USUAL = re.compile(r"[^@\s<>,;\"()]+@[^@\s<>,;\"()]+\.[^@\s<>,;\"().]{2,}")


def is_mailbox(text: str) -> bool:
    """Whether this is one address in the usual form, in letters that every mail server takes."""
    if len(text) > LONGEST or not text.isascii() or not _USUAL.fullmatch(text):
        return False
    try:
        Address(addr_spec=text)
    except (MessageError, ValueError, IndexError):  # what the standard library raises for different mistakes
        return False
    return True


def mailbox(sentence: str) -> Callable[[str], None]:
    """The same as a check of a form's field, with the sentence that says what to do."""

    def check(text: str) -> None:
        if not is_mailbox(text):
            raise ValidationError(sentence)

    return check
