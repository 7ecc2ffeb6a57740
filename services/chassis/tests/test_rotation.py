"""From one key to the next: in portions, beside other work, from where a killed worker stopped."""

import base64
import os

import pytest
from joserfc.jwk import OKPKey
from sample.models import Box, Thing
from sample.parts import KEYS, RINGS
from sqlalchemy import func, select

from chassis import db, health, metrics, rotate_keys, rotation, timing, worker
from chassis.clock import now
from chassis.crypto import KeyRing, seal
from chassis.errors import Unavailable
from chassis.ids import new_id
from chassis.inbox import DeadLetterRow, ParkedRow
from chassis.outbox import OutboxRow
from chassis.rotation import KeyUse
from chassis.timers import LeaseLost, TimerRow

KEYS_OF = {kid: f"{kid}:{base64.urlsafe_b64encode(os.urandom(32)).decode()}" for kid in ("old", "new", "lost")}


def ring(*kids: str) -> KeyRing:
    return KeyRing(",".join(KEYS_OF[kid] for kid in kids))


def hold(*kids: str) -> None:
    RINGS.update(boxes=ring(*kids), lookups=ring(*kids))


@pytest.fixture
def key_pairs() -> list[OKPKey]:
    return [OKPKey.generate_key("X25519", {"kid": kid}, private=True) for kid in ("old", "new")]


@pytest.fixture(autouse=True)
def rings(database):
    hold("old")
    yield
    RINGS.clear()


def make_boxes(count: int, *kids: str, note: str | None = "εύθραυστο") -> list[str]:
    made = ring(*kids)
    contents = [f"content {os.urandom(8).hex()}" for _ in range(count)]
    with db.transaction() as session:
        session.add_all(
            Box(
                label=os.urandom(16),
                content=made.encrypt(content),
                content_lookup=made.lookup(content),
                note=made.encrypt(note) if note else None,
            )
            for content in contents
        )
    return contents


def rotate() -> None:
    with db.transaction() as session:
        KEYS.start(session, now())


def run(provision) -> bool:
    timer = timing.take(provision.service.timers, timing.LEASE, name=rotation.TIMER, subject="box")
    if timer is None:
        return False
    timing.run(provision.service.timers, timer)
    return True


def counts() -> dict:
    with db.transaction() as session:
        return {name: dict(rows) for name, rows in KEYS.counts(session).items()}


def under(kid: str, count: int) -> dict:
    return {name: {kid: count} for name in ("box.content", "box.note", "box.content_lookup")}


def contents_with(held: KeyRing) -> set[str]:
    with db.transaction() as session:
        return {held.decrypt(content) for content in session.scalars(select(Box.content))}


def test_every_row_is_written_anew_and_still_found(provision):
    contents = make_boxes(450, "old")
    hold("new", "old")
    assert counts() == under("old", 450)

    rotate()
    run(provision)

    assert counts() == under("new", 450)
    alone = ring("new")
    assert contents_with(alone) == set(contents)
    with db.transaction() as session:
        found = session.scalar(select(Box).where(Box.content_lookup == alone.lookup(contents[0])))
        assert alone.decrypt(found.content) == contents[0]
        assert alone.decrypt(found.note) == "εύθραυστο"
        assert session.scalar(select(func.count()).select_from(TimerRow)) == 0, "it is through"


def test_what_is_empty_stays_empty(provision):
    make_boxes(1, "old", note=None)
    hold("new", "old")

    rotate()
    run(provision)

    assert counts() == {**under("new", 1), "box.note": {}}


def test_a_killed_worker_is_followed_from_its_last_portion(provision, monkeypatch):
    make_boxes(500, "old")
    hold("new", "old")
    rotate()
    portions = iter([rotation.portion, rotation.portion])

    def die_at_the_third(*arguments):
        return next(portions)(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(rotation, "portion", die_at_the_third)
        timer = timing.take(provision.service.timers, timing.LEASE, name=rotation.TIMER, subject="box")
        with pytest.raises(StopIteration):
            KEYS.rotate(timer)
    assert counts()["box.content"] == {"new": 400, "old": 100}
    with db.transaction() as session:
        assert rotation.running(session)["box"].seen == 400

    run(provision)

    assert counts() == under("new", 500)


def test_whoever_took_over_has_the_last_word(provision):
    """A worker that slept through its lease commits nothing any more."""
    make_boxes(300, "old")
    hold("new", "old")
    rotate()
    sleeper = timing.take(provision.service.timers, timing.LEASE, name=rotation.TIMER, subject="box")
    rotate()  # or another worker, once the lease has run out

    with pytest.raises(LeaseLost):
        KEYS.rotate(sleeper)

    assert counts() == under("old", 300)


def test_a_row_in_somebodys_hands_is_passed_over_and_found_later(provision):
    make_boxes(5, "old")
    hold("new", "old")
    rotate()

    with db.transaction() as session:
        session.scalars(select(Box).limit(2).with_for_update()).all()
        run(provision)  # does not wait
        assert counts()["box.content"] == {"new": 3, "old": 2}
    run(provision)

    assert counts() == under("new", 5)


def test_rows_written_meanwhile_by_a_process_not_yet_told_are_found_by_the_next_pass(provision, monkeypatch):
    make_boxes(3, "old")
    hold("new", "old")
    rotate()
    portion = rotation.portion

    def and_one_more_behind_its_back(session, secrets, rings, progress):
        if progress.after is None and progress.passes == 1:
            make_boxes(1, "old")
        found = portion(session, secrets, rings, progress)
        if progress.after is None and progress.passes == 1:
            make_boxes(5, "old")
        return found

    monkeypatch.setattr(rotation, "portion", and_one_more_behind_its_back)
    run(provision)
    run(provision)

    assert counts() == under("new", 9)


def test_what_no_key_reads_is_counted_and_stops_nothing(provision):
    make_boxes(2, "lost")
    make_boxes(2, "old")
    hold("new", "old")

    rotate()
    run(provision)

    assert counts()["box.content"] == {"lost": 2, "new": 2}
    assert counts()["box.content_lookup"] == {"unknown": 2, "new": 2}


def test_a_broken_value_keeps_its_key_but_not_the_worker(provision):
    with db.transaction() as session:
        session.add(Box(label=b"x", content="old:broken", content_lookup=b"y", note=None))
    hold("new", "old")

    rotate()
    run(provision)

    with db.transaction() as session:
        assert rotation.running(session) == {}
        assert KEYS.needing(session, "old") == {"box.content": 1}


def test_a_process_without_a_key_that_rows_need_is_not_ready(provision):
    health.also_ask(KEYS.missing)
    assert health.problem_of("sample") is None  # notes the key in use
    hold("new", "old")
    assert health.problem_of("sample") is None

    hold("new")

    assert health.problem_of("sample") == "keys"
    with db.transaction() as session, pytest.raises(Unavailable):
        KEYS.ensure_held(session)


def test_a_key_is_retired_only_when_nothing_needs_it(provision, settings, capsys):
    make_boxes(3, "old")
    with db.transaction() as session:
        assert KEYS.missing(session) is None
    hold("new", "old")

    for word in ("--verify", "--retire"):
        with pytest.raises(SystemExit) as refused:
            rotate_keys.main(KEYS, settings, [word, "old"])
        assert "old must stay: box.content: 3; box.note: 3; box.content_lookup: 3" in str(refused.value)
    rotate_keys.main(KEYS, settings, [])
    with pytest.raises(SystemExit, match="a rotation is running"):
        rotate_keys.main(KEYS, settings, ["--verify", "old"])
    db.use(provision.engine)
    run(provision)
    with pytest.raises(SystemExit, match="new values are made with it"):
        rotate_keys.main(KEYS, settings, ["--retire", "new"])
    rotate_keys.main(KEYS, settings, ["--retire", "old"])

    db.use(provision.engine)
    hold("new")
    with db.transaction() as session:
        assert KEYS.missing(session) is None
        assert set(session.scalars(select(KeyUse.kid))) == {"new"}
    assert "nothing here needs old: it may go" in capsys.readouterr().out


def test_status_says_how_far_it_is(provision, settings, capsys):
    make_boxes(3, "old")
    hold("new", "old")
    rotate_keys.main(KEYS, settings, [])

    rotate_keys.main(KEYS, settings, ["--status"])

    db.use(provision.engine)
    said = capsys.readouterr().out
    assert "the worker writes anew: box" in said
    assert "box: pass 1, 0 of 3 rows seen, 0 written anew, 0 passed over, 0 unreadable" in said
    assert "box.content: old 3" in said
    with db.transaction() as session:
        worker._figures(session)
    assert 'key_rotation_rows_left{table="box"} 3.0' in metrics.render()[0].decode()


def test_an_encrypted_value_in_an_ordinary_column_fails_every_test(session):
    session.add(Thing(name=ring("old").encrypt("secret")))

    with pytest.raises(AssertionError, match="must be of type Encrypted"):
        session.flush()


def test_waiting_facts_are_counted_by_the_key_they_were_sealed_to(database, key_pairs):
    (old, new), moment = key_pairs, now()
    with db.transaction() as session:
        for key in (old, new, new):
            body = {"data": {"sealed": seal(key.as_dict(private=False), {"a": 1})}}
            session.add(ParkedRow(id=new_id(), type="a.b.c.v1", body=body, reason="", early=True, due_at=moment))
            session.add(DeadLetterRow(id=new_id(), type="a.b.c.v1", body=body, reason=""))
            session.add(
                OutboxRow(type="a.b.c.v1", subject="x", sequence=1, data=body["data"], public=False, correlation_id="")
            )
        session.add(DeadLetterRow(id=new_id(), type="a.b.c.v1", body={"data": {"sealed": "no"}}, reason=""))
        session.add(DeadLetterRow(id=new_id(), type="a.b.c.v1", body={"data": {}}, reason=""))

    with db.transaction() as session:
        assert rotation.sealed_facts(session) == {"old": 3, "new": 6, "unknown": 1}
