"""The audit trail: in order under concurrency, only ever added to, and any change to it shows."""

import threading
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from chassis import audit, db
from chassis.audit import Act, AuditDetail, AuditRow

ACTOR, OBJECT = uuid4(), uuid4()


def recorded(*names: str) -> None:
    for name in names:
        with db.transaction() as session:
            audit.record(session, Act(name, ACTOR, OBJECT, {"reason": name}))


def verified() -> audit.Verdict:
    with db.transaction() as session:
        return audit.verify(session)


@pytest.fixture
def owner(settings, database):
    """Whoever has the keys of the house: what the service's role may not do, they may."""
    engine = create_engine(settings.migration_database_url)
    yield engine
    engine.dispose()


def broken_off(name: str) -> None:
    with db.transaction() as session:
        audit.record(session, Act(name, ACTOR))
        raise RuntimeError("rolled back")


def test_act_is_written_with_its_transaction_and_gone_with_its_rollback(database):
    recorded("thing.made")
    with pytest.raises(RuntimeError):
        broken_off("thing.broken")

    with db.transaction() as session:
        rows = session.execute(select(AuditRow.position, AuditRow.act, AuditRow.actor_id, AuditRow.object_id)).all()
        details = session.get(AuditDetail, 1).details

    assert rows == [(1, "thing.made", ACTOR, OBJECT)]
    assert details == {"reason": "thing.made"}


def test_several_acts_of_one_transaction_follow_each_other(database):
    with db.transaction() as session, session.begin_nested():
        audit.record(session, Act("first"))
        audit.record(session, Act("second"))

    assert verified() == audit.Verdict(2, None, verified().head)


def test_chain_holds_when_twenty_write_at_once(database):
    threads = [threading.Thread(target=recorded, args=[f"thing.{number}"] * 5) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    verdict = verified()

    assert (verdict.rows, verdict.broken_at) == (100, None)


def test_forgotten_details_leave_the_chain_whole(database):
    recorded("thing.made", "thing.sold")
    head = verified().head

    with db.transaction() as session:
        audit.forget(session, OBJECT)

    with db.transaction() as session:
        assert session.scalars(select(AuditDetail)).all() == []
    assert verified() == audit.Verdict(2, None, head)


@pytest.mark.parametrize(
    ("tampering", "broken_at"),
    [
        ("UPDATE audit SET act = 'nothing' WHERE position = 2", 2),
        ("UPDATE audit SET occurred_at = occurred_at + interval '1 microsecond' WHERE position = 3", 3),
        ("UPDATE audit SET actor_id = NULL WHERE position = 1", 1),
        ("DELETE FROM audit_detail WHERE position = 2; DELETE FROM audit WHERE position = 2", 3),
        ("UPDATE audit_detail SET details = '{}' WHERE position = 2", 2),
        ("UPDATE audit SET position = 9 WHERE position = 4", 9),
    ],
)
def test_tampering_shows_where_it_happened(database, owner, tampering, broken_at):
    recorded("one", "two", "three")
    with db.transaction() as session:
        audit.record(session, Act("four"))
    assert verified().broken_at is None

    with owner.begin() as connection:
        connection.execute(text(tampering))

    assert verified().broken_at == broken_at


def test_rows_cut_off_at_the_end_show_by_the_head_kept_elsewhere(database, owner):
    recorded("one", "two")
    kept = verified().head
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM audit_detail WHERE position = 2; DELETE FROM audit WHERE position = 2"))

    assert verified().broken_at is None
    assert verified().head != kept


def test_role_may_add_to_the_trail_and_forget_details_but_change_nothing(session):
    audit.record(session, Act("thing.made", ACTOR, OBJECT, {"reason": "x"}))
    audit.write(session)

    for forbidden in (
        "UPDATE audit SET act = 'y'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE audit_detail SET details = '{}'",
    ):
        with pytest.raises(ProgrammingError), session.begin_nested():
            session.execute(text(forbidden))
    audit.forget(session, ACTOR)


def test_nothing_is_written_for_a_session_that_recorded_nothing(session: Session):
    audit.write(session)

    assert session.scalars(select(AuditRow)).all() == []
