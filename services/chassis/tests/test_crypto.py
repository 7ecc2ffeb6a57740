"""Secrets at rest and on the way: rotation, tampering, strangers."""

import base64

import pytest
from joserfc.jwk import ECKey, OKPKey

from chassis import crypto
from chassis.crypto import KeyRing, Undecipherable


def key(kid: str, byte: int) -> str:
    return f"{kid}:{base64.urlsafe_b64encode(bytes([byte]) * 32).decode().rstrip('=')}"


def test_value_is_read_back_and_never_looks_the_same():
    ring = KeyRing(key("a", 1))

    assert ring.decrypt(ring.encrypt("ένα μυστικό")) == "ένα μυστικό"
    assert ring.decrypt_bytes(ring.encrypt(b"\0\xff")) == b"\0\xff"
    assert ring.encrypt("x") != ring.encrypt("x")


def test_rotation_reads_old_values_and_writes_with_the_new_key():
    old = KeyRing(key("a", 1))
    both = KeyRing(f"{key('b', 2)},{key('a', 1)}")

    assert both.decrypt(old.encrypt("x")) == "x"
    assert not both.is_current(old.encrypt("x"))
    assert both.encrypt("x").startswith("b:")
    assert old.lookup("x") in both.lookups("x")
    assert both.lookup("x") == both.lookups("x")[0] != old.lookup("x")


@pytest.mark.parametrize(
    "change", [lambda v: v[:-2], lambda v: "b" + v[1:], lambda v: "", lambda v: "a:", lambda v: "a:é"]
)
def test_changed_value_or_unknown_key_is_refused(change):
    with pytest.raises(Undecipherable):
        KeyRing(key("a", 1)).decrypt(change(KeyRing(key("a", 1)).encrypt("x")))


@pytest.mark.parametrize("keys", ["", "a", "a:", "a:c2hvcnQ", ":" + "A" * 43])
def test_ring_without_a_proper_key_does_not_start(keys):
    with pytest.raises(ValueError, match="key"):
        KeyRing(keys)


@pytest.mark.parametrize(
    "pair", [OKPKey.generate_key("X25519", {"kid": "s1"}, private=True), ECKey.generate_key("P-256", {"kid": "s1"})]
)
def test_sealed_content_opens_only_with_the_private_key(pair):
    sealed = crypto.seal(pair.as_dict(private=False), {"email": "a@b.gr", "name": "Νίκη"})
    stranger = type(pair).generate_key(pair.curve_name, {"kid": "s1"}, private=True)

    assert crypto.unseal(pair.as_dict(private=True), sealed) == {"email": "a@b.gr", "name": "Νίκη"}
    for wrong in (stranger.as_dict(private=True), pair.as_dict(private=False)):
        with pytest.raises(Undecipherable):
            crypto.unseal(wrong, sealed)
    with pytest.raises(Undecipherable):
        crypto.unseal(pair.as_dict(private=True), sealed[:-3])


def test_key_set_opens_what_either_key_sealed():
    old = OKPKey.generate_key("X25519", {"kid": "old"}, private=True)
    new = OKPKey.generate_key("X25519", {"kid": "new"}, private=True)
    both = {"keys": [new.as_dict(private=True), old.as_dict(private=True)]}

    for pair in (old, new):
        assert crypto.unseal(both, crypto.seal(pair.as_dict(private=False), {"a": 1})) == {"a": 1}


def test_tokens_are_long_unique_and_stored_as_digests():
    assert len(crypto.token()) >= 43
    assert crypto.token() != crypto.token()
    assert crypto.digest("x") == crypto.digest("x") != crypto.digest("y")
