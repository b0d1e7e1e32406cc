"""The signature, over the bytes that arrived."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steward.signature import Verdict, sign, verify

# Notion's own sample, printed in its webhook reference.
TOKEN = "secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"
BODY = b'{"verification_token":"secret_tMrlL1qK5vuQAh1b6cZGhFChZTSYJlce98V0pYn7yBl"}'
HEADER = "sha256=461e8cbcba8a75c3edd866f0e71280f5a85cbf21eff040ebd10fe266df38a735"


@pytest.mark.req("I2")
def test_notions_own_sample_verifies_byte_for_byte() -> None:
    assert sign(BODY, TOKEN) == HEADER
    assert verify(BODY, HEADER, [TOKEN]) is Verdict.VALID


@pytest.mark.req("I2")
@pytest.mark.parametrize(
    "header",
    [HEADER.upper().replace("SHA256", "sha256"), f"  {HEADER} "],
    ids=["upper-case hex", "blanks around"],
)
def test_what_the_official_sdk_accepts_is_accepted(header: str) -> None:
    assert verify(BODY, header, [TOKEN]) is Verdict.VALID


@pytest.mark.req("I2")
@pytest.mark.parametrize("position", [0, 1, 2])
def test_any_active_token_fits_so_that_rotation_loses_nothing(position: int) -> None:
    tokens = ["secret_old", "secret_new"]
    tokens.insert(position, TOKEN)

    assert verify(BODY, HEADER, tokens) is Verdict.VALID


@pytest.mark.req("I2", "I7")
@pytest.mark.parametrize(
    ("header", "verdict"),
    [
        (None, Verdict.MISSING),
        ("", Verdict.MISSING),
        ("   ", Verdict.MISSING),
        (HEADER[7:], Verdict.MALFORMED),
        (HEADER[:-1], Verdict.MALFORMED),
        (HEADER + "0", Verdict.MALFORMED),
        (HEADER[:-1] + "g", Verdict.MALFORMED),
        (HEADER[:-1] + "é", Verdict.MALFORMED),
        (HEADER[:-1] + "٣", Verdict.MALFORMED),
        (f"{HEADER},{HEADER}", Verdict.MALFORMED),
        ("sha256=" + "0" * 64, Verdict.MISMATCH),
    ],
)
def test_a_signature_that_is_not_right_is_refused_with_its_reason(
    header: str | None, verdict: Verdict
) -> None:
    assert verify(BODY, header, [TOKEN]) is verdict


@pytest.mark.req("I2")
@pytest.mark.parametrize("tokens", [[], [""], ["", ""]])
def test_without_a_token_nothing_is_valid(tokens: list[str]) -> None:
    assert verify(b"{}", sign(b"{}", ""), tokens) is Verdict.MISMATCH


@pytest.mark.req("I2")
def test_a_body_that_was_serialised_again_does_not_verify() -> None:
    raw = '{"workspace_name": "Café"}'.encode()

    assert verify(json.dumps(json.loads(raw)).encode(), sign(raw, TOKEN), [TOKEN]) is Verdict.MISMATCH


@pytest.mark.req("I7")
@given(st.binary(max_size=200), st.text(max_size=100))
def test_no_header_makes_it_raise(body: bytes, header: str) -> None:
    assert verify(body, header, [TOKEN]) in (Verdict.MISSING, Verdict.MALFORMED, Verdict.MISMATCH)
