"""Programs: registered, changed, given new secrets, taken back; and their tokens (RFC 6749 §4.4, §5)."""

import json
import logging
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from chassis import audit
from chassis.audit import AuditDetail, AuditRow
from chassis.clock import now
from chassis.ids import new_id
from identity.client_models import AccessToken, ClientSecret, ServiceClient
from identity.models import Institution
from identity.parts import Parts
from identity.rules.invitations import Role

from ..factories import make_institution, make_membership, make_person

CLIENTS = "/api/v1/admin/service-clients"
GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
def admin(session: Session, joined: Parts, as_person: Callable) -> dict[str, str]:
    person = make_person(session, joined)
    make_membership(session, person.id, platform_administrator=True)
    return as_person(person.id, mfa=True)


@pytest.fixture
def institution(session: Session) -> Institution:
    return make_institution(session)


@pytest.fixture
def wanted(institution: Institution) -> dict[str, Any]:
    return {
        "name": "Ημερολόγιο",
        "scopes": ["conferences:read", "institutions:read"],
        "institution_id": str(institution.id),
        "contact": "systems@example.org",
    }


@pytest.fixture
def program(client: Any, admin: dict[str, str], wanted: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(CLIENTS, json=wanted, headers=admin)
    assert answer.status_code == 201, answer.text
    return answer.json()


@pytest.fixture
def ask(client: Any, as_gateway: Callable) -> Callable:
    def call(program: dict[str, Any], secret: str | None = None, *, basic: bool = True, **form: str) -> Any:
        secret = program["client_secret"] if secret is None else secret
        headers = {name: value for name, value in as_gateway().items() if name != "Authorization"}
        if basic:
            shown = b64encode(f"{program['client_id']}:{secret}".encode()).decode()
            headers["Authorization"] = f"Basic {shown}"
        else:
            form = {"client_id": program["client_id"], "client_secret": secret} | form
        return client.post("/oauth/token", data=GRANT | form, headers=headers)

    return call


@pytest.fixture
def exchange(client: Any, as_gateway: Callable) -> Callable:
    def call(token: str, audience: str = "conferences") -> Any:
        credential = {"kind": "access_token", "value": token}
        body = {"credential": credential, "audience": audience, "prolong": True}
        return client.post("/internal/token-exchange", json=body, headers=as_gateway())

    return call


OPERATIONS = [
    ("GET", CLIENTS, None),
    (
        "POST",
        CLIENTS,
        {"name": "x", "scopes": ["conferences:read"], "institution_id": str(new_id()), "contact": "a@example.org"},
    ),
    ("GET", f"{CLIENTS}/{{id}}", None),
    ("PATCH", f"{CLIENTS}/{{id}}", {"name": "x"}),
    ("DELETE", f"{CLIENTS}/{{id}}", None),
    ("POST", f"{CLIENTS}/{{id}}/secrets", {"overlap_hours": 1}),
]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
@pytest.mark.parametrize(
    ("facts", "mfa", "reason"),
    [
        ({"role": Role.user}, True, "not-an-administrator"),
        ({"role": Role.institution_coordinator}, True, "not-an-administrator"),
        ({"platform_administrator": True}, False, "second-factor-needed"),
    ],
)
def test_nobody_else_may(
    session: Session,
    joined: Parts,
    client: Any,
    as_person: Callable,
    method: str,
    path: str,
    body: Any,
    facts: dict[str, Any],
    mfa: bool,
    reason: str,
) -> None:
    person = make_person(session, joined)
    make_membership(session, person.id, **facts)

    answer = client.request(method, path.format(id=new_id()), json=body, headers=as_person(person.id, mfa=mfa))

    assert (answer.status_code, answer.json()["reason"]) == (403, reason)


def test_the_secret_is_told_once_and_kept_nowhere(
    session: Session, client: Any, admin: dict[str, str], program: dict[str, Any], institution: Institution
) -> None:
    secret = program["client_secret"]
    audit.write(session)

    seen = client.get(f"{CLIENTS}/{program['client_id']}", headers=admin)
    listed = client.get(CLIENTS, headers=admin)

    assert len(secret) >= 43
    assert (seen.json()["institution_name"], seen.json()["secrets"][0]["expires_at"]) == (institution.name, None)
    assert [item["client_id"] for item in listed.json()["items"]] == [program["client_id"]]
    for table in ("service_client", "client_secret", "audit", "audit_detail"):
        assert secret not in str(session.execute(text(f"SELECT {table}::text FROM {table}")).all())
    assert secret not in seen.text + listed.text


def test_neither_secret_nor_token_reaches_a_log(ask: Callable, program: dict[str, Any], caplog: Any) -> None:
    with caplog.at_level(logging.DEBUG):
        token = ask(program).json()["access_token"]
        ask(program, "wrong" * 8)
        ask(program, basic=False)
        ask(program, "long" * 100, basic=False)

    logged = caplog.text + json.dumps([record.__dict__ for record in caplog.records], default=str)
    for secret in (program["client_secret"], token, "wrong" * 8, "longlong"):
        assert secret not in logged


@pytest.mark.parametrize("state", ["closed", None])
def test_a_program_acts_for_an_institution_that_exists(
    session: Session, client: Any, admin: dict[str, str], wanted: dict[str, Any], state: str | None
) -> None:
    other = make_institution(session, state=state).id if state else new_id()

    answer = client.post(CLIENTS, json=wanted | {"institution_id": str(other)}, headers=admin)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/institution-unknown")


def test_an_unknown_scope_is_refused(client: Any, admin: dict[str, str], wanted: dict[str, Any]) -> None:
    answer = client.post(CLIENTS, json=wanted | {"scopes": ["everything"]}, headers=admin)

    assert answer.status_code == 400


@pytest.mark.parametrize("basic", [True, False])
def test_a_program_gets_an_opaque_token_for_its_secret(
    session: Session, ask: Callable, program: dict[str, Any], basic: bool
) -> None:
    answer = ask(program, basic=basic)

    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    token = answer.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 3600)
    assert token["scope"] == "conferences:read institutions:read"
    row = session.scalars(select(AccessToken)).one()
    assert token["access_token"].encode() not in row.token_digest
    assert session.scalars(select(ServiceClient.last_used_at)).one() is not None


def test_the_token_becomes_a_signed_one_with_scopes_and_institution(
    client: Any, ask: Callable, exchange: Callable, program: dict[str, Any], institution: Institution
) -> None:
    token = ask(program, scope="conferences:read").json()["access_token"]

    answer = exchange(token)

    assert answer.status_code == 200, answer.text
    assert (answer.json()["session_id"], answer.json()["person_id"]) == (program["client_id"], None)
    keys = KeySet.import_key_set(client.get("/internal/jwks").json())
    claims = jwt.decode(answer.json()["token"], keys, algorithms=["Ed25519"]).claims
    assert (claims["sub"], claims["client_id"]) == (program["client_id"], program["client_id"])
    assert (claims["scope"], claims["on_behalf_of"]) == ("conferences:read", str(institution.id))
    assert (claims["aud"], claims["amr"], claims["exp"] - claims["iat"]) == ("conferences", [], 300)


def test_a_scope_taken_away_is_gone_from_earlier_tokens(
    client: Any, admin: dict[str, str], ask: Callable, exchange: Callable, program: dict[str, Any]
) -> None:
    token = ask(program).json()["access_token"]
    path = f"{CLIENTS}/{program['client_id']}"
    etag = client.get(path, headers=admin).headers["ETag"]

    changed = client.patch(path, json={"scopes": ["institutions:read"]}, headers=admin | {"If-Match": etag})
    stale = client.patch(path, json={"name": "x"}, headers=admin | {"If-Match": etag})

    assert (changed.status_code, changed.json()["name"], stale.status_code) == (200, "Ημερολόγιο", 412)
    keys = KeySet.import_key_set(client.get("/internal/jwks").json())
    claims = jwt.decode(exchange(token).json()["token"], keys, algorithms=["Ed25519"]).claims
    assert claims["scope"] == "institutions:read"


@pytest.mark.parametrize("value", ["x" * 43, ""])
def test_an_unknown_token_is_worth_nothing(exchange: Callable, program: dict[str, Any], value: str) -> None:
    answer = exchange(value or program["client_secret"])

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/session-expired")


def test_a_token_ends_after_its_hour_and_is_swept(
    session: Session, ask: Callable, exchange: Callable, program: dict[str, Any], run_timer: Callable
) -> None:
    token = ask(program).json()["access_token"]
    session.execute(update(AccessToken).values(expires_at=now() - timedelta(seconds=1)))

    assert exchange(token).status_code == 401
    run_timer("sweep", "expired")
    assert session.scalar(select(AccessToken)) is None


# RFC 6749 §5.2, word for word.
@pytest.mark.parametrize(
    ("form", "basic", "status", "error"),
    [
        ({"grant_type": ""}, True, 400, "invalid_request"),
        ({"grant_type": "authorization_code"}, True, 400, "unsupported_grant_type"),
        ({"grant_type": "password"}, True, 400, "unsupported_grant_type"),
        ({"scope": "conferences:write"}, True, 400, "invalid_scope"),
        ({"scope": ""}, True, 400, "invalid_scope"),
        ({"client_secret": "both"}, True, 400, "invalid_request"),
        ({"client_id": "other"}, True, 400, "invalid_request"),
        ({"client_secret": ""}, False, 401, "invalid_client"),
        ({"client_secret": "wrong"}, False, 401, "invalid_client"),
        ({"client_id": "not-an-id"}, False, 401, "invalid_client"),
        ({"client_id": str(new_id())}, False, 401, "invalid_client"),
        ({"unknown": "ignored"}, True, 200, None),
    ],
)
def test_errors_are_those_of_the_standard(
    ask: Callable, program: dict[str, Any], form: dict[str, str], basic: bool, status: int, error: str | None
) -> None:
    answer = ask(program, basic=basic, **form)

    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"].startswith("application/json")
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert answer.json().get("error") == error
    if status == 401:
        assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_repeated_field_is_refused(client: Any, program: dict[str, Any]) -> None:
    body = f"grant_type=client_credentials&scope=a&scope=b&client_id={program['client_id']}&client_secret=x"

    answer = client.post("/oauth/token", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("header", ["Basic", "Basic ???", "Basic bm8tY29sb24=", "Bearer x", "Basic /w=="])
def test_a_header_that_makes_no_sense_is_no_accident(client: Any, program: dict[str, Any], header: str) -> None:
    answer = client.post("/oauth/token", data=GRANT, headers={"Authorization": header})

    assert answer.status_code in (400, 401), answer.text


def test_guessing_is_limited_for_a_program_at_a_source_and_not_elsewhere(
    client: Any, as_gateway: Callable, settings: Any, program: dict[str, Any]
) -> None:
    def attempt(secret: str, address: str) -> Any:
        form = GRANT | {"client_id": program["client_id"], "client_secret": secret}
        headers = {name: value for name, value in as_gateway(address).items() if name != "Authorization"}
        return client.post("/oauth/token", data=form, headers=headers)

    for _ in range(settings.client_failures):
        assert attempt("wrong", "192.0.2.7").status_code == 401

    limited = attempt(program["client_secret"], "192.0.2.7")
    elsewhere = attempt(program["client_secret"], "192.0.2.8")

    assert (limited.status_code, limited.json()["type"]) == (429, "/problems/too-many-attempts")
    assert int(limited.headers["Retry-After"]) > 0
    assert elsewhere.status_code == 200, "the program itself is not shut out"


def test_an_old_secret_overlaps_with_the_new_one_and_then_ends(
    session: Session, client: Any, admin: dict[str, str], ask: Callable, program: dict[str, Any]
) -> None:
    path = f"{CLIENTS}/{program['client_id']}/secrets"

    second = client.post(path, json={"overlap_hours": 24}, headers=admin).json()["client_secret"]
    both = [ask(program).status_code, ask(program, second).status_code]
    third = client.post(path, json={"overlap_hours": 1}, headers=admin).json()
    after = [ask(program, each).status_code for each in (program["client_secret"], second, third["client_secret"])]
    session.execute(
        update(ClientSecret).where(ClientSecret.expires_at.is_not(None)).values(expires_at=now() - timedelta(seconds=1))
    )
    later = [ask(program, each).status_code for each in (second, third["client_secret"])]

    assert (both, after, later) == ([200, 200], [401, 200, 200], [401, 200])
    assert len(third["secrets"]) == 2
    at_once = client.post(path, json={"overlap_hours": 0}, headers=admin).json()["client_secret"]
    assert [ask(program, third["client_secret"]).status_code, ask(program, at_once).status_code] == [401, 200]


def test_what_is_taken_back_ends_at_once_and_the_gateway_hears(
    session: Session,
    client: Any,
    admin: dict[str, str],
    ask: Callable,
    exchange: Callable,
    program: dict[str, Any],
    published: Callable,
) -> None:
    token, path = ask(program).json()["access_token"], f"{CLIENTS}/{program['client_id']}"

    answers = [client.delete(path, headers=admin).status_code for _ in range(2)]

    assert answers == [204, 204]
    assert (ask(program).status_code, exchange(token).status_code) == (401, 401)
    (fact,) = published(session, "identity.session.revoked.v1")
    assert (fact.data["session_id"], fact.data["reason"]) == (program["client_id"], "client-revoked")
    seen = client.get(path, headers=admin)
    assert (seen.json()["revoked_at"] is not None, seen.json()["secrets"]) == (True, [])
    rotated = client.post(f"{path}/secrets", json={"overlap_hours": 1}, headers=admin)
    assert (rotated.status_code, rotated.json()["type"]) == (409, "/problems/client-revoked")


def test_the_same_request_again_makes_nothing_and_tells_no_secret(
    session: Session, client: Any, admin: dict[str, str], wanted: dict[str, Any], ask: Callable
) -> None:
    """As of somebody who loads the page with the secret once more."""
    made, again = (client.post(CLIENTS, json=wanted, headers=admin | {"Idempotency-Key": "k-1"}) for _ in range(2))
    path = f"{CLIENTS}/{made.json()['client_id']}/secrets"
    first, second, third = (
        client.post(path, json={"overlap_hours": 0}, headers=admin | {"Idempotency-Key": "k-1"}) for _ in range(3)
    )

    assert [answer.status_code for answer in (made, again, first, second, third)] == [201] * 5
    assert again.json() == made.json() | {"client_secret": None}
    assert session.scalars(select(ServiceClient.id)).all() == [UUID(made.json()["client_id"])]
    assert second.json() == third.json() == first.json() | {"client_secret": None}
    assert ask(first.json()).status_code == 200, "the secret that was told is the one in use"
    audit.write(session)
    acts = session.scalars(select(AuditRow.act).where(AuditRow.act.startswith("service_client."))).all()
    assert sorted(acts) == ["service_client.created", "service_client.secret_rotated"]


def test_a_key_is_its_administrators_and_good_for_one_body(
    session: Session, joined: Parts, client: Any, admin: dict[str, str], as_person: Callable, wanted: dict[str, Any]
) -> None:
    keyed, colleague = {"Idempotency-Key": "k-1"}, make_person(session, joined)
    membership = make_membership(session, colleague.id, platform_administrator=True)
    theirs = as_person(colleague.id, mfa=True) | keyed
    mine = client.post(CLIENTS, json=wanted, headers=admin | keyed).json()

    other = client.post(CLIENTS, json=wanted, headers=theirs).json()
    reused = client.post(CLIENTS, json=wanted | {"name": "Άλλο"}, headers=admin | keyed)
    membership.platform_administrator = False
    former = client.post(CLIENTS, json=wanted, headers=theirs)

    assert other["client_id"] != mine["client_id"]
    assert (reused.status_code, reused.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert (former.status_code, former.json()["reason"]) == (403, "not-an-administrator")


def test_every_act_is_kept_without_a_secret(
    session: Session, client: Any, admin: dict[str, str], program: dict[str, Any]
) -> None:
    path = f"{CLIENTS}/{program['client_id']}"
    client.patch(path, json={"name": "Άλλο"}, headers=admin | {"If-Match": "*"})
    rotated = client.post(f"{path}/secrets", json={"overlap_hours": 2}, headers=admin).json()
    client.delete(path, headers=admin)
    audit.write(session)

    acts = session.scalars(select(AuditRow).order_by(AuditRow.position)).all()
    assert [row.act for row in acts] == [
        "service_client.created",
        "service_client.changed",
        "service_client.secret_rotated",
        "service_client.revoked",
    ]
    assert {str(row.object_id) for row in acts} == {program["client_id"]}
    details = str(session.scalars(select(AuditDetail.details)).all())
    assert rotated["client_secret"] not in details
    assert program["client_secret"] not in details


def test_nobody_is_there(client: Any, admin: dict[str, str]) -> None:
    for method, path, body in OPERATIONS[2:]:
        answer = client.request(method, path.format(id=new_id()), json=body, headers=admin | {"If-Match": "*"})
        assert answer.status_code == 404, (method, path)


def test_a_program_opens_nothing_that_is_for_people(client: Any, as_person: Callable) -> None:
    headers = as_person(new_id(), mfa=True, client_id=str(new_id()), scope="conferences:read")

    for path in ("/api/v1/session", "/api/v1/account", CLIENTS):
        answer = client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["reason"]) == (403, "not-for-programs")
