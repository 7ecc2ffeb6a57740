"""The processes of a service: start, ready, SIGTERM, SIGKILL in the middle of work."""

import json
import signal
import socket
import struct
import threading
import time

import pytest
import requests
from sqlalchemy import func, select

from chassis import db, outbox
from chassis.clock import now
from chassis.ids import new_id
from chassis.inbox import DeadLetterRow, InboxRow
from chassis.outbox import OutboxRow
from chassis.timers import TimerRow, schedule


@pytest.fixture(autouse=True)
def _cleaned(clean_broker, database):
    """Whatever the processes declared goes again."""


def get(url: str) -> int:
    try:
        return requests.get(url, timeout=2).status_code
    except requests.RequestException:
        return 0


def count(model) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_web_answers_and_finishes_what_is_in_hand(start, eventually, free_port):
    port = free_port()
    web = start("web", PORT=port)
    eventually(lambda: get(f"http://127.0.0.1:{port}/health/ready") == 200, within=20)
    answers = []
    slow = threading.Thread(
        target=lambda: answers.append(requests.get(f"http://127.0.0.1:{port}/api/v1/trouble/slow", timeout=10))
    )
    slow.start()
    time.sleep(0.3)

    web.send_signal(signal.SIGTERM)

    slow.join()
    output = web.communicate(timeout=20)[0].decode()
    assert answers[0].json() == {"promised": "kept"}
    assert web.returncode == 0
    lines = [json.loads(line) for line in output.splitlines()]
    assert any(line["event"] == "answered" and line["route"] == "/api/v1/trouble/{kind}" for line in lines)
    assert "slow" not in output  # a route's template is logged, never its values


def test_web_stays_up_without_its_database(start, eventually, free_port):
    port = free_port()
    start("web", PORT=port, DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:9/none")

    eventually(lambda: get(f"http://127.0.0.1:{port}/health/live") == 200, within=20)

    assert get(f"http://127.0.0.1:{port}/health/ready") == 503
    answer = requests.get(f"http://127.0.0.1:{port}/api/v1/trouble/locked", timeout=10)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_worker_killed_in_the_middle_loses_and_repeats_nothing(start, eventually, settings, free_port):
    from sample.models import Copy

    start("migrate").wait(30)
    things = [new_id() for _ in range(3000)]
    with db.transaction() as session:
        for thing in things:
            outbox.add(session, outbox.Fact("sample.thing.made.v1", thing, 1, {"thing_id": str(thing), "name": "one"}))

    for _ in range(3):
        before = count(InboxRow)
        worker = start("worker", OPS_PORT=free_port())
        eventually(lambda before=before: count(InboxRow) > before or count(Copy) == 3000, within=20)
        worker.kill()
        worker.wait()
    start("worker", OPS_PORT=free_port())

    eventually(lambda: count(Copy) == 3000 and count(OutboxRow) == 0, within=30)
    assert count(InboxRow) == 3000


def test_worker_runs_timers_reports_and_stops_in_time(start, eventually, free_port):
    port = free_port()
    worker = start("worker", OPS_PORT=port)
    eventually(lambda: get(f"http://127.0.0.1:{port}/health/ready") == 200, within=20)
    with db.transaction() as session:
        schedule(session, "thing.ring", "bell", now())
    eventually(lambda: count(TimerRow) == 0)
    figures = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=5).text

    worker.send_signal(signal.SIGTERM)

    started = time.monotonic()
    output = worker.communicate(timeout=20)[0].decode()
    assert worker.returncode == 0
    assert time.monotonic() - started < 15
    assert 'timer_seconds_count{name="thing.ring",outcome="done"} 1.0' in figures
    assert "outbox_oldest_seconds 0.0" in figures
    assert json.loads(output.splitlines()[-1])["late"] == []


def test_worker_says_nothing_of_probes_that_hang_up(start, eventually, free_port):
    port = free_port()
    worker = start("worker", OPS_PORT=port)
    eventually(lambda: get(f"http://127.0.0.1:{port}/health/ready") == 200, within=20)

    for _ in range(50):
        with socket.create_connection(("127.0.0.1", port)) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset, not a close
            probe.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")

    assert get(f"http://127.0.0.1:{port}/health/ready") == 200
    worker.send_signal(signal.SIGTERM)
    lines = [json.loads(line) for line in worker.communicate(timeout=20)[0].decode().splitlines()]
    assert {line["level"] for line in lines} == {"info"}


def test_worker_outlives_a_broker_that_is_away(start, eventually, free_port):
    port = free_port()
    worker = start("worker", OPS_PORT=port, AMQP_URL="amqp://guest:guest@127.0.0.1:9/")
    eventually(lambda: get(f"http://127.0.0.1:{port}/health/ready") == 200, within=20)
    with db.transaction() as session:
        schedule(session, "thing.ring", "bell", now())

    eventually(lambda: count(TimerRow) == 0)

    assert worker.poll() is None


def test_dead_letters_are_listed_shown_and_replayed(start, eventually, free_port):
    from sample.models import Copy

    thing, id_ = new_id(), new_id()
    body = {
        "id": str(id_), "type": "gr.epresence.sample.thing.made.v1", "subject": str(thing), "sequence": 1,
        "time": "2026-11-25T08:00:00Z", "data": {"thing_id": str(thing), "name": "one"},
    }  # fmt: skip
    with db.transaction() as session:
        session.add(DeadLetterRow(id=id_, type="sample.thing.made.v1", body=body, reason="RuntimeError"))

    listed = start("dead-letters", "list").communicate(timeout=20)[0].decode()
    shown = start("dead-letters", "show", str(id_)).communicate(timeout=20)[0].decode()
    replay = start("dead-letters", "replay", str(id_))
    replay.communicate(timeout=20)
    start("worker", OPS_PORT=free_port())

    assert str(id_) in listed
    assert "RuntimeError" in listed
    assert json.loads(shown) == body
    eventually(lambda: count(Copy) == 1, within=20)
    assert count(DeadLetterRow) == 0


def test_wrong_settings_and_commands_stop_with_a_sentence(start):
    unknown = start("dance")
    assert b"usage: python -m sample web | worker | migrate | dead-letters" in unknown.communicate(timeout=20)[0]
    assert unknown.returncode != 0

    nameless = start("worker", DATABASE_URL="", PORT="many")
    assert b"port" in nameless.communicate(timeout=20)[0]
    assert nameless.returncode != 0


def test_several_migrations_at_once_are_safe(start):
    processes = [start("migrate") for _ in range(3)]

    assert [process.wait(30) for process in processes] == [0, 0, 0]
