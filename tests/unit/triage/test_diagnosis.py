"""The diagnosis weighs all the evidence, and the rules that no evidence may break hold for any evidence."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from steward.errors import Failure
from steward.incidents.classes import Advice, Class, Severity
from tests.triage.corpus import NOW, OURS, Case, finding_in, read_corpus
from tests.triage.report import DIAGNOSERS, score
from triage.diagnosis.diagnose import SETTLED, diagnose
from triage.diagnosis.diagnosis import Diagnosis
from triage.diagnosis.picture import FRESH
from triage.diagnosis.playbook import PLAYBOOK
from triage.diagnosis.signals import Signal
from triage.diagnosis.weights import WEIGHTS
from triage.findings import Finding, Probe, Verdict

CORPUS = read_corpus()
INVASIVE = {Advice.ROTATE_TOKEN, Advice.RESTART}


def of(*lines: str, vendor: str = "notion") -> Diagnosis:
    return diagnose(vendor, [finding_in(line, vendor) for line in lines], NOW)


# --- the corpus ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("T3")
def test_the_corpus_is_large_and_knows_every_class_and_both_vendors() -> None:
    assert len(CORPUS) >= 150
    assert {case.cls for case in CORPUS} == set(Class)
    assert {case.vendor for case in CORPUS} == {"notion", "hubspot"}
    assert len({case.name for case in CORPUS}) == len(CORPUS)
    assert all(Advice.RETRY_HARDER in case.never or Advice.RESTART in case.never for case in CORPUS)


@pytest.mark.req("T3")
def test_at_least_98_percent_are_called_by_their_name_and_harmful_advice_is_never_given() -> None:
    steward = score(CORPUS, DIAGNOSERS["Steward"])

    assert steward.share >= 0.98, "\n".join(steward.misses)
    assert steward.harmed == 0, steward.harmful


@pytest.mark.req("T3")
def test_the_naive_trees_do_harm_where_steward_does_none() -> None:
    for name in ("page first", "shell order"):
        naive = score(CORPUS, DIAGNOSERS[name])

        assert naive.share < 0.5
        assert naive.harmful[Advice.ROTATE_TOKEN] > 0


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_what_would_do_harm_is_also_never_the_next_thing_asked_for(case: Case) -> None:
    found = diagnose(case.vendor, case.findings, NOW)

    assert not set(found.do) & case.never
    assert len(found.next_probes) <= 2
    settled = found.cls not in (Class.UNKNOWN, Class.BLOCKED) and found.confidence >= SETTLED
    assert not settled or found.next_probes == ()


def test_whose_name_our_own_findings_bear_makes_no_difference() -> None:
    for case in CORPUS:
        theirs = [replace(f, vendor=case.vendor) if f.probe in OURS else f for f in case.findings]

        assert diagnose(case.vendor, theirs, NOW).cls is diagnose(case.vendor, case.findings, NOW).cls


# --- single facts -------------------------------------------------------------------------------------------------------


@pytest.mark.req("T3")
@pytest.mark.parametrize(
    ("line", "vendor", "cls"),
    [
        ("auth: bad 429 public_api_request_rate_limit", "notion", Class.LIMITED),
        ("auth: bad 429 public_api_endpoint_rate_limit", "notion", Class.LIMITED),
        ("auth: bad 429 public_api_space_request_rate_limit", "notion", Class.WORKSPACE_LIMITED),
        ("auth: bad 429 public_api_request_blocked", "notion", Class.BLOCKED),
        ("auth: bad 429 TEN_SECONDLY_ROLLING", "hubspot", Class.LIMITED),
        ("auth: bad 429 SECONDLY", "hubspot", Class.LIMITED),
        ("auth: bad 429 DAILY", "hubspot", Class.QUOTA),
    ],
)
def test_a_429_is_what_its_reason_says(line: str, vendor: str, cls: Class) -> None:
    assert of(line, vendor=vendor).cls is cls


@pytest.mark.req("T4")
@pytest.mark.parametrize("status", [502, 503, 504, 521, 522, 523, 524, 525, 526])
def test_hubspots_own_errors_are_its_outage_and_not_our_network(status: int) -> None:
    found = of("status page: good none", f"auth: bad {status} x3", vendor="hubspot")

    assert found.cls is Class.OUTAGE
    assert not INVASIVE & set(found.do)


@pytest.mark.req("T3")
def test_a_401_becomes_a_revoked_token_as_it_stays() -> None:
    once, twice, thrice = (of("auth: bad 401 unauthorized" + often) for often in ("", " x2", " x3"))

    assert (once.cls, once.do, once.severity) == (Class.UNKNOWN, (Advice.PROBE_AGAIN,), Severity.P4)
    assert Probe.AUTH in once.next_probes
    assert twice.cls is thrice.cls is Class.TOKEN
    assert twice.confidence < thrice.confidence
    assert thrice.do == (Advice.ROTATE_TOKEN,)
    assert thrice.next_probes == ()


def test_without_a_token_nothing_has_to_be_repeated_to_be_sure() -> None:
    bare = replace(finding_in("auth: bad no_token", "notion"), failure=Failure.UNAUTHORIZED)

    assert diagnose("notion", [bare], NOW).cls is Class.TOKEN


@pytest.mark.parametrize("name", ["Daily stand-up", "DNS and TLS records", "HTML pages"])
def test_names_that_people_gave_are_no_evidence(name: str) -> None:
    for line, cls in (
        ("schema: bad 429 rate_limited", Class.LIMITED),
        ("schema: bad 403 restricted_resource x2", Class.CAPABILITY),
        ("schema: bad ReadTimeout x3", Class.OUTAGE),
    ):
        assert (
            of(line).cls
            is diagnose("notion", [replace(finding_in(line, "notion"), says=name)], NOW).cls
            is cls
        )


def test_the_evidence_for_and_against_is_told_the_weightiest_first() -> None:
    page, auth, calls = (
        "status page: good none",
        "auth: good 200",
        "calls: bad 503 service_unavailable 90/100",
    )
    found = of(page, auth, calls, "latency: bad 503 service_unavailable x3")

    assert found.cls is Class.OUTAGE
    assert [finding.probe for finding in found.evidence] == [Probe.CALLS, Probe.LATENCY]
    assert [finding.probe for finding in found.against] == [Probe.AUTH, Probe.STATUS_PAGE]
    assert found.says.startswith("notion: vendor outage: calls: ")
    assert "; but auth: " in found.says


def test_what_stays_the_same_is_told_in_the_same_words() -> None:
    lines = ("auth: bad 401 unauthorized", "latency: bad 401 unauthorized")
    said = {of(*(f"{line} x{times}" for line in lines)).says for times in (2, 3, 30)}

    assert said == {"notion: token revoked: auth: 401 unauthorized; latency: 401 unauthorized"}


@pytest.mark.parametrize(
    "line", ["auth: bad 503 service_unavailable", "schema: unknown 503", "auth: bad 403 html"]
)
def test_one_hiccup_by_itself_is_not_known(line: str) -> None:
    found = of(line)

    assert (found.cls, found.severity, found.do) == (Class.UNKNOWN, Severity.P4, (Advice.PROBE_AGAIN,))


def test_a_lane_that_falls_behind_makes_it_one_worse() -> None:
    lines = ("auth: good 200", "latency: bad 200 9s x3")

    assert of(*lines).severity is Severity.P3
    assert of(*lines, "lane: bad oldest_seconds=1200").severity is Severity.P2


def test_trouble_that_is_only_announced_wakes_nobody() -> None:
    assert of("status page: bad minor", "auth: good 200", "latency: good 200").severity is Severity.P4


def test_what_is_too_old_is_no_part_of_the_picture() -> None:
    line = finding_in("auth: bad 503 service_unavailable x9", "notion")

    assert diagnose("notion", [replace(line, at=NOW - FRESH)], NOW).cls is Class.OUTAGE
    assert diagnose("notion", [replace(line, at=NOW - FRESH - timedelta(seconds=1))], NOW).evidence == ()


def test_every_signal_has_its_row_and_few_sizes_of_weights_are_used() -> None:
    assert set(WEIGHTS) == set(Signal)
    sizes = {abs(weight) for row in WEIGHTS.values() for weight in row.weights.values()}
    assert sizes <= {*range(1, 10), 12}
    assert {row.enough for row in WEIGHTS.values()} == {1, 3}


def test_every_class_has_its_play_that_does_not_contradict_itself() -> None:
    assert set(PLAYBOOK) == set(Class)
    for cls, play in PLAYBOOK.items():
        assert not set(play.do) & set(play.do_not)
        assert (play.severity is None) is (cls is Class.HEALTHY) is (play.do == ())
    assert len({play.anchor for play in PLAYBOOK.values()}) == len(PLAYBOOK)
    assert all(Advice.RESTART not in play.do for play in PLAYBOOK.values())


# --- whatever happens ---------------------------------------------------------------------------------------------------

STATUSES = [None, 200, 301, 400, 401, 403, 404, 409, 423, 429, 477, 500, 502, 503, 504, 525, 529]
CODES = [
    None,
    "none",
    "minor",
    "major",
    "critical",
    "html",
    "rate_limited",
    "DAILY",
    "public_api_request_blocked",
    "NameResolutionError",
    "ReadTimeout",
    "token",
    "operator",
    "missing_version",
]

findings = st.builds(
    Finding,
    vendor=st.sampled_from(["notion", "notion", "notion", "steward", "hubspot"]),
    probe=st.sampled_from(Probe),
    verdict=st.sampled_from(Verdict),
    at=st.integers(0, 1200).map(lambda seconds: NOW - timedelta(seconds=seconds)),
    says=st.sampled_from(["", "seen", "You have reached your daily limit."]),
    failure=st.none() | st.sampled_from(Failure),
    status=st.sampled_from(STATUSES),
    code=st.sampled_from(CODES),
    numbers=st.sampled_from(
        [
            {},
            {"calls": 100, "failed": 90},
            {"calls": 80, "failed": 4},
            {"daily_remaining": 0, "daily_limit": 100},
        ]
    ),
    times=st.integers(1, 9),
)
pictures = st.lists(findings, max_size=9)

VENDOR_TROUBLE = [
    "status page: bad minor",
    "status page: bad major",
    "status page: bad critical",
    "status page: bad under_maintenance",
    "auth: bad 503 service_unavailable",
    "latency: bad 529 service_overload x3",
    "calls: bad 500 internal_server_error 30/40",
    "calls: bad 503 service_unavailable 3/100",
    "latency: bad 200 9s",
    "auth: bad ReadTimeout x2",
    "capabilities: bad 403 html",
    "auth: bad 477",
]


@pytest.mark.req("T3", "T5")
@given(pictures, st.sampled_from(VENDOR_TROUBLE))
def test_nobody_is_ever_told_to_rotate_or_restart_while_the_vendor_has_trouble(
    picture: list[Finding], trouble: str
) -> None:
    found = diagnose("notion", [*picture, finding_in(trouble, "notion")], NOW)

    assert not INVASIVE & set(found.do)
    assert set(found.do_not) >= INVASIVE


@pytest.mark.req("T3")
@given(pictures)
def test_advice_never_contradicts_itself_and_there_is_some_whenever_something_is_wrong(
    picture: list[Finding],
) -> None:
    found = diagnose("notion", picture, NOW)

    assert not set(found.do) & set(found.do_not)
    assert Advice.RESTART not in found.do
    assert (found.do == ()) is (found.cls is Class.HEALTHY) is (found.severity is None)
    assert 0 < found.confidence < 1
    assert len(found.next_probes) <= 2
    assert set(found.do_not) >= set(PLAYBOOK[found.cls].do_not)
    assert not [finding for finding in found.against if finding in found.evidence]


@pytest.mark.req("T3", "T4")
@given(pictures)
def test_one_401_is_never_a_revoked_token(picture: list[Finding]) -> None:
    assume(not any(f.status == 401 or f.failure is Failure.UNAUTHORIZED for f in picture))
    assume(not any(f.probe is Probe.BREAKER and f.code == "token" for f in picture))  # rests only after two
    found = diagnose("notion", [*picture, finding_in("auth: bad 401 unauthorized", "notion")], NOW)

    assert Advice.ROTATE_TOKEN not in found.do
    assert found.cls is not Class.TOKEN


@pytest.mark.req("T3")
@given(pictures)
def test_a_status_page_that_cannot_be_reached_never_makes_it_an_outage(picture: list[Finding]) -> None:
    for line in ("status page: unknown ConnectTimeout x9", "status page: unknown NameResolutionError"):
        before = diagnose("notion", picture, NOW).cls
        after = diagnose("notion", [*picture, finding_in(line, "notion")], NOW).cls

        assert after in (before, Class.NETWORK)


@pytest.mark.req("T3")
@given(
    st.lists(
        st.sampled_from(["unknown 200 html", "unknown 301 html x50", "unknown 503", "unknown 200 purple"])
    )
)
def test_a_status_page_that_says_nothing_is_no_evidence(pages: list[str]) -> None:
    alone = of(*(f"status page: {page}" for page in pages))
    beside = of("auth: good 200", *(f"status page: {page}" for page in pages))
    refused = of("auth: bad 401 unauthorized x3", *(f"status page: {page}" for page in pages))

    assert (alone.cls, beside.cls, refused.cls) == (Class.UNKNOWN, Class.HEALTHY, Class.TOKEN)


@pytest.mark.req("T3")
@given(pictures)
def test_html_from_the_edge_is_never_a_missing_capability(picture: list[Finding]) -> None:
    assume(not any(f.failure is Failure.FORBIDDEN or f.status == 403 for f in picture))
    assume(not any(f.probe is Probe.CAPABILITIES and f.verdict is Verdict.BAD for f in picture))
    found = diagnose("notion", [*picture, finding_in("capabilities: bad 403 html x9", "notion")], NOW)

    assert found.cls is not Class.CAPABILITY
    assert Advice.GRANT_CAPABILITY not in found.do


@pytest.mark.req("T3")
@given(pictures)
def test_who_is_blocked_is_left_alone(picture: list[Finding]) -> None:
    found = diagnose(
        "notion", [*picture, finding_in("auth: bad 429 public_api_request_blocked", "notion")], NOW
    )

    assert found.next_probes == ()
    assert Advice.PROBE_AGAIN not in found.do
    assert set(found.do_not) >= {Advice.PROBE_AGAIN, Advice.RETRY_HARDER}


@pytest.mark.req("T3")
@given(pictures)
def test_a_page_alone_that_does_not_resolve_is_not_our_network(picture: list[Finding]) -> None:
    answered = [finding_in(line, "notion") for line in ("auth: good 200", "latency: good 200")]
    page = finding_in("status page: unknown NameResolutionError x9", "notion")
    calm = [f for f in picture if f.verdict is Verdict.GOOD and f.probe is not Probe.STATUS_PAGE]

    assert diagnose("notion", [*calm, *answered, page], NOW).cls is Class.HEALTHY


@given(pictures, st.randoms(use_true_random=False))
def test_the_order_in_which_it_was_found_makes_no_difference(
    picture: list[Finding], rng: random.Random
) -> None:
    shuffled = list(picture)
    rng.shuffle(shuffled)
    one, other = diagnose("notion", picture, NOW), diagnose("notion", shuffled, NOW)

    assert (one.cls, one.confidence, one.severity) == (other.cls, other.confidence, other.severity)
    assert (one.do, one.do_not, one.next_probes) == (other.do, other.do_not, other.next_probes)
