"""Vectors computed apart from this code, from a published capture's rules."""

import pytest

from sandbox.zoom.signing import encoded, proof, signature

SECRET = "example-secret-token"
BODY = (
    '{"event":"meeting.ended","payload":{"account_id":"aCc0unt1dExample","object":{"id":"81234567890",'
    '"uuid":"q1Rz0uX2T7mB5n8Kx4d3Aw==","topic":"Συνεδρίαση \\uD83D\\uDE00"}},"event_ts":1795593612345}'
)


def test_signature_of_known_bytes():
    expected = "v0=f430cb3357bb2f55cd4cfe33953bc25477ff6a6147a44701dba90f50b89d6db7"

    assert signature(SECRET, "1795593612", BODY.encode()) == expected


def test_proof_of_known_token():
    expected = "b684183ea1a6284c9cab420fb92f11040f05963c894af1d7de9ad25836edb829"

    assert proof(SECRET, "plainTokenExample") == expected


def test_event_is_written_as_zoom_writes_it():
    event = {
        "event": "meeting.ended",
        "payload": {
            "account_id": "aCc0unt1dExample",
            "object": {"id": "81234567890", "uuid": "q1Rz0uX2T7mB5n8Kx4d3Aw==", "topic": "Συνεδρίαση 😀"},
        },
        "event_ts": 1795593612345,
    }

    assert encoded(event) == BODY.encode()


@pytest.mark.parametrize(("text", "written"), [("🚒", "\\uD83D\\uDE92"), ("\U0010ffff", "\\uDBFF\\uDFFF"), ("ώ", "ώ")])
def test_only_what_lies_beyond_the_bmp_is_escaped(text, written):
    assert encoded({"x": text}) == f'{{"x":"{written}"}}'.encode()
