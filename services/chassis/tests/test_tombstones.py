"""Who was erased is not revived: not by replays, late facts, dead letters, reactions at the same moment, restores."""

import io
import threading
import time
from datetime import timedelta

from sample.models import Copy
from sample.parts import FORGETTING, FORGOTTEN
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from chassis import audit, burials, clock, consumer, db, forgetting, outbox, projections, timers, tombstones
from chassis.audit import Act, AuditDetail, AuditRow
from chassis.consumer import Consumer
from chassis.forgetting import redacted
from chassis.ids import new_id
from chassis.inbox import DeadLetterRow, ParkedRow
from chassis.outbox import OutboxRow
from chassis.timers import TimerRow
from chassis.tombstones import TombstoneRow

TYPE, OTHER = "sample.thing.made.v1", "sample.thing.noticed.v1"


def made(subject, name="ΜΑΡΚΑΡΗΣ"):
    return {"thing_id": str(subject), "name": name}


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_a_projection_takes_nothing_about_somebody_buried(session):
    subject, other = new_id(), new_id()
    tombstones.bury(session, subject, 9)

    assert not projections.apply(session, Copy, {"id": subject}, 10, {"name": "one"})
    assert projections.apply(session, Copy, {"id": other}, 10, {"name": "one"})
    assert session.scalars(select(Copy.id)).all() == [other]


def test_a_burial_is_one_however_often(session):
    subject = new_id()

    assert [tombstones.bury(session, subject, 3) for _ in range(3)] == [True, False, False]
    assert tombstones.is_buried(session, new_id(), subject)
    assert not tombstones.is_buried(session, new_id())


def test_a_guarded_reaction_is_deaf_to_facts_about_the_buried(session, deliver):
    subject, other = new_id(), new_id()
    tombstones.bury(session, subject, 1)

    assert [deliver(OTHER, made(subject)), deliver(OTHER, made(other))] == ["done", "done"]
    assert session.scalars(select(Copy.id)).all() == [other]


def test_a_late_dead_letter_replayed_revives_nobody(session, deliver, provision):
    subject = new_id()
    deliver(TYPE, made(subject, "poison"), subject=subject)
    for row in session.scalars(select(ParkedRow)):
        session.add(DeadLetterRow(id=row.id, type=row.type, body=row.body, reason="a bug"))
        session.delete(row)
    session.flush()
    tombstones.bury(session, subject, 5)

    consumer.replay(session, session.scalars(select(DeadLetterRow)).one())
    session.flush()
    repaired = Consumer(
        {TYPE: lambda session, fact: projections.apply(session, Copy, {"id": subject}, 9, {"name": "x"})},
        timedelta(hours=1),
    )
    assert repaired.retry_one()

    assert (count(session, Copy), count(session, DeadLetterRow), count(session, ParkedRow)) == (0, 0, 0)


def test_a_fact_about_the_buried_that_fails_is_not_kept(session, deliver):
    subject = new_id()
    tombstones.bury(session, subject, 1)

    assert deliver(TYPE, made(subject, "poison"), subject=subject) == "refused"
    assert (count(session, ParkedRow), count(session, DeadLetterRow)) == (0, 0)


def test_a_burial_waits_for_the_reaction_that_is_writing_and_stops_the_next(database):
    """A reaction that looked before the burial and commits after it would leave what the burial never saw."""
    for _ in range(10):
        subject, looked, order = new_id(), threading.Event(), []

        def react(subject=subject, looked=looked, order=order):
            with db.transaction() as session:
                projections.apply(session, Copy, {"id": subject}, 1, {"name": "one"})
                looked.set()
                time.sleep(0.05)
                order.append("written")

        writing = threading.Thread(target=react)
        writing.start()
        looked.wait()
        with db.transaction() as session:
            forgetting.begin(session, subject, 2)
            order.append("buried")
            FORGETTING.erase(session, subject)
        writing.join()

        assert order == ["written", "buried"]
        with db.transaction() as session:
            assert not projections.apply(session, Copy, {"id": subject}, 3, {"name": "late"})
            assert session.get(Copy, subject) is None


def test_erasing_ends_after_a_second_look_and_says_so(session, run_timer):
    subject = new_id()
    FORGOTTEN.clear()
    session.add(Copy(id=subject, name="one", sequence=1))
    forgetting.begin(session, subject, 2)

    run_timer("forget", subject)  # a portion
    run_timer("forget", subject)  # nothing is left, but somebody may still be writing
    assert (count(session, Copy), FORGOTTEN) == (0, [])
    session.add(Copy(id=subject, name="written meanwhile", sequence=1))
    session.flush()
    session.execute(
        update(TimerRow).values(payload={"since": (clock.now() - forgetting.QUIET).isoformat()}, due_at=clock.now())
    )
    run_timer("forget", subject)
    run_timer("forget", subject)

    assert (count(session, Copy), FORGOTTEN) == (0, [subject])
    assert session.get(TimerRow, ("forget", str(subject))) is None


def test_what_waits_about_them_goes_and_others_only_lose_what_it_says_of_them(session):
    subject, other = new_id(), new_id()
    theirs = {"type": f"gr.epresence.{TYPE}", "subject": str(new_id()), "data": made(subject)}
    naming = {"thing_id": str(other), "name": "mine", "by": {"id": str(subject), "name": "ΜΑΡΚΑΡΗΣ", "of": [1]}}
    others = {"type": f"gr.epresence.{TYPE}", "subject": str(other), "data": naming}
    gone = {"type": "gr.epresence.sample.thing.gone.v1", "subject": str(subject), "data": {"thing_id": str(subject)}}
    for number, body in enumerate([theirs, others, gone, {"unreadable": f"{subject} ΜΑΡΚΑΡΗΣ"}]):
        type_ = str(body.get("type", "unknown")).removeprefix("gr.epresence.")
        row = {"id": new_id(), "type": type_, "body": body, "reason": str(number)}
        session.add(DeadLetterRow(**row))
        session.add(ParkedRow(**row, early=True, due_at=clock.now()))
        if "data" in body:
            session.add(
                OutboxRow(
                    type=type_, subject=body["subject"], sequence=1, data=body["data"], public=False, correlation_id=""
                )
            )
    timers.schedule(session, "thing.ring", subject, clock.now())
    audit.record(session, Act("thing.made", subject, None, {"name": "ΜΑΡΚΑΡΗΣ"}))
    audit.write(session)
    session.flush()

    forgetting.begin(session, subject, 2)
    forgetting.erase(session, subject, FORGETTING)
    session.expire_all()

    kept = {"thing_id": str(other), "name": "mine", "by": {"id": str(subject), "name": "", "of": [1]}}
    assert [row.body["data"] for row in session.scalars(select(DeadLetterRow).order_by(DeadLetterRow.reason))] == [
        kept,
        gone["data"],
    ]
    assert [row.body["data"] for row in session.scalars(select(ParkedRow).order_by(ParkedRow.reason))] == [
        kept,
        gone["data"],
    ]
    assert [row.data for row in session.scalars(select(OutboxRow).order_by(OutboxRow.position))] == [kept, gone["data"]]
    assert session.scalars(select(TimerRow.name)).all() == ["forget"]
    assert (count(session, AuditRow), count(session, AuditDetail)) == (1, 0)
    assert audit.verify(session).broken_at is None


def test_redaction_leaves_the_fact_itself_as_it_is():
    assert redacted({"id": "x", "name": "mine", "all": [{"id": "x", "name": "y", "n": 1}]}, "x") == {
        "id": "x",
        "name": "mine",
        "all": [{"id": "x", "name": "", "n": 1}],
    }


def test_after_a_restore_the_list_of_another_copy_erases_everybody_again(database):
    people = [new_id() for _ in range(burials.AT_ONCE * 2 + 5)]
    with db.transaction() as session:
        for subject in people:
            tombstones.bury(session, subject, 4)
    listed = io.StringIO()
    burials.export(listed)
    with db.transaction() as session:  # last night's copy knows nothing of it
        session.execute(text("DELETE FROM tombstone"))
        session.add_all(Copy(id=subject, name="ΜΑΡΚΑΡΗΣ", sequence=1) for subject in [*people, new_id()])

    lines = listed.getvalue().splitlines()
    assert burials.apply(lines[:150], FORGETTING) == 150  # stopped half-way, and run again
    assert burials.apply(lines, FORGETTING) == len(people) - 150
    assert burials.apply(lines, FORGETTING) == 0

    with Session(database) as session:
        assert (count(session, Copy), count(session, TombstoneRow)) == (1, len(people))
        assert not projections.apply(session, Copy, {"id": people[0]}, 9, {"name": "x"})


def test_the_fact_that_tells_of_the_erasing_is_itself_not_scrubbed(session, published):
    subject = new_id()
    outbox.add(session, outbox.Fact(TYPE, subject, 1, made(subject)))
    forgetting.begin(session, subject, 2)
    spared = forgetting.Forgetting(FORGETTING.erase, FORGETTING.done, FORGETTING.about, frozenset({TYPE}))

    forgetting.erase(session, subject, spared)

    assert [fact.type for fact in published(session)] == [TYPE]
