"""What any policy plugin keeps, also one outside this repository: a check that a plugin passes or fails in plain words.

    from portage.policy import editions_from_file
    from portage.policy.testing import PolicyContract

    class TestOurs(PolicyContract):
        policy = OurPolicy()
        editions = editions_from_file(policy, "ours", PATH)

or, without a test runner, `check_policy(policy, editions)`, which returns every problem it finds.
"""

from portage.policy.testing.contract import PolicyContract, check_policy
from portage.policy.testing.problem import Problem

__all__ = ["PolicyContract", "Problem", "check_policy"]
