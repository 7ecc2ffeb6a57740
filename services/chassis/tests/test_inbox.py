"""A fact's ways: effect, repeat, out of order, too early, poison, dead, replayed."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from chassis import consumer, outbox
from chassis.consumer import Consumer
from chassis.contracts import EventContractBroken
from chassis.ids import new_id
from chassis.inbox import DeadLetterRow, InboxRow, ParkedRow

TYPE = "sample.thing.made.v1"
ENVELOPE = {
    "type": f"gr.epresence.{TYPE}",
    "id": str(new_id()),
    "time": "2026-11-25T08:00:00Z",
    "subject": "s",
    "sequence": 1,
    "data": {},
}


def made(name: str = "one") -> dict[str, str]:
    return {"thing_id": str(new_id()), "name": name}


def count(session, model) -> int:
    return session.scalar(select(func.count()).select_from(model))


def test_repeated_fact_has_one_effect(session, deliver):
    from sample.models import Copy

    id_, data = new_id(), made()

    assert [deliver(TYPE, data, id=id_) for _ in range(3)] == ["done", "duplicate", "duplicate"]
    assert count(session, Copy) == 1


def test_older_fact_does_not_undo_a_newer_one(session, deliver):
    from sample.models import Copy

    data = made("new")
    deliver(TYPE, data, sequence=7)
    deliver(TYPE, {**data, "name": "old"}, sequence=6)

    assert session.scalars(select(Copy.name)).one() == "new"


def test_fact_that_comes_early_is_tried_until_its_time(session, deliver, provision):
    from sample.models import Copy

    assert deliver(TYPE, made("early")) == "parked"
    row = session.scalars(select(ParkedRow)).one()
    assert row.early
    assert row.reason == "not yet: the thing before it"
    taker = Consumer({TYPE: provision.service.reactions[TYPE]}, timedelta(hours=1))
    assert not taker.retry_one()  # not due yet
    _make_due(session)
    assert taker.retry_one()
    session.expire_all()
    assert session.scalars(select(ParkedRow.attempts)).one() == 2

    ready = Consumer(
        {TYPE: lambda session, fact: session.add(Copy(id=new_id(), name="x", sequence=1))}, timedelta(hours=1)
    )
    _make_due(session)
    assert ready.retry_one()

    assert (count(session, ParkedRow), count(session, Copy), count(session, InboxRow)) == (0, 1, 1)


def test_fact_that_stays_early_too_long_is_a_dead_letter(session, deliver, provision):
    deliver(TYPE, made("early"))
    session.execute(update(ParkedRow).values(parked_at=ParkedRow.parked_at - timedelta(hours=2)))
    _make_due(session)

    Consumer(provision.service.reactions, timedelta(hours=1)).retry_one()

    assert count(session, ParkedRow) == 0
    assert session.scalars(select(DeadLetterRow.reason)).one() == "not yet: the thing before it"


def test_poison_is_a_dead_letter_after_a_few_tries(session, deliver, provision):
    assert deliver(TYPE, made("poison")) == "parked"
    taker = Consumer(provision.service.reactions, timedelta(hours=1))
    tries = 1
    while count(session, ParkedRow):
        _make_due(session)
        taker.retry_one()
        session.expire_all()
        tries += 1

    assert tries == consumer.FAILURES_BEFORE_DEATH + 1
    letter = session.scalars(select(DeadLetterRow)).one()
    assert (letter.type, letter.reason) == (TYPE, "RuntimeError")
    assert count(session, InboxRow) == 0

    consumer.replay(session, letter)
    session.flush()
    repaired = Consumer({TYPE: lambda session, fact: None}, timedelta(hours=1))
    assert repaired.retry_one()
    assert (count(session, DeadLetterRow), count(session, InboxRow)) == (0, 1)


def test_repeat_of_a_parked_fact_is_parked_once(session, deliver):
    id_, data = new_id(), made("early")

    deliver(TYPE, data, id=id_)
    deliver(TYPE, data, id=id_)

    assert count(session, ParkedRow) == 1


def test_fact_nobody_here_reacts_to_is_noted(session, deliver):
    assert deliver("other.thing.made.v1", {}) == "done"


@pytest.mark.parametrize(
    "change",
    [
        {"type": 7},
        {"type": "com.example.x"},
        {"id": "not-an-id"},
        {"time": "2026-11-25T08:00:00"},
        {"time": 5},
        {"sequence": "x"},
        {"data": []},
        {"subject": None, "id": None},
    ],
)
def test_malformed_fact_is_kept_with_the_reason(session, provision, change):
    body = {**ENVELOPE, **change}
    taker = Consumer(provision.service.reactions, timedelta(hours=1))

    assert taker.take_one(body) == "malformed"

    letter = session.scalars(select(DeadLetterRow)).one()
    assert letter.body == body
    assert letter.reason.startswith("malformed")


@pytest.mark.parametrize("message", [b"", b"\xff\0", b"[]", b"7", b'{"a": "\\u0000"}', b"{" * 100_000])
def test_message_that_is_no_object_is_kept_as_far_as_it_can_be(session, provision, message):
    Consumer(provision.service.reactions, timedelta(hours=1)).take([message])

    assert session.scalars(select(DeadLetterRow.reason)).one() == "malformed: no JSON object"


def test_fact_that_breaks_its_schema_is_never_written(session, published):
    for data in ({}, {"thing_id": "x", "name": "one"}, {"thing_id": str(new_id()), "name": "one", "more": 1}):
        with pytest.raises(EventContractBroken) as refused:
            outbox.add(session, outbox.Fact(TYPE, new_id(), 1, data))
        assert "one" not in str(refused.value).replace("thing", "")
    with pytest.raises(EventContractBroken, match="no schema"):
        outbox.add(session, outbox.Fact("sample.thing.unheard_of.v1", new_id(), 1, {}))

    assert published(session) == []


def test_published_facts_are_seen_in_order(session, published):
    for number in (1, 2):
        outbox.add(session, outbox.Fact(TYPE, "s", number, made(), public=number == 2))

    assert [(fact.sequence, fact.public) for fact in published(session, TYPE)] == [(1, False), (2, True)]


def _make_due(session) -> None:
    session.execute(update(ParkedRow).values(due_at=ParkedRow.parked_at - timedelta(days=1)))
    session.expire_all()
