"""What a caller is told: answers, problems in two languages, never a 500 for bad input."""

import json
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from chassis import logs
from chassis.consumer import Consumer
from chassis.outbox import OutboxRow

AS_JSON = {"Content-Type": "application/json"}
PERSON = UUID("01930000-0000-7000-8000-00000000abcd")


def test_making_and_reading_a_thing(client, as_person):
    made = client.post("/api/v1/things", json={"name": "one", "size": None}, headers=as_person(PERSON))

    assert made.status_code == 201
    assert made.headers["ETag"] == '"1"'
    read = client.get(f"/api/v1/things/{made.json()['id']}", headers=as_person(PERSON))
    assert read.json() == made.json()
    assert read.headers["X-Correlation-ID"]


def test_unchanged_thing_answers_304(client, as_person):
    made = client.post("/api/v1/things", json={"name": "one"}, headers=as_person(PERSON)).json()

    again = client.get(f"/api/v1/things/{made['id']}", headers={**as_person(PERSON), "If-None-Match": '"1"'})

    assert again.status_code == 304


def test_deleting_answers_without_content(client, as_person):
    answer = client.delete(f"/api/v1/things/{PERSON}", headers=as_person(PERSON))

    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ({}, "/name", "Συμπληρώστε αυτό το πεδίο."),
        ({"name": ""}, "/name", "Συμπληρώστε αυτό το πεδίο."),
        ({"name": 7}, "/name", "Γράψτε κείμενο."),
        ({"name": "n" * 101}, "/name", "Γράψτε έως 100 χαρακτήρες."),
        ({"name": "a\0b"}, "/name", "Αφαιρέστε τους χαρακτήρες που δεν εμφανίζονται."),
        ({"name": "n", "size": 10}, "/size", "Δώστε το πολύ 9."),
        ({"name": "n", "size": 10**400}, "/size", "Δώστε το πολύ 9."),
        ({"name": "n", "size": 1.5}, "/size", "Γράψτε ακέραιο αριθμό."),
        ({"name": "n", "colour": "pink"}, "/colour", "Επιλέξτε ένα από τα: red, blue."),
        ({"name": "n", "email": "no address"}, "/email", "Γράψτε διεύθυνση e-mail, όπως onoma@foreas.gr."),
        ({"name": "n", "other/field~": 1}, "/other~1field~0", "Αφαιρέστε αυτό το πεδίο: δεν προβλέπεται."),
        ({"name": "n", "parts": [{"id": "x"}]}, "/parts/0/id", "Δώστε αναγνωριστικό UUID."),
        ({"name": "n", "parts": [{}]}, "/parts/0/id", "Συμπληρώστε αυτό το πεδίο."),
        ([], "", "Δώστε αντικείμενο με πεδία."),
        (None, "", "Στείλτε τα στοιχεία στο σώμα της κλήσης."),
    ],
)
def test_refused_value_is_named_by_pointer_with_advice(client, as_person, body, pointer, detail):
    answer = client.post("/api/v1/things", json=body, headers=as_person(PERSON))

    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["type"] == "/problems/invalid-request"
    assert {"pointer": pointer, "detail": detail} in answer.json()["errors"]


@pytest.mark.parametrize(
    "time",
    [
        "2026-11-25T08:00:00",
        "2026-13-25T08:00:00Z",
        "yesterday",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "",
    ],
)
def test_time_without_offset_or_out_of_this_world_is_refused(client, as_person, time):
    answer = client.post("/api/v1/things", json={"name": "n", "starts_at": time}, headers=as_person(PERSON))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/starts_at"


@pytest.mark.parametrize(
    ("raw", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b'{"name": NaN}', "application/json", 400),
        (b'{"name": "\\ud800"}', "application/json", 400),
        (b'{"name": "\xff"}', "application/json", 400),
        (b"null", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"name": "n"}', "application/json; charset=utf-16", 415),
        (b'{"name": "n"}', "application/json; charset=nonsense", 415),
        (b'{"name": "n"}', "text/plain", 415),
        (b"name=n", "application/x-www-form-urlencoded", 415),
        (b'{"name": "' + b"n" * 1_100_000 + b'"}', "application/json", 413),
    ],
)
def test_broken_bodies_end_in_a_problem(client, as_person, raw, content_type, status):
    answer = client.post("/api/v1/things", content=raw, headers={**as_person(PERSON), "Content-Type": content_type})

    assert answer.status_code == status
    assert answer.json()["type"].startswith("/problems/")


def test_body_without_a_type_is_refused(client, as_person):
    answer = client.post("/api/v1/things", content=b'{"name": "n"}', headers=as_person(PERSON))

    assert answer.status_code == 415


def test_too_large_body_in_pieces_is_refused(client, as_person):
    pieces = (b"x" * 100_000 for _ in range(20))

    answer = client.post(
        "/api/v1/things", content=pieces, headers={**as_person(PERSON), "Content-Type": "application/json"}
    )

    assert answer.status_code == 413


def test_body_in_pieces_is_accepted(client, as_person):
    pieces = (piece for piece in (b'{"name":', b' "one"}'))

    answer = client.post(
        "/api/v1/things", content=pieces, headers={**as_person(PERSON), "Content-Type": "application/json"}
    )

    assert answer.status_code == 201


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("?unknown=1", "#/parameters/unknown"),
        ("?limit=0", "#/parameters/limit"),
        ("?limit=many", "#/parameters/limit"),
        ("?search=%00", "#/parameters/search"),
        ("?search=\xff&search=\xff&limit=x", "#/parameters/limit"),
    ],
)
def test_refused_parameters_are_named(client, as_person, query, pointer):
    answer = client.get(f"/api/v1/things{query}", headers=as_person(PERSON))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_malformed_id_in_the_path_is_refused(client, as_person):
    answer = client.get("/api/v1/things/{0}", headers=as_person(PERSON))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "#/parameters/id"


@pytest.mark.parametrize(
    ("wanted", "title"),
    [("en-GB,en;q=0.9", "Not found"), ("el", "Δεν βρέθηκε"), ("", "Δεν βρέθηκε"), ("de", "Δεν βρέθηκε")],
)
def test_problem_speaks_the_callers_language(client, as_person, wanted, title):
    answer = client.get(f"/api/v1/things/{PERSON}", headers={**as_person(PERSON), "Accept-Language": wanted})

    assert (answer.status_code, answer.json()["title"]) == (404, title)


@pytest.mark.parametrize(
    ("kind", "status", "type_"),
    [
        ("crash", 500, "internal-error"),
        ("forbidden", 403, "forbidden"),
        ("slow-sql", 503, "temporarily-unavailable"),
        ("abort", 404, "not-found"),
    ],
)
def test_whatever_goes_wrong_is_a_problem_without_details(client, kind, status, type_):
    answer = client.get(f"/api/v1/trouble/{kind}")

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{type_}")
    assert "secret" not in answer.text
    assert answer.json()["instance"] == answer.headers["X-Correlation-ID"]
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_lock_not_had_in_time_answers_503(client, database):
    with database.connect() as holder:
        holder.execute(text("SELECT pg_advisory_xact_lock(7)"))

        answer = client.get("/api/v1/trouble/locked")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_connections_that_died_while_idle_are_replaced_unseen(client, provision, database):
    assert client.get("/health/ready").status_code == 200
    with psycopg.connect(provision.settings.migration_database_url.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [provision.name])

    assert client.get("/health/ready").status_code == 200


def test_facts_reach_the_caller_when_the_catalogue_names_them(client, as_person):
    client.post("/api/v1/things", json={"name": "one"}, headers=as_person(PERSON))

    answer = client.post("/api/v1/things", json={"name": "one"}, headers=as_person(PERSON))

    assert answer.status_code == 409
    assert answer.json()["taken_by"] == "somebody"
    assert "secret" not in answer.text


def test_answer_that_breaks_the_contract_fails_in_tests(client):
    assert client.get("/api/v1/trouble/promise").status_code == 500


def test_unknown_path_and_method_are_problems(client):
    assert client.get("/nowhere").json()["type"] == "/problems/not-found"
    refused = client.put("/api/v1/things", json={})
    assert (refused.status_code, refused.json()["type"]) == (405, "/problems/method-not-allowed")


@pytest.mark.parametrize("path", ["/api/v1/things/%0A", "/api/v1/things%0A", "/%0Aapi/v1/things", "/api/v1/me%0d"])
def test_control_characters_in_a_path_lead_nowhere(client, as_person, path):
    answer = client.get(path, headers=as_person(PERSON))

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


def test_fixed_path_beside_a_template_keeps_its_own_security(client, as_person, as_gateway):
    assert client.get("/api/v1/things/newest", headers=as_person(PERSON)).status_code == 401
    assert client.get("/api/v1/things/newest", headers=as_gateway()).json() == {"address": "192.0.2.1"}


def test_well_formed_correlation_id_is_kept_and_others_replaced(client):
    kept = client.get("/health/live", headers={"X-Correlation-ID": "abc-12345678"})
    replaced = client.get("/health/live", headers={"X-Correlation-ID": "no good\tid"})

    assert kept.headers["X-Correlation-ID"] == "abc-12345678"
    assert UUID(replaced.headers["X-Correlation-ID"])


def test_health_and_metrics_stand_beside_the_contract(client):
    client.get("/nowhere")

    assert client.get("/health/live").status_code == 200
    assert client.get("/health/ready").json() == {"status": "ok"}
    assert "http_request_seconds" in client.get("/metrics").text


def test_correlation_id_goes_on_from_request_to_fact_to_reaction(client, as_person, session, deliver):
    headers = {**as_person(PERSON), "X-Correlation-ID": "from-the-browser"}
    seen = []

    client.post("/api/v1/things", json={"name": "one"}, headers=headers)
    fact = session.scalars(select(OutboxRow)).one()
    taker = Consumer({fact.type: lambda inner, fact: seen.append(logs.correlation_id())}, timedelta(hours=1))
    taker.take_one(
        {
            "id": str(fact.id), "type": f"gr.epresence.{fact.type}", "subject": fact.subject, "sequence": fact.sequence,
            "time": fact.occurred_at.isoformat(), "correlationid": fact.correlation_id, "data": fact.data,
        }
    )  # fmt: skip

    assert fact.correlation_id == "from-the-browser"
    assert seen == ["from-the-browser"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4),
)
FIELDS = st.sampled_from(["name", "size", "colour", "email", "starts_at", "parts"])


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(body=JSON | st.dictionaries(FIELDS, JSON, max_size=6), name=st.text(max_size=20))
def test_no_body_whatsoever_answers_500(client, as_person, body, name):
    for content in (body, {"name": name}):
        answer = client.post("/api/v1/things", content=json.dumps(content), headers=AS_JSON | as_person(PERSON))

        assert answer.status_code in (201, 400, 409)


@hypothesis_settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(query=st.text(max_size=30), path=st.text(max_size=30), raw=st.binary(max_size=60))
def test_no_address_nor_bytes_answer_500(client, as_person, query, path, raw):
    headers = as_person(PERSON)

    assert client.get(f"/api/v1/things/{quote(path, safe='')}?{quote(query)}", headers=headers).status_code < 500
    assert client.get(f"/api/v1/things?cursor={quote(query)}", headers=headers).status_code in (200, 400)
    assert client.post("/api/v1/things", content=raw, headers=AS_JSON | headers).status_code in (201, 400, 409)
