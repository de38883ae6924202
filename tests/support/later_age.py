"""An edition that looks at the age again after the day of the request: none of the councils shipped says so."""

from copy import deepcopy
from datetime import date

from portage.editions.folders import TenantPolicy, read_tenant_policy
from portage.editions.operations import load_editions
from portage.policy import policy_named
from support.policies import TENANTS

HOLDS_FROM = date(2026, 1, 15)


def look_at_the_age_again(slug: str, *when: str) -> None:
    """Bring in an edition of a council on the standard policy; the council is in scope, the caller commits."""
    policy = policy_named("standard")
    given = deepcopy(dict(read_tenant_policy(slug, TENANTS).published[-1].given))
    given["terms"]["eligibility"]["age"]["looks_again"] = [*when]
    edition = policy.edition(slug, {**given, "effective_from": HOLDS_FROM})
    load_editions(TenantPolicy(slug, policy, (edition,)))
