"""The signature check never raises, and is true only for the right HMAC."""

import hashlib
import hmac

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from steward.signature import Verdict, sign, verify
from tests.fuzz.strategies import TEXT

HEX = st.text("0123456789abcdefABCDEF", min_size=62, max_size=66)
HEADERS = st.one_of(
    TEXT,
    st.builds("sha256={}".format, HEX),
    st.builds("{}sha256={}{}".format, TEXT, HEX, TEXT),
    st.binary(max_size=80).map(lambda raw: raw.decode("latin-1")),
)


@pytest.mark.req("I2", "I7")
@given(body=st.binary(max_size=300), header=st.none() | HEADERS, tokens=st.lists(TEXT, max_size=4))
@example(body=b"", header="sha256=" + "0" * 64, tokens=["\ud83d"])
@example(body=b"", header=sign(b"", ""), tokens=["\0"])
def test_only_the_right_hmac_is_valid_and_nothing_raises(
    body: bytes, header: str | None, tokens: list[str]
) -> None:
    right = {
        "sha256=" + hmac.new(token.encode("utf-8", "surrogatepass"), body, hashlib.sha256).hexdigest()
        for token in tokens
        if token.strip("\0")
    }
    claimed = (header or "").strip()
    is_right = claimed[:7] + claimed[7:].lower() in right

    assert (verify(body, header, tokens) is Verdict.VALID) is is_right


@pytest.mark.req("I2")
@given(
    body=st.binary(max_size=300),
    token=TEXT.filter(lambda text: text.strip("\0")),
    others=st.lists(TEXT, max_size=3),
    flip=st.integers(0, 255),
    position=st.integers(0, 299),
)
def test_a_signature_fits_its_token_and_body_and_no_other(
    body: bytes, token: str, others: list[str], flip: int, position: int
) -> None:
    header = sign(body, token)
    changed = bytearray(body or b"\x00")
    changed[position % len(changed)] ^= flip

    assert verify(body, header, [*others, token]) is Verdict.VALID
    assert (verify(bytes(changed), header, [token]) is Verdict.VALID) is (bytes(changed) == body)
    assert (verify(body, header, others) is Verdict.VALID) is (
        header in {sign(body, other) for other in others if other.strip("\0")}
    )
