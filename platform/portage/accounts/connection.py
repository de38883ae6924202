"""How this process reaches providers: a directory of what they publish, the store of secrets, and our addresses."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, request

from portage.accounts.oidc.credentials import SecretStore
from portage.accounts.oidc.flow import Flow
from portage.accounts.oidc.provider import Directory, Relation
from portage.accounts.outbound import Reach
from portage.accounts.refusals import ProviderMisconfigured

_KEY = "portage.connection"


@dataclass(frozen=True, slots=True)
class Connection:
    """What every sign-in in this process shares."""

    directory: Directory
    store: SecretStore
    https: bool
    operator: Relation | None

    def flow(self, relation: Relation) -> Flow:
        """The protocol with one provider."""
        return Flow(relation, self.directory, self.store)

    def operator_flow(self) -> Flow:
        """The protocol with the operators' provider; raises ProviderMisconfigured when none was set up."""
        if self.operator is None:
            raise ProviderMisconfigured("no provider for operators was set up")
        return self.flow(self.operator)

    def cookie(self, name: str) -> str:
        """The name of a cookie. `__Host-` keeps it to this very host, and browsers take it over https only."""
        return f"__Host-portage-{name}" if self.https else f"portage-{name}"

    def address(self, path: str) -> str:
        """The full address of a path on the host of this request, which the trusted host names have passed."""
        return f"{'https' if self.https else 'http'}://{request.host}{path}"


def connection() -> Connection:
    """This application's connection, made from its settings at first use."""
    found: Connection | None = current_app.extensions.get(_KEY)
    if found is None:
        settings = current_app.extensions["portage.settings"]
        operator = Relation(
            issuer=settings.operator_issuer,
            client_id=settings.operator_client_id,
            auth_method=settings.operator_auth_method,
            secret_name=settings.operator_secret_name,
            amr=("mfa",),
        )
        found = Connection(
            directory=Directory(Reach(loopback=not settings.https, pins=settings.pinned_hosts)),
            store=SecretStore.of_process(settings.secrets),
            https=settings.https,
            operator=operator if settings.operator_issuer else None,
        )
        current_app.extensions[_KEY] = found
    return found
