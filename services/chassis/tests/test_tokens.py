"""Who is believed."""

import time
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

PERSON = UUID("01930000-0000-7000-8000-00000000abcd")


def test_token_says_who_calls(client, as_person):
    answer = client.get("/api/v1/me", headers=as_person(PERSON, mfa=True))

    assert answer.json()["id"] == str(PERSON)
    assert answer.json()["mfa"] is True


def test_inactive_account_reaches_only_what_newcomers_may(client, as_person):
    newcomer = as_person(PERSON, state="awaiting_activation")

    assert client.get("/api/v1/me", headers=newcomer).status_code == 200
    refused = client.get("/api/v1/things", headers=newcomer)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/account-not-active")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "other"},
        {"iss": "somebody"},
        {"exp": 1},
        {"exp": "soon"},
        {"sub": "not-an-id"},
        {"sub": 7},
        {"aud": None},
    ],
)
def test_token_for_others_or_expired_is_refused(client, as_person, claims):
    answer = client.get("/api/v1/me", headers=as_person(PERSON, **claims))

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/not-signed-in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Bearer a.b.c", "Basic eDp4", "Internal x", "Bearer \xe9"]
)
def test_anything_else_is_refused(client, header):
    assert client.get("/api/v1/me", headers={"Authorization": header.encode("latin-1")}).status_code == 401


def test_foreign_key_and_symmetric_algorithm_are_refused(client, provision):
    content = {"iss": "epresence-identity", "aud": "sample", "sub": str(PERSON), "exp": int(time.time()) + 60}
    stranger = OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True)
    forged = jwt.encode({"alg": "Ed25519", "kid": "test"}, content, stranger, algorithms=["Ed25519"])
    public = OctKey.import_key(provision.key.as_dict(private=False)["x"])
    confused = jwt.encode({"alg": "HS256", "kid": "test"}, content, public, algorithms=["HS256"])

    for token in (forged, confused):
        assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_only_the_gateway_reaches_internal_operations(client, as_gateway, as_person):
    assert client.get("/internal/secret", headers=as_gateway(address="192.0.2.7")).json() == {"address": "192.0.2.7"}
    for headers in ({}, {"Authorization": "Internal wrong"}, {"Authorization": "Internal "}, as_person(PERSON)):
        assert client.get("/internal/secret", headers=headers).status_code == 401


def test_client_address_is_believed_only_from_the_gateway(client, as_person):
    forged = {**as_person(PERSON), "X-Client-Address": "192.0.2.7", "X-Internal": "guess"}

    assert client.get("/api/v1/me", headers=forged).json()["address"] != "192.0.2.7"
