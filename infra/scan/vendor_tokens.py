"""A plugin of detect-secrets: the tokens that Steward itself is trusted with, and that no built-in plugin knows."""

import re
from collections.abc import Sequence

from detect_secrets.plugins.base import RegexBasedDetector


class VendorTokenDetector(RegexBasedDetector):
    """Tokens of Notion connections and of HubSpot's private apps, in the forms that those vendors give out."""

    secret_type = "Token of Notion or HubSpot"  # noqa: S105 - the name of the finding
    denylist: Sequence[re.Pattern[str]] = (
        # Before autumn 2024 Notion's began with secret_; its webhooks' verification tokens still do.
        re.compile(r"\b(?:ntn|secret)_[A-Za-z0-9]{40,50}\b"),
        re.compile(r"\bpat-(?:na|eu|ap)[0-9]-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"),
    )
