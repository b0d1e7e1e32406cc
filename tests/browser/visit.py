"""One window of a browser on the console, which keeps in mind whatever a page does that it must not."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response

from tests.browser.served import Console

PICTURES = Path(__file__).parents[2] / ".local" / "screenshots"
"""Build output: git ignores it."""

PATIENCE = 20_000
"""Milliseconds; two shared cores under load can be slow."""


class Visit:
    """A window with cookies of its own."""

    def __init__(self, browser: Browser, console: Console, **options: Any) -> None:
        """Open it.

        Args:
            browser: Chromium.
            console: what is visited.
            options: of the browser's context, e.g. ``color_scheme``, ``java_script_enabled``, ``viewport``.
        """
        self.console = console
        self.faults: list[str] = []
        self._expected: list[str] = []
        self._context = browser.new_context(**{"timezone_id": "Europe/Berlin", **options})
        self._context.set_default_timeout(PATIENCE)
        self.page: Page = self._context.new_page()
        self.page.clock.install(time=console.world.now)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.faults.append(f"an error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("dialog", self._dialog)

    def go(self, address: str) -> Response:
        """Go to an address, or a path of the console's."""
        url = address if "://" in address else f"{self.console.url}{address}"
        answer = self.page.goto(url, wait_until="load")
        assert answer is not None
        return answer

    def pass_(self, time: timedelta) -> None:
        """Let time pass, on the page's clock and on ours."""
        self.console.world.now += time
        self.page.clock.run_for(int(time.total_seconds() * 1000))

    def text(self, selector: str = "main") -> str:
        """What is read there, with every white space as one."""
        return " ".join(self.page.locator(selector).first.inner_text().split())

    def cookies(self) -> list[dict[str, Any]]:
        """The cookies that are kept."""
        return [dict(cookie) for cookie in self._context.cookies()]

    def expect_refusal(self, status: int) -> None:
        """The browser writes an answer that is an error into its log, which is no fault of the page."""
        self._expected.append(f"status of {status}")

    def check(self, *rules: str) -> list[str]:
        """What axe-core finds that is serious or critical, by all its rules or by some: rule, and where."""
        options: dict[str, Any] = {"resultTypes": ["violations"]} | (
            {"runOnly": list(rules)} if rules else {}
        )
        found = Axe().run(self.page, options=options).response["violations"]
        return [
            f"{one['id']}: {node['html'][:200]} {node.get('failureSummary', '')}"
            for one in found
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return max(0, width)

    def box(self, selector: str) -> dict[str, float]:
        """Where the first such element is drawn: ``x``, ``y``, ``width``, ``height`` in pixels."""
        box = self.page.locator(selector).first.bounding_box()
        assert box is not None, f"{selector} is not drawn"
        return dict(box)  # type: ignore[arg-type]  # a TypedDict of numbers

    def close(self) -> None:
        """Close it; no page may have broken its own policy, failed, asked anybody else, or opened a dialog."""
        self._context.close()
        assert self.faults == []

    def _heard(self, message: ConsoleMessage) -> None:
        expected = any(text in message.text for text in self._expected)
        if message.type in ("error", "warning") and not expected:
            self.faults.append(f"in the console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.console.url}/", "data:")):
            self.faults.append(f"asked {request.url}")

    def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()
