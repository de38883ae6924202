"""References: what a family reads aloud on the telephone; they say nothing about the child and cannot be guessed."""

import secrets

from sqlalchemy import select

from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.referrals.models import Referral

# 23 signs, a prime: no vowels (no words by accident), and none that look or sound like another (0 O, 1 I L, 5 S, 8 B).
SIGNS = "23456789CDFGHJKMNPQRTWX"
_DRAWN = 7


def new_reference() -> str:
    """Draw a reference that this council has not used, such as `K7RT-4MPC`; its last sign checks the others."""
    while True:
        reference = _written("".join(secrets.choice(SIGNS) for _ in range(_DRAWN)))
        if not _used(reference):
            return reference


def reference_or_new(wanted: str) -> str:
    """The reference that somebody knows already, unless a request of the council has it."""
    return new_reference() if _used(wanted) else wanted


def _used(reference: str) -> bool:
    used = select(Referral.id).where(Referral.tenant_id == current_tenant_id(), Referral.reference == reference)
    return db.session.execute(used).first() is not None


def read_reference(typed: str) -> str | None:
    """The reference that somebody typed or heard, however spaced; None when a sign is wrong or two are swapped."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    if len(signs) != _DRAWN + 1 or any(sign not in SIGNS for sign in signs):
        return None
    reference = _written(signs[:-1])
    return reference if reference.replace("-", "") == signs else None


def _written(drawn: str) -> str:
    whole = drawn + SIGNS[sum(place * SIGNS.index(sign) for place, sign in enumerate(drawn, 1)) % len(SIGNS)]
    return f"{whole[:4]}-{whole[4:]}"
