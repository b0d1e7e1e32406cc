"""After the login people go on to the page that they wanted, and never anywhere else, whoever made the link."""

import pytest

from console.onward import DASHBOARD, LOGIN, LONGEST, login_for, onward

pytestmark = pytest.mark.req("C3", "O5")

HOSTILE = [
    "",
    "/",
    "dashboard",
    "https://evil.example",
    "https:/dashboard",
    "//evil.example",
    "///evil.example",
    "//evil.example/dashboard",
    "/\\evil.example",
    "\\\\evil.example",
    "/dashboard\\..\\..",
    "/dashboard//evil.example",
    "/dashboard/events//evil.example",
    "/dashboard/events/x/../../..",
    "/dashboard/events/..",
    "/dashboard/events/.?a=b",
    "/dashboard/events/%2e%2E",
    "/dashboard/incidents/.%2e",
    "/dashboard/../status",
    "/dashboard@evil.example",
    "/dashboard.evil.example",
    "/dashboards",
    "/dashboard:80",
    "/dashboard#@evil.example",
    "/dashboard?next=//evil.example",
    "/dashboard?a=b#c",
    "/dashboard/",
    "/dashboard/login",
    "/dashboard/login?ticket=x",
    "/dashboard/logout",
    "/dashboard/assets/console.js",
    "/dashboard/events/",
    "/status",
    " /dashboard/events/x",
    "/dashboard/events/x ",
    "/dashboard/events/x\n",
    "/dashboard/events/x\r\nSet-Cookie: steward=x",
    "/dashboard/events/x%0d%0aSet-Cookie:%20a",
    "/dashboard/events/x%00",
    "/dashboard/events/x%7f",
    "/dashboard/events/x\x00",
    "/dashboard/events/x\ty",
    "/\tevil.example",
    "/dashboard/events/%",
    "/dashboard/events/%zz",
    "/dashboard/events/\u2028",
    "/dashboard/events/\u0131",
    "/da\u017fhboard",  # a letter that is an s where case does not matter
    "/dashboard/events/\uff0e\uff0e",
    '/dashboard/events/"><script>alert(1)</script>',
    "javascript:alert(1)",
    "data:text/html,x",
    "/dashboard/events/" + "x" * LONGEST,
]


@pytest.mark.parametrize("wanted", [None, *HOSTILE])
def test_what_is_no_page_of_ours_leads_to_the_dashboard(wanted: str | None) -> None:
    assert onward(wanted) == DASHBOARD
    assert login_for(wanted or "") == LOGIN


@pytest.mark.parametrize(
    "wanted",
    [
        "/dashboard/events/5e0e4a8b-9c1d",
        "/dashboard/events/~4oCT_-x",
        "/dashboard/incidents/notion-20261121-1",
        "/dashboard/incidents/a%2Fb%20c",
        "/dashboard?outcome=failed",
        "/dashboard?page=%C3%A9+%2F%2F&before=2026-11-20T11%3A00%3A00.000%2B00%3A00%23e",
        "/dashboard/events/..x",
    ],
)
def test_a_page_of_ours_is_gone_on_to(wanted: str) -> None:
    assert onward(wanted) == wanted
    assert login_for(wanted).startswith(f"{LOGIN}?next=%2Fdashboard")
