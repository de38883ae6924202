"""Fail when a tracked file holds what looks like a key, a token or a password.

An invented one is marked on its own line with `pragma: allowlist secret`: each exception is seen where it stands.
"""

import subprocess
import sys
from pathlib import Path

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parent.parent
# Lock files are made of hashes; the shared vectors are digests of determinations.
LOCKS = ("requirements/", "package-lock.json")
CONFIGURATION = {".toml", ".yml", ".yaml", ".ini", ".conf", ".cfg", ".env", ".json", ".service", ".sh"}
DETECTORS = [
    "AWSKeyDetector", "AzureStorageKeyDetector", "BasicAuthDetector", "CloudantDetector", "DiscordBotTokenDetector",
    "GitHubTokenDetector", "GitLabTokenDetector", "JwtTokenDetector", "KeywordDetector", "MailchimpDetector",
    "NpmDetector", "OpenAIDetector", "PrivateKeyDetector", "PypiTokenDetector", "SendGridDetector", "SlackDetector",
    "SquareOAuthDetector", "StripeDetector", "TelegramBotTokenDetector", "TwilioKeyDetector",
]  # fmt: skip
# In code, ids and digests look as random as keys do; in configuration nothing random belongs.
ENTROPY = [{"name": "Base64HighEntropyString", "limit": 4.5}, {"name": "HexHighEntropyString", "limit": 3.0}]
# Where a process finds a secret is told in the open: `secret_name = "..."`.
WHERE_IT_IS = r"(?i)secret_name|_SECRET = \"operator-client\""
# In an example of an address this word stands for the password.
PLACEHOLDER = r"^(?:PASSWORD|password|word)$"
FILTERS = [
    "detect_secrets.filters.allowlist.is_line_allowlisted",
    "detect_secrets.filters.heuristic.is_sequential_string",
    "detect_secrets.filters.heuristic.is_indirect_reference",
    "detect_secrets.filters.heuristic.is_templated_secret",
    "detect_secrets.filters.heuristic.is_prefixed_with_dollar_sign",
    "detect_secrets.filters.heuristic.is_not_alphanumeric_string",
    "detect_secrets.filters.heuristic.is_potential_uuid",
]


def tracked() -> list[str]:
    """Every file of the repository but the lock files, those not yet committed included."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and not name.startswith(LOCKS) and (ROOT / name).is_file()]


def findings(names: list[str], detectors: list[dict[str, object]]) -> list[str]:
    """One line for each suspicion in `names`: file, line and kind, never the value itself."""
    filters: list[dict[str, object]] = [{"path": path} for path in FILTERS]
    filters.append({"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": [WHERE_IT_IS]})
    filters.append({"path": "detect_secrets.filters.regex.should_exclude_secret", "pattern": [PLACEHOLDER]})
    with transient_settings({"plugins_used": detectors, "filters_used": filters}):
        found = SecretsCollection(root=str(ROOT))
        for name in names:
            found.scan_file(name)
    return [f"{name}:{secret.line_number}: {secret.type}" for name, secret in found]


def main() -> int:
    """Print each suspicion; give 1 if there is any."""
    names = tracked()
    # Invented passwords of invented people are what tests are made of; keys and tokens are looked for there as well.
    tests = [name for name in names if name.startswith("tests/")]
    suspicions = findings(tests, [{"name": name} for name in DETECTORS if name != "KeywordDetector"])
    suspicions += findings([name for name in names if name not in tests], [{"name": name} for name in DETECTORS])
    suspicions += findings([name for name in names if Path(name).suffix in CONFIGURATION], ENTROPY)
    print("\n".join(sorted(suspicions)) or f"secrets: none in {len(names)} files")
    return int(bool(suspicions))


if __name__ == "__main__":
    sys.exit(main())
