"""Reads the labelled corpus, ``tests/fixtures/triage``; its README says how a case is written."""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from steward.errors import Failure
from steward.incidents.classes import Advice, Class
from triage.findings import Finding, Probe, Verdict

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "triage"
HOLDOUTS = ("holdout", "second_holdout")
"""Files that were written with the weights fixed; the README has the score of that moment."""
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

OURS = {Probe.CALLS, Probe.WEBHOOKS, Probe.LANE, Probe.DEAD_LETTERS, Probe.BREAKER, Probe.BUGS}

ADVICE = {
    "rotate": Advice.ROTATE_TOKEN,
    "restart": Advice.RESTART,
    "retry": Advice.RETRY_HARDER,
    "probe": Advice.PROBE_AGAIN,
    "wait": Advice.WAIT,
    "grant": Advice.GRANT_CAPABILITY,
    "share": Advice.SHARE_AGAIN,
    "rules": Advice.FIX_RULES,
    "code": Advice.FIX_CODE,
    "resume": Advice.RESUME_SUBSCRIPTION,
    "network": Advice.CHECK_NETWORK,
    "ask": Advice.ASK_VENDOR,
    "slow": Advice.SLOW_DOWN,
}

_BY_STATUS = {
    400: Failure.INVALID,
    401: Failure.UNAUTHORIZED,
    403: Failure.FORBIDDEN,
    404: Failure.NOT_FOUND,
    409: Failure.CONFLICT,
}
_BY_REASON = {
    "public_api_request_blocked": Failure.BLOCKED,
    "public_api_space_request_rate_limit": Failure.WORKSPACE_LIMITED,
}
_NO_ANSWER = re.compile(r"Error$|Timeout$|gaierror")
_WORDS = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        group: the file that it stands in.
        name: what it is about.
        vendor: whom it is about.
        findings: what was seen.
        cls: what it really is.
        never: advice that would do harm.
    """

    group: str
    name: str
    vendor: str
    findings: tuple[Finding, ...]
    cls: Class
    never: frozenset[Advice]


def read_corpus(folder: Path = FOLDER) -> list[Case]:
    """All cases, file by file."""
    return [
        Case(
            path.stem,
            case["name"],
            vendor := case.get("vendor", "notion"),
            tuple(finding_in(line, vendor) for line in case["sees"].strip().splitlines()),
            Class(case["is"]),
            frozenset(ADVICE[word] for word in case["never"].split()),
        )
        for path in sorted(folder.glob("*.toml"))
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]


def finding_in(line: str, vendor: str) -> Finding:
    """The finding that a line of a case tells of."""
    what, _, rest = line.partition(":")
    whose, _, name = what.strip().rpartition("/")
    probe = Probe(name)
    words = [(quoted, plain) for quoted, plain in _WORDS.findall(rest)]
    verdict = Verdict(words.pop(0)[1])
    status: int | None = None
    code: str | None = None
    says = ""
    times, seconds, ago = 1, None, timedelta()
    numbers: dict[str, float] = {}
    for quoted, word in words:
        if quoted:
            says = quoted
        elif re.fullmatch(r"[1-5]\d\d", word):
            status = int(word)
        elif re.fullmatch(r"x\d+", word):
            times = int(word[1:])
        elif re.fullmatch(r"\d+/\d+", word):
            failed, calls = word.split("/")
            numbers |= {"failed": int(failed), "calls": int(calls)}
        elif re.fullmatch(r"[\d.]+s", word):
            seconds = float(word[:-1])
        elif re.fullmatch(r"\d+m-ago", word):
            ago = timedelta(minutes=int(word.removesuffix("m-ago")))
        elif "=" in word:
            key, _, value = word.partition("=")
            numbers[key] = float(value)
        else:
            code = word
    failure = _failure(probe, status, code)
    return Finding(
        "steward" if probe in OURS else whose or vendor,
        probe,
        verdict,
        NOW - ago,
        says or " ".join(str(part) for part in (status, code) if part is not None) or str(verdict),
        failure,
        status,
        "rate_limited" if failure in _BY_REASON.values() else code,
        seconds=seconds,
        numbers=numbers,
        times=times,
    )


def _failure(probe: Probe, status: int | None, code: str | None) -> Failure | None:
    """What a decoder makes of an answer: Notion's and HubSpot's documented meanings."""
    if probe in (Probe.STATUS_PAGE, Probe.BREAKER):
        return None
    if status is None:
        return Failure.UNREACHABLE if code is not None and _NO_ANSWER.search(code) else None
    if status >= 500 or code == "html":
        return Failure.UNAVAILABLE
    if status == 429:
        return _BY_REASON.get(code or "", Failure.RATE_LIMITED)
    # 423 and 477 are HubSpot's own: a decoder that does not know them calls them a refusal.
    return None if status < 400 else _BY_STATUS.get(status, Failure.REJECTED)
