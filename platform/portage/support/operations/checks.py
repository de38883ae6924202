"""People who visit although HR's check of them is not marked: the managers are told until somebody has marked it.

After the mark came to be asked for, nobody has it yet; and it runs out by itself. Nothing else shows that, until a
child cannot be given to anybody.
"""

from datetime import date

from sqlalchemy import select

from portage.core.access import Role
from portage.core.db import db
from portage.core.tenancy import current_tenant_id
from portage.messages.models import Alert
from portage.messages.operations import alert, settle, until_settled
from portage.support.visitors import how_many_unmarked, said_of_unmarked

CHECKS = until_settled("checks-unmarked")
WHOSE = "/visitors?area=all&check=unmarked"


def tell_of_checks(on: date) -> None:
    """Keep one alert to the managers as it is true now; it rests when every visitor with children has the mark."""
    number = how_many_unmarked(on=on)
    sentence = f"{said_of_unmarked(number)}: they cannot be given another child."
    standing = db.session.scalars(
        select(Alert.sentence).where(
            Alert.tenant_id == current_tenant_id(), Alert.kind == CHECKS, Alert.seen_at.is_(None)
        )
    ).all()
    if number and sentence in standing:
        return
    settle(CHECKS, WHOSE)
    if number:
        alert(kind=CHECKS, path=WHOSE, sentence=sentence, role=Role.SERVICE_MANAGER)
