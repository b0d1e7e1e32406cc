"""All that the scheduled triage looks at, put together once from its environment and its clients.

A vendor is looked at when the environment names its secret, ``<NAME>_SECRET_ID`` with ``{"token": "…"}``, and that holds
one; so a further vendor needs its description and a secret, and nothing here.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import requests

from steward.budget import Purse
from steward.clients.connection import probe_budget
from steward.errors import CallFailed, Failure
from steward.journal import Journal
from steward.lane_switch import PAUSE, pause_of
from steward.learnt import query_id_of
from steward.memory import Memory
from steward.pauses import Pause
from steward.remembered_bot import remembered_bot
from steward.rules import MAIN, Rules
from steward.secret_store import SecretStore, SecretUnavailable
from steward.spent_budget import remembered_budget, requests_per_minute
from triage.looks import OurSide, at_data_sources, at_ourselves, at_status_page, at_vendor
from triage.pace import pace_in
from triage.probes.asking import Asker, OpenPurse
from triage.round import Look
from triage.vendors import known
from triage.vendors.vendor import Vendor, placed

EMAILS = "see e-mail addresses"
"""The optional capability that ``[email]`` of the rules file needs."""


class Clients(Protocol):
    """What is taken from AWS; clients may be used by several threads, tables are made anew for each."""

    @property
    def secrets(self) -> Any:
        """A Secrets Manager client."""

    @property
    def sqs(self) -> Any:
        """An SQS client."""

    @property
    def cloudwatch(self) -> Any:
        """A CloudWatch client, or None to leave throttles out."""

    def table(self, name: str) -> Any:
        """A new object for a DynamoDB table."""


class Sight:
    """What there is to look at. Make it once; ``looks`` gives the looks of each round."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *,
        clients: Clients,
        rules: Rules,
        session: Callable[[], requests.Session],
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make it.

        Args:
            environ: ``STATE_TABLE``, ``JOURNAL_TABLE``, ``JOURNAL_DAYS``, ``LANE_QUEUE_URL``, ``DEAD_LETTER_QUEUE_URL``,
                ``REQUESTS_PER_MINUTE``, ``PROBES_PER_MINUTE``, ``LANES``, ``<NAME>_SECRET_ID`` of each vendor,
                ``<NAME>_API_URL`` and ``<NAME>_STATUS_URL`` where they differ from the vendor's own,
                ``WATCHED_FUNCTIONS``, names with commas between, for throttles, and ``ROUND_SECONDS``.
            clients: AWS.
            rules: the rules file.
            session: makes an HTTP session.
            now: our clock.
            clock: monotonic seconds.
            sleep: waits before a 401 is asked again.
        """
        self._environ = environ
        self._pace = pace_in(environ)
        self._clients = clients
        self._rules = rules
        self._session = session
        self._now = now
        self._clock = clock
        self._sleep = sleep
        vendors = [v for v in known().values() if environ.get(f"{v.name.upper()}_SECRET_ID")]
        self._tokens = {vendor.name: self._token(vendor) for vendor in vendors}
        self._askers = [self._asker(placed(vendor, environ)) for vendor in vendors]

    def looks(self) -> Sequence[Look]:
        """The looks of one round."""
        looks: list[Look] = []
        for asker in self._askers:
            if not self._is_configured(asker.vendor):
                continue
            looks.append(
                at_status_page(asker.vendor, session=self._session, now=self._now, clock=self._clock)
            )
            looks.append(
                at_vendor(
                    asker,
                    partial(self._settings, asker.vendor),
                    wanted=(EMAILS,) if self._rules.email is not None else (),
                )
            )
            if asker.vendor.name == "notion":
                looks += at_data_sources(asker, self._rules, self._memory, now=self._now)
        return [*looks, *at_ourselves(self._ours(), now=self._now)]

    def _is_configured(self, vendor: Vendor) -> bool:
        try:
            if self._tokens[vendor.name](False):
                return True
        except CallFailed:
            return True  # the look will say why it can't be known
        # Where a token has worked, none is no vendor that is not used but a secret that somebody spoilt.
        return vendor.name == "notion" and remembered_bot(self._memory()) is not None

    def _token(self, vendor: Vendor) -> Callable[[bool], str]:
        # A store of its own, because an asker's lock keeps its threads apart and not those of another one.
        store = SecretStore(self._clients.secrets, lambda: self._now().timestamp())
        return _token(vendor, store, self._environ[f"{vendor.name.upper()}_SECRET_ID"])

    def _asker(self, vendor: Vendor) -> Asker:
        own = vendor.name == "notion"
        purse: Purse = probe_budget(self._environ, self._memory(), self._now) if own else OpenPurse()
        return Asker(
            vendor,
            session=self._session,
            token=self._tokens[vendor.name],
            purse=purse,
            now=self._now,
            clock=self._clock,
            sleep=self._sleep,
        )

    def _settings(self, vendor: Vendor) -> Mapping[str, str]:
        """The first data source of the main connection is the one that is timed."""
        sources = [source for source in self._rules.data_source if source.connection == MAIN]
        if vendor.name != "notion" or not sources:
            return {}
        return {"data_source": query_id_of(self._memory(), sources[0])}

    def _memory(self) -> Memory:
        return Memory(self._clients.table(self._environ["STATE_TABLE"]), self._now)

    def _journal(self) -> Journal:
        table = self._clients.table(self._environ["JOURNAL_TABLE"])
        return Journal(table, self._keep_days(), self._now)

    def _keep_days(self) -> int:
        return int(self._environ.get("JOURNAL_DAYS") or "90")

    def _pause(self) -> Pause:
        return pause_of(*self._memory().recall_version(PAUSE))

    def _ours(self) -> OurSide:
        environ = self._environ
        return OurSide(
            journal=self._journal,
            memory=self._memory,
            pause=self._pause,
            budget=lambda: remembered_budget(environ, self._memory()),
            limit=requests_per_minute(environ),
            keep_days=self._keep_days(),
            sqs=self._clients.sqs,
            lane_url=environ["LANE_QUEUE_URL"],
            dead_letter_url=environ["DEAD_LETTER_QUEUE_URL"],
            cloudwatch=self._clients.cloudwatch,
            functions=[name for name in environ.get("WATCHED_FUNCTIONS", "").split(",") if name],
            stack=environ.get("ALARMS_OF_STACK", ""),
            pace=self._pace,
        )


def _token(vendor: Vendor, store: SecretStore, secret_id: str) -> Callable[[bool], str]:
    def token(fresh: bool) -> str:
        try:
            document = store.refresh(secret_id) if fresh else store.get(secret_id)
        except SecretUnavailable as error:
            # Ours and not the vendor's: no call was made, so nothing is known.
            call = f"{vendor.name}.token"
            raise CallFailed(Failure.OUT_OF_TIME, vendor.name, call, message=str(error)) from error
        found = document.get("token")
        return found if isinstance(found, str) else ""

    return token
