"""Telephone numbers that are dialled in the United Kingdom: read strictly, kept and shown as people write them."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

COUNTRY = 44
# Ofcom keeps these for films and examples: nobody has them, and the library knows it. Demonstrations and tests do.
EXAMPLES = re.compile(r"(?:7700900|1632960)\d{3}")
MOBILES = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class NotANumber(ValueError):
    """What was typed is no number that could be dialled in the United Kingdom."""


def read_number(typed: str) -> str:
    """The number as it is kept and shown, such as `07700 900123`; raises `NotANumber`."""
    return phonenumbers.format_number(_parsed(typed), PhoneNumberFormat.NATIONAL)


def read_mobile(typed: str) -> str:
    """The same for a number that takes texts; raises `NotANumber` for a landline too."""
    number = _parsed(typed)
    if not _is_example(number, "7") and phonenumbers.number_type(number) not in MOBILES:
        raise NotANumber(typed)
    return phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)


def takes_texts(kept: str | None) -> bool:
    """Whether a text can go to a number as it is kept."""
    try:
        return bool(kept and read_mobile(kept))
    except NotANumber:
        return False


def international(kept: str) -> str:
    """The number as gateways and links take it, such as `+447700900123`; raises `NotANumber`."""
    return phonenumbers.format_number(_parsed(kept), PhoneNumberFormat.E164)


def dialled(kept: str | None) -> str:
    """What a link dials: digits and a leading plus only, also for 999 and other short numbers."""
    return re.sub(r"[^0-9+]", "", kept or "")


def _parsed(typed: str) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(typed, "GB")
    except NumberParseException as wrong:
        raise NotANumber(typed) from wrong
    valid = number.country_code == COUNTRY and not number.extension
    if not valid or not (_is_example(number) or phonenumbers.is_valid_number(number)):
        raise NotANumber(typed)
    return number


def _is_example(number: phonenumbers.PhoneNumber, begins: str = "") -> bool:
    digits = str(number.national_number)
    return bool(EXAMPLES.fullmatch(digits)) and digits.startswith(begins)
