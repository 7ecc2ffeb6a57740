"""Sessions, versions, deadlocks, rights and migrations, on the real thing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from chassis import db, health, migrations, projections
from chassis.ids import new_id
from chassis.outbox import OutboxRow

PERSON = UUID("01930000-0000-7000-8000-00000000abcd")


def test_ten_writers_of_one_version_one_wins(client, as_person, database):
    made = client.post("/api/v1/things", json={"name": "one"}, headers=as_person(PERSON)).json()
    headers = {**as_person(PERSON), "If-Match": '"1"'}
    path = f"/api/v1/things/{made['id']}"

    with ThreadPoolExecutor(10) as pool:
        statuses = list(
            pool.map(lambda n: client.patch(path, json={"name": f"n{n}"}, headers=headers).status_code, range(10))
        )

    assert sorted(statuses) == [200] + [412] * 9
    assert client.get(path, headers=as_person(PERSON)).headers["ETag"] == '"2"'


@pytest.mark.parametrize(
    ("seen", "status"),
    [(None, 428), ('"2"', 412), ("nonsense", 412), ('"1"', 200), ('W/"1"', 200), ("*", 200), ('"9", "1"', 200)],
)
def test_change_needs_the_version_that_was_read(client, as_person, seen, status):
    made = client.post("/api/v1/things", json={"name": "one"}, headers=as_person(PERSON)).json()
    headers = as_person(PERSON) | ({"If-Match": seen} if seen else {})

    answer = client.patch(f"/api/v1/things/{made['id']}", json={"name": "two"}, headers=headers)

    assert answer.status_code == status


def test_victim_of_a_deadlock_is_run_again(database):
    from sample.models import Thing

    ids = [new_id(), new_id()]
    with db.transaction() as session:
        session.add_all([Thing(id=id_, name=str(id_)) for id_ in ids])
    meeting, tries = threading.Barrier(2, timeout=5), []

    def swap(first: UUID, second: UUID) -> None:
        def work() -> None:
            tries.append(first)
            with db.transaction() as session:
                session.get(Thing, first, with_for_update=True)
                if len(tries) <= 2:
                    meeting.wait()
                session.get(Thing, second, with_for_update=True)

        db.retrying(work)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(swap, ids[0], ids[1]), pool.submit(swap, ids[1], ids[0])]
        assert [each.result() for each in done] == [None, None]
    assert len(tries) == 3


def test_other_errors_are_not_repeated(session):
    tries = []

    def broken() -> None:
        tries.append(1)
        with db.transaction() as inner:
            inner.execute(text("SELECT 1/0"))

    with pytest.raises(DBAPIError):
        db.retrying(broken)
    assert tries == [1]


def test_rule_that_refused_is_named_and_values_stay_out_of_the_message(session):
    from sample.models import Thing

    session.add(Thing(name="secret-name"))
    session.flush()
    with pytest.raises(IntegrityError) as refused, db.transaction() as inner:
        inner.add(Thing(name="secret-name"))

    assert db.constraint_of(refused.value) == "thing_name_once"


def test_role_changes_rows_but_no_tables(session):
    for forbidden in ("CREATE TABLE mine ()", "TRUNCATE ledger", "UPDATE alembic_version SET version_num = '0'"):
        with pytest.raises(ProgrammingError), session.begin_nested():
            session.execute(text(forbidden))
    session.execute(text("UPDATE thing SET name = 'y'"))


def test_session_speaks_utc_and_has_limits(session, settings):
    shown = {name: session.scalar(text(f"SHOW {name}")) for name in ("timezone", "lock_timeout", "statement_timeout")}

    assert shown == {"timezone": "UTC", "lock_timeout": "3s", "statement_timeout": "15s"}
    assert session.scalar(text("SHOW application_name")).startswith("sample test-")


def test_services_keep_their_tables_apart():
    class Thing(db.Base):
        __tablename__ = "thing"
        __module__ = "another_service.models"
        id = db.mapped_column(db.Uuid(), primary_key=True)

    assert Thing.metadata is not OutboxRow.metadata


def test_rows_from_migrations_are_put_back_after_real_commits(provision, database):
    with db.transaction() as session:
        session.execute(text("INSERT INTO ledger (act) VALUES ('x')"))

    provision.empty()

    with db.transaction() as session:
        assert session.scalars(text("SELECT act FROM ledger")).all() == ["born"]


def test_ready_says_what_is_missing(client, provision, monkeypatch):
    assert health.problem_of("sample") is None
    monkeypatch.setattr(migrations, "head_of", lambda package: "0002")
    assert client.get("/health/ready").json() == {"status": "migrations"}
    monkeypatch.setattr(migrations, "head_of", lambda package: "0000")
    assert health.problem_of("sample") is None  # the schema is ahead: a rolling upgrade


def test_projection_is_written_unless_something_newer_is_there(session):
    from sample.models import Copy

    key = {"id": new_id()}

    assert projections.apply(session, Copy, key, 5, {"name": "five"})
    known = session.get(Copy, key["id"])
    assert not projections.apply(session, Copy, key, 5, {"name": "again"})
    assert not projections.apply(session, Copy, key, 4, {"name": "four"})
    assert known.name == "five"
    assert projections.apply(session, Copy, key, 6, {"name": "six"})
    assert (known.name, known.sequence) == ("six", 6)
