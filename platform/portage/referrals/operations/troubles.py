"""What operators hear of policies: which versions judge a council's requests, and where one gave no answer.

Both are written with the determination, in its transaction. Operators may read neither a request nor which one it was.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from portage.core import outbox
from portage.core.db import db
from portage.core.ids import new_id
from portage.core.tenancy import current_tenant_id
from portage.policy import Policy
from portage.policy.bounded import PolicyFailed
from portage.policy.standin import StandIn
from portage.referrals.models import PolicyTrouble, PolicyUse, Referral

TROUBLE = "policy.trouble"  # the outbox row's subject is the trouble
_noted: set[tuple[UUID, str, str, str]] = set()  # uses that this process knows to be committed
_NOTED_AT_MOST = 10_000


def note_trouble(referral: Referral, policy: Policy[Any], failed: PolicyFailed) -> None:
    """Keep that the policy gave no answer for this request, and tell the operator once for each kind of failure."""
    trouble = PolicyTrouble(
        id=new_id(),
        referral_id=referral.id,
        plugin=policy.stands_for if isinstance(policy, StandIn) else policy.name,
        plugin_version=policy.version,
        rules_digest=policy.rules_digest,
        how=failed.how,
        what=failed.what[:200],
    )
    db.session.add(trouble)
    db.session.flush()
    same = f"{TROUBLE}:{trouble.plugin}:{trouble.plugin_version}:{trouble.rules_digest[:16]}:{trouble.how}"
    outbox.put(TROUBLE, trouble.id, dedupe=same)


def settle_troubles(referral_id: UUID, *, at: datetime) -> None:
    """The policy has answered for this request: nothing waits for a mended plugin any more."""
    db.session.execute(
        update(PolicyTrouble)
        .where(
            PolicyTrouble.tenant_id == current_tenant_id(),
            PolicyTrouble.referral_id == referral_id,
            PolicyTrouble.settled_at.is_(None),
        )
        .values(settled_at=at)
        .execution_options(synchronize_session=False)
    )


def note_use(policy: Policy[Any]) -> None:
    """Keep that this version of the policy judges this council's requests; once for each version."""
    key = (current_tenant_id(), policy.name, policy.version, policy.rules_digest)
    if key in _noted:
        return
    row = {"tenant_id": key[0], "id": new_id(), "plugin": key[1], "plugin_version": key[2], "rules_digest": key[3]}
    made = db.session.execute(
        insert(PolicyUse)
        .values(**row)
        .on_conflict_do_nothing(index_elements=["tenant_id", "plugin", "plugin_version", "rules_digest"])
        .returning(PolicyUse.id)
    ).scalar_one_or_none()
    if made is None and len(_noted) < _NOTED_AT_MOST:  # another transaction committed it
        _noted.add(key)
