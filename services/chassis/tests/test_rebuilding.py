"""Copies are made anew: the owner restates to whoever asks, in portions, to nobody else, and nobody erased."""

import json
import subprocess
import threading

import pika
import pytest
from sample.models import Copy, Thing
from sample.parts import FORGETTING, SNAPSHOTS
from sqlalchemy import delete, func, select

from chassis import db, forgetting, outbox, projections, snapshots, tombstones
from chassis.audit import AuditRow
from chassis.broker import Message, Names, Publisher, topology
from chassis.ids import new_id
from chassis.inbox import ParkedRow
from chassis.outbox import Fact, OutboxRow
from chassis.rebuilding import RebuildRow, ask, status
from chassis.timers import TimerRow

TYPE, SNAPSHOT, PROGRESS = "sample.thing.made.v1", "sample.thing.snapshot.v1", "sample.snapshots.sent.v1"
AGGREGATE, JOB = "sample.thing", "sample sample.thing"


def make_things(session, count):
    things = [Thing(name=f"thing {number}") for number in range(count)]
    session.add_all(things)
    session.flush()
    return sorted(things, key=lambda thing: thing.id)


def requested(session, deliver):
    """Asked, and heard by the owner."""
    ask(session, "sample", [AGGREGATE])
    (fact,) = _outbox(session, "sample.projection.requested.v1")
    session.execute(delete(OutboxRow))
    assert deliver(fact.type, fact.data, subject=fact.subject) == "done"
    return fact


def _outbox(session, type_=None):
    rows = session.scalars(select(OutboxRow).order_by(OutboxRow.position)).all()
    return [row for row in rows if type_ in (None, row.type)]


def sent(session, deliver):
    """What the relay and the broker do with what waits."""
    rows = _outbox(session)
    session.execute(delete(OutboxRow))
    for row in rows:
        assert row.recipient == "sample"
        assert deliver(row.type, row.data, subject=row.subject, sequence=row.sequence) == "done"
    return rows


def test_a_rebuilt_copy_is_as_it_was(session, deliver, run_timer, monkeypatch):
    monkeypatch.setattr(snapshots, "AT_ONCE", 3)
    things = make_things(session, 7)
    for thing in things:
        projections.apply(session, Copy, {"id": thing.id}, thing.version, {"name": thing.name})
    before = session.execute(select(Copy.id, Copy.name, Copy.sequence).order_by(Copy.id)).all()
    session.execute(delete(Copy))

    requested(session, deliver)
    portions = []
    while run_timer(snapshots.TIMER, JOB):
        portions.append([row.type for row in sent(session, deliver)])

    assert session.execute(select(Copy.id, Copy.name, Copy.sequence).order_by(Copy.id)).all() == before
    assert [types.count(SNAPSHOT) for types in portions] == [3, 3, 1, 0]
    assert all(types[-1] == PROGRESS for types in portions)  # whoever hears it has the portion
    told = session.scalars(select(RebuildRow)).one()
    assert (told.aggregate, told.restated, told.done) == (AGGREGATE, 7, True)


def test_no_portion_is_made_before_the_last_one_is_sent(session, deliver, run_timer, monkeypatch):
    monkeypatch.setattr(snapshots, "AT_ONCE", 2)
    make_things(session, 5)
    requested(session, deliver)
    run_timer(snapshots.TIMER, JOB)
    waiting = len(_outbox(session))

    for _ in range(3):
        run_timer(snapshots.TIMER, JOB)

    assert len(_outbox(session)) == waiting == 3


def test_a_copy_of_equal_age_is_filled_in_and_a_newer_one_stays(session, deliver):
    equal, newer = make_things(session, 2)
    for thing, sequence in ((equal, 1), (newer, 2)):
        projections.apply(session, Copy, {"id": thing.id}, sequence, {"name": "as it was copied"})

    for thing in (equal, newer):
        deliver(SNAPSHOT, {"thing_id": str(thing.id), "name": "as its owner says"}, subject=thing.id, sequence=1)
        deliver(TYPE, {"thing_id": str(thing.id), "name": "a fact told twice"}, subject=thing.id, sequence=1)

    assert session.get_one(Copy, equal.id).name == "as its owner says"
    assert session.get_one(Copy, newer.id).name == "as it was copied"


def test_whoever_is_buried_is_neither_restated_nor_copied(session, deliver, run_timer):
    living, dead = make_things(session, 2)
    tombstones.bury(session, dead.id, 9)
    requested(session, deliver)

    while run_timer(snapshots.TIMER, JOB):
        told = [row.subject for row in sent(session, deliver) if row.type == SNAPSHOT]
        assert str(dead.id) not in told
    late = deliver(SNAPSHOT, {"thing_id": str(dead.id), "name": "late"}, subject=dead.id, sequence=10)

    assert late == "done"
    assert session.scalars(select(Copy.id)).all() == [living.id]


def test_a_burial_waits_for_the_portion_and_finds_what_it_wrote(database, deliver):
    with db.transaction() as session:
        (thing,) = make_things(session, 1)
        subject = thing.id
    written, go_on = threading.Event(), threading.Event()

    def restating():
        with db.transaction() as session:
            facts = snapshots._of_the_living(session, SNAPSHOTS[AGGREGATE](session, None, 10))
            outbox.add(session, *[snapshots._snapshot(fact, AGGREGATE, "sample") for fact in facts])
            session.flush()
            written.set()
            assert go_on.wait(10)

    def erasing():
        with db.transaction() as session:
            forgetting.begin(session, subject, 5)
            forgetting.erase(session, subject, FORGETTING)

    first = threading.Thread(target=restating)
    first.start()
    assert written.wait(10)
    second = threading.Thread(target=erasing)
    second.start()
    second.join(0.3)
    assert second.is_alive()
    go_on.set()
    for thread in (first, second):
        thread.join(10)

    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(OutboxRow)) == 0


def test_asking_again_begins_anew_and_the_first_ones_word_counts_no_more(session, deliver, run_timer, monkeypatch):
    monkeypatch.setattr(snapshots, "AT_ONCE", 2)
    make_things(session, 3)
    requested(session, deliver)
    run_timer(snapshots.TIMER, JOB)
    old_word = _outbox(session, PROGRESS)[0]
    second = requested(session, deliver)

    deliver(PROGRESS, old_word.data, subject=old_word.subject, sequence=old_word.sequence)

    row = session.scalars(select(RebuildRow)).one()
    assert (str(row.request_id), row.restated, row.done) == (second.subject, 0, False)
    assert "after" not in session.scalars(select(TimerRow).where(TimerRow.name == snapshots.TIMER)).one().payload


def test_a_word_that_comes_out_of_order_changes_nothing(session, deliver):
    ask(session, "sample", [AGGREGATE])
    request_id = str(session.scalars(select(RebuildRow.request_id)).one())
    word = {"request_id": request_id, "aggregate": AGGREGATE}

    deliver(PROGRESS, {**word, "restated": 900, "done": True}, subject=request_id, sequence=3)
    deliver(PROGRESS, {**word, "restated": 500, "done": False}, subject=request_id, sequence=2)

    row = session.scalars(select(RebuildRow)).one()
    assert (row.restated, row.done) == (900, True)
    assert status(session)[0].startswith("sample.thing: done, 900 restated")


def test_what_the_owner_does_not_know_yet_is_parked(session, deliver):
    data = {"request_id": str(new_id()), "aggregate": "sample.novelty"}

    assert deliver("sample.projection.requested.v1", data) == "parked"
    assert session.scalars(select(ParkedRow.reason)).one() == "not yet: snapshots of sample.novelty"


def test_a_fact_for_one_service_is_not_public():
    with pytest.raises(ValueError, match="not public"):
        Fact(TYPE, new_id(), 1, {}, public=True, to="sample")


def test_a_fact_for_one_service_reaches_its_queue_and_no_other(settings, database):
    names, other = Names.of(settings), settings.model_copy(update={"service": "other"})
    for each in (settings, other):
        topology.declare(each, [TYPE, SNAPSHOT])
    body = b"{}"
    sender = Publisher(settings)
    ids = [str(new_id()) for _ in range(2)]
    with pika.BlockingConnection(pika.URLParameters(settings.amqp_url)) as connection:
        channel = connection.channel()
        ear = channel.queue_declare("", exclusive=True).method.queue
        for exchange in (names.internal, names.public):
            channel.queue_bind(ear, exchange, "#")

        confirmed, unheard = sender.publish(
            [
                Message(ids[0], f"gr.epresence.{SNAPSHOT}", False, "", body, "other"),
                Message(ids[1], f"gr.epresence.{SNAPSHOT}", False, "", body, "nobody"),
            ]
        )
        sender.close()

        depths = {
            queue: channel.queue_declare(queue, passive=True).method.message_count
            for queue in (names.queue, Names.of(other).queue, ear)
        }
        for each in (names, Names.of(other)):
            for queue in (each.queue, each.dead):
                channel.queue_delete(queue)
        for exchange in (names.internal, names.public):
            channel.exchange_delete(exchange)
    assert depths == {names.queue: 0, Names.of(other).queue: 1, ear: 0}
    assert (confirmed, unheard) == (set(ids), {ids[1]})


def test_killed_again_and_again_a_rebuilding_comes_to_its_end(start, eventually, clean_broker, database, free_port):
    start("migrate").wait(30)
    with db.transaction() as session:
        expected = {(thing.id, thing.name) for thing in make_things(session, 2600)}

    def copied():
        with db.transaction() as session:
            return {tuple(row) for row in session.execute(select(Copy.id, Copy.name))}

    def said():
        return start("rebuild", "--status").communicate(timeout=30)[0].decode()

    soon = {"TIMER_LEASE_SECONDS": 2}  # so long whoever is killed keeps a portion from the next
    assert start("rebuild", "sample").wait(30) == 0
    assert "asked, nothing heard yet, 0 restated" in said()
    for _ in range(3):
        before = len(copied())
        worker = start("worker", OPS_PORT=free_port(), **soon)
        eventually(lambda before=before: len(copied()) > before or len(copied()) == len(expected), within=30)
        worker.kill()
        worker.wait()
    last = start("worker", OPS_PORT=free_port(), **soon)

    eventually(lambda: copied() == expected, within=60)
    eventually(lambda: "sample.thing: done, 2600 restated" in said(), within=30)
    last.terminate()
    lines = [json.loads(line) for line in last.communicate(timeout=30)[0].decode().splitlines()]
    assert any(line["event"] == "projection rebuilt" and line["restated"] == 2600 for line in lines)
    with db.transaction() as session:
        assert session.scalars(select(AuditRow.act)).all() == ["projection.requested"]


def test_a_wrong_owner_is_refused_with_a_sentence(start):
    wrong: subprocess.Popen = start("rebuild", "stranger")

    assert b"usage: rebuild sample | --all [--status]" in wrong.communicate(timeout=20)[0]
    assert wrong.returncode != 0
