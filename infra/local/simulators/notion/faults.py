"""Faults on order: which requests go wrong, how often, and in which way.

Promises that rules are tried in the order they were added, the first that applies decides, and delays add up with the
rest. An `action` is one of

    {"kind": "answer", "status": 503, "code"?, "reason"?, "retry_after"?, "message"?, "additional_data"?}
    {"kind": "latency", "seconds": 0.3}
    {"kind": "saved", "status": 503, "guidance"?: true}     done, and then an error: 503 names the way out, 504 nothing
    {"kind": "html"}                                        the edge's 403 page with cf-ray, no request id
    {"kind": "reset", "saved": false}                       the connection is cut, before or after the work
    {"kind": "malformed"}                                   done, and then a 200 whose JSON breaks off
    {"kind": "hang"}                                        done, and then silence until released
"""

import random
import re
import threading
from dataclasses import dataclass, field

from .errors import CODES, MESSAGES, ApiError, SimulatorError
from .limits import CONNECTION
from .model import Json

KINDS = ("answer", "latency", "saved", "html", "reset", "malformed", "hang")
TOO_MANY, OVERLOADED, UNAVAILABLE = 429, 529, 503
GUIDANCE = ["Read the object again to see whether the change was saved.", "Do not repeat the write."]
EDGE_PAGE = (
    "<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head>"
    "<body><h1>Sorry, you have been blocked</h1></body></html>"
)


def answer(status: int, **more: object) -> Json:
    """An official error: `code`, `reason` (of a 429), `retry_after`, `message`, `additional_data` may be given."""
    return {"kind": "answer", "status": status, **more}


def latency(seconds: float) -> Json:
    """The answer comes ``seconds`` later."""
    return {"kind": "latency", "seconds": seconds}


def saved(status: int = UNAVAILABLE, *, guidance: bool = True) -> Json:
    """The write is done, the answer is an error all the same."""
    return {"kind": "saved", "status": status, "guidance": guidance}


def html() -> Json:
    """The edge refuses with a page for people."""
    return {"kind": "html"}


def reset(*, after_saving: bool = False) -> Json:
    """The connection is cut."""
    return {"kind": "reset", "saved": after_saving}


def malformed() -> Json:
    """A 200 whose JSON breaks off."""
    return {"kind": "malformed"}


def hang() -> Json:
    """The work is done and no answer comes until `release_hangs`."""
    return {"kind": "hang"}


@dataclass
class Rule:
    """One fault on order; `times` None means for ever."""

    id: str
    action: Json
    method: str | None
    path: "re.Pattern[str] | None"
    times: int | None
    after: int
    probability: float
    seen: int = 0
    fired: int = 0

    def applies(self, method: str, path: str, dice: random.Random) -> bool:
        """Count a matching request; True when this one goes wrong."""
        if self.method not in (None, method) or (self.path is not None and not self.path.search(path)):
            return False
        if self.times is not None and self.fired >= self.times:
            return False
        self.seen += 1
        if self.seen <= self.after or dice.random() >= self.probability:
            return False
        self.fired += 1
        return True

    def as_json(self) -> Json:
        """The rule and what it did so far."""
        pattern = self.path.pattern if self.path else None
        return dict(vars(self)) | {"path": pattern, "times": "forever" if self.times is None else self.times}


@dataclass
class Plan:
    """What goes wrong with one request."""

    seconds: float = 0.0
    action: Json | None = None
    rule_id: str | None = None


@dataclass
class Faults:
    """All rules of a simulator."""

    seed: int = 0
    rules: dict[str, Rule] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(f"faults:{self.seed}")  # noqa: S311 - repeatable on purpose
        self._lock = threading.Lock()
        self._count = 0

    def add(
        self, action: Json, match: Json | None, times: int | str | None, after: int, probability: float
    ) -> str:
        """Order a fault; its id.

        Raises:
            SimulatorError: for an action or match that is none.
        """
        wanted = match or {}
        if action.get("kind") not in KINDS or set(wanted) - {"method", "path"}:
            raise SimulatorError(
                f"a fault's kind is one of {', '.join(KINDS)}, it matches by method and path"
            )
        path = re.compile(wanted["path"]) if wanted.get("path") else None
        method = str(wanted["method"]).upper() if wanted.get("method") else None
        count = None if times in (None, "forever") else int(str(times))
        with self._lock:
            self._count += 1
            rule = Rule(f"fault-{self._count}", action, method, path, count, after, probability)
            self.rules[rule.id] = rule
            return rule.id

    def plan(self, method: str, path: str) -> Plan:
        """Decide what goes wrong with this request."""
        plan = Plan()
        with self._lock:
            for rule in list(self.rules.values()):
                if not rule.applies(method, path, self._random):
                    continue
                plan.rule_id = rule.id
                if rule.action["kind"] == "latency":
                    plan.seconds += float(rule.action["seconds"])
                    continue
                plan.action = rule.action
                break
        return plan


def as_error(action: Json, committed: Json) -> ApiError:
    """The official error of an `answer` or `saved` action; ``committed`` names what a saved write made."""
    status = int(action["status"])
    code = action.get("code") or CODES.get(status, "internal_server_error")
    retry_after = action.get("retry_after")
    extra: Json = dict(action.get("additional_data") or {})
    if status in (TOO_MANY, OVERLOADED) and retry_after is None:
        retry_after = 1
    if status == TOO_MANY:
        extra = {
            "rate_limit_reason": action.get("reason", CONNECTION),
            "retry_after": str(retry_after),
        } | extra
    if action["kind"] == "saved" and status == UNAVAILABLE and action.get("guidance", True):
        extra |= {"retry_guidance": GUIDANCE} | committed
    message = action.get("message") or MESSAGES.get(code, "Something went wrong.")
    return ApiError(status, code, message, additional_data=extra or None, retry_after=retry_after)
