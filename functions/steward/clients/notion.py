"""Notion's REST API, as far as Steward uses it: every answer is a value or a ``CallFailed``.

Source: Notion's REST reference, versions 2025-09-03 and 2026-03-11; ``steward.clients.notion_answers`` reads the errors.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from steward.budget import Purse
from steward.clients.notion_answers import classify, observed_at, parse
from steward.clients.transport import HttpAnswer, Transport
from steward.errors import CallFailed, Failure

_LIMITED = (Failure.RATE_LIMITED, Failure.WORKSPACE_LIMITED, Failure.BLOCKED)


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer.

    Attributes:
        body: the JSON object.
        observed_at: when Notion made it, by its own ``Date`` and never later than our clock; None when unknown.
        request_id: Notion's correlation id, or None.
    """

    body: Mapping[str, Any]
    observed_at: datetime | None
    request_id: str | None


class NotionClient:
    """Calls for one connection, each paid from its budget."""

    def __init__(
        self,
        transport: Transport,
        base_url: str,
        version: str,
        token: Callable[[bool], str],
        budget: Purse,
        now: Callable[[], datetime],
        watch: Callable[[CallFailed | None], None] = lambda _: None,
        connection: str | None = None,
    ) -> None:
        """Make a client.

        Args:
            transport: sends the requests.
            base_url: the API's origin, without ``/v1``.
            version: the ``Notion-Version``.
            token: gives the connection's token; ``True`` asks for a fresh read, after a 401.
            budget: the connection's request budget.
            now: our clock.
            watch: is told the end of every call: its failure, or None for a success.
            connection: the name of a further connection, for its failures; None for the main one.
        """
        self._transport = transport
        self._base_url = base_url.rstrip("/")
        self._version = version
        self._token = token
        self._budget = budget
        self._now = now
        self._watch = watch
        self._connection = connection

    def me(self) -> Answer:
        """Our own bot user."""
        return self._call("notion.me", "GET", "/v1/users/me")

    def user(self, user_id: str) -> Answer:
        """A user."""
        return self._call("notion.user", "GET", f"/v1/users/{_segment(user_id)}")

    def users(self, start_cursor: str | None = None) -> Answer:
        """One page of the workspace's users: ``results``, ``has_more``, ``next_cursor``.

        Guests are never listed; ``user`` knows them. E-mail addresses (``person.email``) need a capability of their own.
        """
        params = {"page_size": "100"} | ({"start_cursor": start_cursor} if start_cursor is not None else {})
        return self._call("notion.users", "GET", "/v1/users", params=params, needs=("results",))

    def page(self, page_id: str) -> Answer:
        """A page with its properties."""
        return self._call("notion.page", "GET", f"/v1/pages/{_segment(page_id)}", needs=("id", "properties"))

    def data_source(self, data_source_id: str) -> Answer:
        """A data source with its schema, see ``steward.schema``."""
        path = f"/v1/data_sources/{_segment(data_source_id)}"
        return self._call("notion.data_source", "GET", path, needs=("id", "properties"))

    def children(self, block_id: str, start_cursor: str | None = None) -> Answer:
        """One page of the blocks right below a page or block: ``results``, ``has_more``, ``next_cursor``.

        Source: https://developers.notion.com/reference/get-block-children; needs the capability to read content.
        """
        params = {"page_size": "100"} | ({"start_cursor": start_cursor} if start_cursor is not None else {})
        path = f"/v1/blocks/{_segment(block_id)}/children"
        return self._call("notion.children", "GET", path, params=params, needs=("results",))

    def comments(self, block_id: str) -> Iterator[Mapping[str, Any]]:
        """The unresolved comments of a page, oldest first."""
        params = {"block_id": block_id, "page_size": "100"}
        seen: list[object] = []
        while True:
            body = self._call(
                "notion.comments", "GET", "/v1/comments", params=params, needs=("results",)
            ).body
            results, cursor = body["results"], body.get("next_cursor") if body.get("has_more") else None
            if not isinstance(results, list) or cursor in seen or (body.get("has_more") and not cursor):
                # Ending here would say "that is all", and a comment that is there would be written again.
                message = "a list that does not go on"
                raise CallFailed(Failure.UNAVAILABLE, "notion", "notion.comments", message=message)
            yield from (c for c in results if isinstance(c, Mapping) and "id" in c)
            if not cursor:
                return
            seen.append(cursor)
            params = {**params, "start_cursor": str(cursor)}

    def query(
        self,
        data_source_id: str,
        *,
        filter: Mapping[str, Any] | None = None,  # noqa: A002 - Notion's word
        sorts: Sequence[Mapping[str, Any]] = (),
        start_cursor: str | None = None,
        page_size: int = 100,
        only: Sequence[str] = (),
    ) -> Answer:
        """One page of a data source's rows: ``results``, ``has_more``, ``next_cursor``. A read, although it is a POST.

        Args:
            data_source_id: the data source.
            filter: Notion's filter, or None.
            sorts: Notion's sorts.
            start_cursor: go on from here.
            page_size: rows in one answer, at most 100.
            only: ids of the properties that the rows show; all without.
        """
        body: dict[str, Any] = {"page_size": page_size, "sorts": list(sorts)}
        if filter is not None:
            body["filter"] = filter
        if start_cursor is not None:
            body["start_cursor"] = start_cursor
        path = f"/v1/data_sources/{_segment(data_source_id)}/query"
        params = {"filter_properties": list(only)} if only else None
        return self._call("notion.query", "POST", path, params=params, json=body, needs=("results",))

    def create_comment(self, page_id: str, rich_text: Sequence[Mapping[str, Any]]) -> Answer:
        """Comment on a page. A failure with ``maybe_done`` has to be looked for before it is repeated."""
        body = {"parent": {"page_id": page_id}, "rich_text": list(rich_text)}
        return self._call("notion.create_comment", "POST", "/v1/comments", json=body, needs=("id",))

    def reply(self, discussion_id: str, rich_text: Sequence[Mapping[str, Any]]) -> Answer:
        """Comment in a discussion (a comment's ``discussion_id``); otherwise as ``create_comment``."""
        body = {"discussion_id": discussion_id, "rich_text": list(rich_text)}
        return self._call("notion.reply", "POST", "/v1/comments", json=body, needs=("id",))

    def update_page(self, page_id: str, properties: Mapping[str, Any]) -> Answer:
        """Write properties of a page; all of them or, after an error, as a rule none.

        Args:
            page_id: the page.
            properties: by property id or name, as ``steward.property_values`` makes them.

        Returns:
            the page; only ``object`` and ``id`` without the capability to read content.

        Raises:
            CallFailed: with ``maybe_done``, read the page and ask ``property_values.holds`` before writing again. A
                property or an option that is not there (any more) is INVALID, a page in the trash too.
        """
        path, body = f"/v1/pages/{_segment(page_id)}", {"properties": dict(properties)}
        return self._call("notion.update_page", "PATCH", path, json=body, needs=("id",))

    def _call(self, call: str, method: str, path: str, **request: Any) -> Answer:
        try:
            answer = self._perform(call, method, path, **request)
        except CallFailed as failure:
            failure.connection = self._connection
            self._watch(failure)
            raise
        self._watch(None)
        return answer

    def _perform(
        self,
        call: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | list[str]] | None = None,
        json: object | None = None,
        needs: tuple[str, ...] = ("id",),
    ) -> Answer:
        token = self._token(False).strip()
        answer = self._send(call, method, path, params, json, token)
        if answer.status == 401:
            # The token may have been replaced. A 401 had no effect, so even a write may be sent again.
            fresh = self._token(True).strip()
            if fresh != token:
                answer = self._send(call, method, path, params, json, fresh)
        body = parse(answer)
        request_id = answer.headers.get("x-notion-request-id") or (body or {}).get("request_id")
        failure = classify(call, method, answer, body, self._now(), needs)
        if failure is None:
            return Answer(body or {}, observed_at(answer.headers, self._now()), request_id)
        if failure.retry_after and (failure.status == 529 or failure.failure in _LIMITED):
            self._budget.block(failure.retry_after, by=failure.failure)
        raise failure

    def _send(
        self,
        call: str,
        method: str,
        path: str,
        params: Mapping[str, str | list[str]] | None,
        json: object | None,
        token: str,
    ) -> HttpAnswer:
        if not token:
            message = "no token is configured; put one into the Notion secret"
            raise CallFailed(Failure.UNAUTHORIZED, "notion", call, message=message)
        headers = {"Authorization": f"Bearer {token}", "Notion-Version": self._version}
        return self._transport.send(
            call,
            method,
            self._base_url + path,
            headers=headers,
            params=params,
            json=json,
            before=self._budget.spend,
        )


def _segment(value: str) -> str:
    """An id as one path segment: what came in by webhook must not choose another endpoint."""
    if value in ("", ".", ".."):  # quoting leaves these, and a URL is normalised over them
        raise CallFailed(Failure.NOT_FOUND, "notion", "notion.call", message="no id")
    return quote(value, safe="")
