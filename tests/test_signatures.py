from __future__ import annotations

import base64
import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_docusign_connect.authentication.signatures import (
    DIAGNOSED_BYTES,
    fingerprint,
    sign,
    verify,
)
from django_docusign_connect.exceptions import InvalidSignature, NotAuthentic

from .bodies import sample

KEY = "4+CONSTRUCTED0key0for0tests0only0not0a0real0one0uE="
OTHER_KEY = "second-key-ünïcode"
BODY = b'{"event":"envelope-sent"}\r\n'
HEADER = "X-DocuSign-Signature-1"


def refuse(signature: str, *, body: bytes = BODY, key: str = KEY) -> str:
    """Return the reason why a signature is refused."""
    with pytest.raises(InvalidSignature) as raised:
        verify(body, {HEADER: signature}, keys=[key])
    return str(raised.value)


def digest(body: bytes, key: bytes) -> bytes:
    return hmac.new(key, body, hashlib.sha256).digest()


def encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("key", "name", "signature"),
    [
        (
            KEY,
            "json/recipient_completed_minimal.json",
            "bZJAs/mdGisE6TyP+fgc2boR67Hg6sFn/ChadOgmpYc=",
        ),
        (
            KEY,
            "json/envelope_completed_full.json",
            "7TT8bSF6tKF+e1jzZu4dtQLeI1CttX2wGHBFscB52ro=",
        ),
        (
            KEY,
            "xml/official_aws_completed.xml",
            "sVT58P1wDWjIIsBh98RH+6LcYOFk16pffhlJEr7WqA4=",
        ),
        (
            OTHER_KEY,
            "json/recipient_completed_minimal.json",
            "30s3d40HF4+JG+3KrBS1kIMQ4ydeDi8FJH6lCqrSAWg=",
        ),
        (
            OTHER_KEY,
            "json/envelope_completed_full.json",
            "3DL2m3FA64bN1AgSgmYi/6sD9BJHd+ho00PLKDHLuDc=",
        ),
        (
            OTHER_KEY,
            "xml/official_aws_completed.xml",
            "zcyboedx/JntBJm+BxVpU+11TGyt/D4hNRSU9STgi4k=",
        ),
    ],
)
def test_known_signature_is_made_and_verified(
    key: str, name: str, signature: str
) -> None:
    body = sample(name)
    assert sign(body, key) == signature.encode()
    assert verify(body, {HEADER: signature}, keys=[key]) == key
    with pytest.raises(InvalidSignature):
        verify(body + b"\n", {HEADER: signature}, keys=[key])


@pytest.mark.parametrize(
    "name",
    [
        "X-DocuSign-Signature-1",
        "x-docusign-signature-2",
        "X-DOCUSIGN-SIGNATURE-100",
        "X-Docusign-Signature-7",
    ],
)
def test_header_of_any_number_and_case_is_enough(name: str) -> None:
    headers = {"X-DocuSign-Signature-3": "AAAA", name: sign(BODY, KEY).decode()}
    assert verify(BODY, headers, keys=[KEY]) == KEY


def test_any_key_is_enough_and_the_one_that_signed_is_told() -> None:
    headers = {HEADER: sign(BODY, OTHER_KEY).decode()}
    assert verify(BODY, headers, keys=["", KEY, OTHER_KEY]) == OTHER_KEY


def test_blanks_around_a_signature_do_not_matter() -> None:
    assert verify(BODY, {HEADER: f" {sign(BODY, KEY).decode()}\t"}, keys=[KEY]) == KEY


@pytest.mark.parametrize("keys", [(), ("",), ("", "")])
def test_without_a_key_nothing_verifies(keys: tuple[str, ...]) -> None:
    headers = {HEADER: sign(BODY, "").decode()}
    with pytest.raises(InvalidSignature, match="no key configured"):
        verify(BODY, headers, keys=keys)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: "  "},
        {"X-DocuSign-Signature": sign(BODY, KEY).decode()},
        {"X-Signature-1": sign(BODY, KEY).decode()},
    ],
)
def test_missing_signature_is_told_from_a_wrong_one(headers: dict[str, str]) -> None:
    with pytest.raises(InvalidSignature, match='is "Include HMAC Signature" on'):
        verify(BODY, headers, keys=[KEY])


@pytest.mark.parametrize(
    "signature",
    ["AAAA", "0" * 44, "ünïcode", "\udcff", "\0", "=" * 10_000, '"', "😀", "bearer x"],
)
def test_wrong_signature_is_refused_whatever_it_is(signature: str) -> None:
    assert refuse(signature) == "no signature matches a configured key"


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (digest(BODY, KEY.encode()).hex(), "matches in hexadecimal"),
        (
            encode(digest(BODY.rstrip(b"\r\n"), KEY.encode())),
            "matches with a line break taken from the body's end",
        ),
        (
            encode(digest(b"", KEY.encode())),
            "matches an empty body (did something read the body first?)",
        ),
    ],
)
def test_mistake_of_the_sender_is_named(signature: str, reason: str) -> None:
    assert refuse(signature) == f"{reason} (key {fingerprint(KEY)})"


def test_key_that_lost_its_last_sign_is_named() -> None:
    short = KEY.removesuffix("=")
    reason = 'matches with the key\'s final "=" restored'
    assert refuse(sign(BODY, KEY).decode(), key=short) == (
        f"{reason} (key {fingerprint(short)})"
    )


def test_key_with_a_line_break_is_named() -> None:
    reason = refuse(sign(BODY, KEY).decode(), key=f" {KEY}\n")
    assert reason.startswith("matches without white space around the key")


def test_key_taken_for_base64_is_named() -> None:
    key = encode(b"thirty-two bytes make up one key")
    signature = encode(digest(BODY, base64.b64decode(key)))
    reason = refuse(signature, key=key)
    assert reason.startswith("matches with the key decoded from base64")


def test_large_forged_body_is_not_worth_a_diagnosis() -> None:
    body = bytes(DIAGNOSED_BYTES + 1)
    assert refuse(digest(body, KEY.encode()).hex(), body=body) == (
        "no signature matches a configured key"
    )


def test_reason_holds_neither_key_nor_signature() -> None:
    expected = sign(BODY, KEY).decode()
    for signature in ("AAAA", digest(BODY, KEY.encode()).hex(), expected[:-2]):
        reason = refuse(signature)
        assert KEY not in reason
        assert expected not in reason
        assert signature not in reason


def test_fingerprint_is_a_short_name_of_the_key_alone() -> None:
    assert fingerprint(KEY) == hashlib.sha256(KEY.encode()).hexdigest()[:8]
    assert fingerprint(KEY) != fingerprint(OTHER_KEY)


@given(
    st.binary(),
    st.dictionaries(st.just(HEADER) | st.text(), st.text()),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]))),
)
def test_garbage_is_refused_and_breaks_nothing(
    body: bytes, headers: dict[str, str], keys: list[str]
) -> None:
    with pytest.raises(NotAuthentic):
        verify(body, headers, keys=keys)


@given(st.binary(), st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_what_is_signed_verifies(body: bytes, key: str) -> None:
    assert verify(body, {HEADER: sign(body, key).decode()}, keys=[key]) == key


def test_header_that_came_twice_and_was_joined_verifies() -> None:
    joined = f"bm9uc2Vuc2U=, {sign(b'body', 'key').decode()}"
    assert verify(b"body", {"X-DocuSign-Signature-1": joined}, keys=["key"]) == "key"
