"""Secrets that got into a file: what detect-secrets finds, beyond what somebody looked at and put into the baseline."""

import contextlib
import json
import subprocess
from pathlib import Path
from typing import Any

from detect_secrets.core import baseline
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from infra.local.setup import ROOT

BASELINE = ".secrets.baseline"
OWN_DETECTOR = "infra/scan/vendor_tokens.py"
DETECTORS = (
    "AWSKeyDetector",
    "Base64HighEntropyString",
    "BasicAuthDetector",
    "GitHubTokenDetector",
    "HexHighEntropyString",
    "JwtTokenDetector",
    "KeywordDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SlackDetector",
)
"""Services that Steward or its developers have an account with. Each detector costs a second, so the rest is left out."""

# Not is_potential_uuid: the token of a private app of HubSpot is one, with a few letters in front.
HEURISTICS = (
    "is_indirect_reference",
    "is_likely_id_string",
    "is_sequential_string",
    "is_templated_secret",
)
NO_SECRETS = {
    "should_exclude_file": [
        rf"^{BASELINE.replace('.', '[.]')}$",  # hashes of what was looked at
        r"(^|/)requirements(-dev)?[.]txt$",  # hashes of packages
    ],
    "should_exclude_line": [
        r'"(id|[a-z_]+_id)": "[0-9a-f]{16}"',  # effects and incidents in recorded journals
        r"secretsmanager:[A-Z]",  # an action of IAM
    ],
    "should_exclude_secret": [r"^PASSWORD$"],  # as in postgresql://USER:PASSWORD@HOST
}
"""Filter of detect-secrets: patterns of what it takes for a secret and what never is one here."""

MADE_UP = "Secret Keyword"
"""This kind is not looked at in tests, which are full of made-up passwords; tokens that look real are found there too."""


def settings() -> dict[str, Any]:
    """What to look for, in the words of detect-secrets."""
    own: dict[str, Any] = {"name": "VendorTokenDetector", "path": f"file://{OWN_DETECTOR}"}
    limits = {"Base64HighEntropyString": 4.5, "HexHighEntropyString": 3.0, "KeywordDetector": None}
    plugins = [{"name": name, **({"limit": limits[name]} if limits.get(name) else {})} for name in DETECTORS]
    filters: list[dict[str, Any]] = [
        {"path": f"detect_secrets.filters.heuristic.{name}"} for name in HEURISTICS
    ]
    filters += [
        {"path": f"detect_secrets.filters.regex.{name}", "pattern": patterns}
        for name, patterns in NO_SECRETS.items()
    ]
    filters.append({"path": "detect_secrets.filters.allowlist.is_line_allowlisted"})
    return {"plugins_used": [*plugins, own], "filters_used": filters}


def found(files: list[str], root: Path = ROOT) -> SecretsCollection:
    """What looks like a secret in these files, named relative to ``root``."""
    detectors = settings()
    detectors["plugins_used"][-1]["path"] = f"file://{ROOT / OWN_DETECTOR}"
    with contextlib.chdir(root), transient_settings(detectors):  # it writes down the names that it is given
        secrets = SecretsCollection()
        secrets.scan_files(*files)
        for file in list(secrets.files):
            if file.startswith("tests/"):
                secrets.data[file] = {secret for secret in secrets[file] if secret.type != MADE_UP}
        return secrets


def every_file() -> list[str]:
    """The files of the project, tracked or new, but none that git ignores."""
    asked = ["git", "-c", f"safe.directory={ROOT}"]  # a gate may run as another user than the one who cloned
    asked += ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"]
    listed = subprocess.run(asked, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [file for file in listed if (ROOT / file).is_file()]


def unknown(secrets: SecretsCollection) -> list[str]:
    """Those that are not in the baseline: file, line and kind, never the secret."""
    written = baseline.load_from_file(str(ROOT / BASELINE))
    known = SecretsCollection.load_from_baseline(written)
    return sorted(
        f"{file}:{secret.line_number}: {secret.type}" for file, secret in secrets if secret not in known[file]
    )


def accept(secrets: SecretsCollection) -> None:
    """Write the baseline: somebody looked at each of these and found none to be a secret."""
    for _, secret in secrets:
        secret.is_secret = False
    with contextlib.chdir(ROOT), transient_settings(settings()):
        written = baseline.format_for_output(secrets, is_slim_mode=True)
    (ROOT / BASELINE).write_text(json.dumps(written, indent=1) + "\n")
