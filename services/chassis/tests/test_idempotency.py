"""One key, one effect: in turn, at once, with another body, after a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID

from sqlalchemy import func, select, text, update

from chassis import db, idempotency
from chassis.idempotency import IdempotencyRow

PERSON = UUID("01930000-0000-7000-8000-00000000abcd")


def things(session) -> int:
    return session.scalar(text("SELECT count(*) FROM thing"))


def test_same_key_and_body_give_the_same_resource(client, as_person, session):
    headers = {**as_person(PERSON), "Idempotency-Key": "k1"}

    first = client.post("/api/v1/things", json={"name": "one", "size": 3}, headers=headers)
    second = client.post("/api/v1/things", json={"size": 3, "name": "one"}, headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert things(session) == 1


def test_same_key_with_another_body_is_refused(client, as_person):
    headers = {**as_person(PERSON), "Idempotency-Key": "k1"}
    client.post("/api/v1/things", json={"name": "one"}, headers=headers)

    answer = client.post("/api/v1/things", json={"name": "two"}, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/idempotency-key-reused")


def test_another_persons_key_is_another_key(client, as_person):
    other = UUID("01930000-0000-7000-8000-00000000beef")
    client.post("/api/v1/things", json={"name": "one"}, headers={**as_person(PERSON), "Idempotency-Key": "k1"})

    answer = client.post("/api/v1/things", json={"name": "two"}, headers={**as_person(other), "Idempotency-Key": "k1"})

    assert answer.status_code == 201


def test_refused_request_leaves_the_key_free(client, as_person):
    headers = {**as_person(PERSON), "Idempotency-Key": "k1"}
    client.post("/api/v1/things", json={"name": "one"}, headers=as_person(PERSON))
    assert client.post("/api/v1/things", json={"name": "one"}, headers=headers).status_code == 409

    answer = client.post("/api/v1/things", json={"name": "two"}, headers=headers)

    assert answer.status_code == 201


def test_key_is_free_again_after_a_day_and_forgotten(session):
    idempotency.claim(session, PERSON, "op", "k1", {"a": 1}).record(201, PERSON)
    session.execute(update(IdempotencyRow).values(created_at=IdempotencyRow.created_at - timedelta(hours=24)))
    session.expire_all()

    again = idempotency.claim(session, PERSON, "op", "k1", {"a": 2})

    assert not again.replayed
    idempotency.forget(session)
    assert session.scalar(select(func.count()).select_from(IdempotencyRow)) == 0


def test_fifty_at_once_have_one_effect(client, as_person, database):
    headers = {**as_person(PERSON), "Idempotency-Key": "k1"}

    with ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(lambda _: client.post("/api/v1/things", json={"name": "one"}, headers=headers), range(50))
        )

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 409)
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 1
    with db.transaction() as session:
        assert things(session) == 1
