"""``python -m infra.local up``: the whole stack on this machine. Standard library only until everything is there."""

import sys

from infra.local.environment import ensure
from infra.local.setup import ROOT, SetupError

NEEDED = (
    "boto3",
    "samtranslator",
    "awslambdaric",
    "psycopg",
    "aws_lambda_powertools",
    "requests",
    "slack_sdk",
    "pydantic",
    "rich",
    "yaml",
)


def main() -> int:
    """Run the command; returns an exit status: 2 when something is missing."""
    try:
        ensure("infra.local", NEEDED, also=("aws-plane",))
    except SetupError as error:
        print(f"infra.local: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    sys.path.insert(0, str(ROOT / "functions"))
    from infra.local.up import command  # noqa: PLC0415 - only now is everything there that it needs

    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
