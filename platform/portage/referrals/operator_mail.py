"""The e-mail that tells operators of a policy without an answer: council, plugin, what failed; no family."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from portage.core import clock
from portage.core.db import db
from portage.core.jobs import Again, NoSubject, effect
from portage.core.tenancy import current_tenant_id, scoped
from portage.messages.council import main_host
from portage.messages.smtp import Delivery, deliver
from portage.referrals.models import PolicyTrouble
from portage.referrals.operations.troubles import TROUBLE
from portage.tenants.models import Tenant

HOW = {
    "raised": "It raised an error",
    "too-slow": "It gave no answer in time",
    "nonsense": "It answered what the contract does not allow",
    "not-installed": "It is not installed, or cannot read an edition that is published",
}


@effect(TROUBLE)
def tell_operator(trouble_id: UUID) -> Again | None:
    """Send one e-mail to the operators' mailbox, where one is set; their page shows the trouble in any case."""
    trouble = db.session.scalars(scoped(PolicyTrouble).where(PolicyTrouble.id == trouble_id)).one_or_none()
    if trouble is None:
        raise NoSubject("policy trouble")
    settings = current_app.extensions["portage.settings"]
    if not settings.operator_email or not settings.smtp_url:
        return None
    if deliver(settings.smtp_url, _mail(trouble, settings.operator_email)) is Delivery.SENT:
        return None
    return Again("The mail server does not take it yet.")


def _mail(trouble: PolicyTrouble, to: str) -> EmailMessage:
    council = db.session.execute(select(Tenant.name, Tenant.profile).where(Tenant.id == current_tenant_id())).one()
    host = main_host(council.profile)
    mail = EmailMessage()
    mail["From"] = Address(council.name, addr_spec=council.profile.get("mail_from") or f"no-reply@{host}")
    mail["To"] = Address(addr_spec=to)
    mail["Subject"] = f"The policy {trouble.plugin} gave no answer"
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{trouble.id}@{host}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(
        f"Council: {council.name}\n"
        f"Policy: {trouble.plugin}, version {trouble.plugin_version}, rules {trouble.rules_digest[:12]}\n"
        f"What happened: {HOW[trouble.how]} ({trouble.what}).\n\n"
        "No request is lost. Requests that arrive meanwhile are marked: needs a person. When the plugin is mended,\n"
        "staff of the council have them judged again. The operator's page says how many wait.\n"
    )
    return mail
