"""The issuer's keys: fetched, kept while it is away, and not asked for at a forger's pace."""

import pytest
from joserfc.jwk import OKPKey

from chassis import tokens
from chassis.tokens import Keys


def jwks(*kids: str) -> dict:
    return {"keys": [OKPKey.generate_key("Ed25519", {"kid": kid}).as_dict(private=False) for kid in kids]}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(tokens, "MIN_PAUSE_SECONDS", 0)


def test_new_keys_are_learned_and_last_good_ones_kept(server):
    server.answers = [(200, jwks("a")), (200, jwks("a", "b")), (500, {}), (200, {"keys": "nonsense"}), (0, None)]
    keys = Keys(server.url)

    keys.refresh()
    assert (keys.knows("a"), keys.knows("b")) == (True, False)
    keys.refresh()
    for _ in range(3):
        keys.refresh()

    assert (keys.knows("a"), keys.knows("b")) == (True, True)


def test_forged_key_ids_reach_the_issuer_at_most_every_few_seconds(server, monkeypatch):
    monkeypatch.setattr(tokens, "MIN_PAUSE_SECONDS", 60)
    server.answers = [(200, jwks("a"))]
    keys = Keys(server.url)

    for _ in range(50):
        keys.refresh()

    assert len(server.asked) == 1


def test_keys_are_fetched_in_the_background(server, eventually):
    server.answers = [(200, jwks("a"))]
    keys = Keys(server.url)
    keys.start()

    eventually(lambda: keys.knows("a"))
    keys.stop()


def test_unknown_key_is_looked_for_once_before_refusing(client, as_person, provision, server, settings):
    other = provision.key
    server.answers = [(200, {"keys": [other.as_dict(private=False)]})]
    fresh = tokens.configure(settings, Keys(server.url))
    assert not fresh.knows("test")

    answer = client.get("/api/v1/me", headers=as_person("01930000-0000-7000-8000-00000000abcd"))

    assert answer.status_code == 200
