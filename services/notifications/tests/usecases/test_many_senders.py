"""Real commits: several senders, a dead one, and speed."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from chassis import db, timers
from chassis.clock import now
from chassis.testing.service import Provision
from notifications.models import Message
from notifications.rules.messages import Lane, State
from notifications.usecases import delivery

from .. import facts
from ..facts import INVITED
from ..mailbox import Mailbox

SENDER = """
from chassis import db, timing
from notifications import settings
from notifications.timers import TIMERS

db.connect(settings.current(), command="test")
timing.run(TIMERS, timing.take(TIMERS, timing.LEASE))
"""


def count(state: State) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(Message).where(Message.state == state)) or 0


def due_again() -> None:
    with db.transaction() as session:
        session.execute(update(Message).values(due_at=now() - timedelta(seconds=1)))
        timers.schedule(session, "send", Lane.ordinary, now())


def test_senders_share_the_queue_and_send_each_mail_once(
    database: Engine, deliver, run_timer, mailbox: Mailbox
) -> None:
    for _ in range(120):
        deliver(INVITED, facts.invited())

    def wake_and_send(_: int) -> None:
        with db.transaction() as session:
            timers.schedule(session, "send", Lane.ordinary, now())
        run_timer("send", "ordinary")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(wake_and_send, range(4)))

    assert count(State.sent) == 120
    assert len(mailbox.message_ids()) == len(set(mailbox.message_ids())) == 120


def test_two_claims_at_once_never_take_the_same_mail(database: Engine, deliver, mailbox: Mailbox) -> None:
    for _ in range(60):
        deliver(INVITED, facts.invited())

    def claim(_: int) -> list[Any]:
        with db.transaction() as session:
            taken = delivery.claim(session, Lane.ordinary, limit=10, now=now())
            time.sleep(0.05)
            return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [outgoing.id for batch in pool.map(claim, range(6)) for outgoing in batch]

    assert len(taken) == len(set(taken)) == 60


def test_who_lost_the_lease_does_not_settle_for_the_other(database: Engine, deliver, mailbox: Mailbox) -> None:
    deliver(INVITED, facts.invited())
    with db.transaction() as session:
        (slow,) = delivery.claim(session, Lane.ordinary, limit=1, now=now())
    with db.transaction() as session:
        (second,) = delivery.claim(session, Lane.ordinary, limit=1, now=now() + delivery.LEASE)

    with db.transaction() as session:
        delivery.not_sent(session, slow, delivery.Refused("550"), now=now())
    assert count(State.sending) == 1
    with db.transaction() as session:
        delivery.sent(session, second, now=now())

    assert count(State.sent) == 1
    with db.transaction() as session:
        assert session.scalars(select(Message.doubtful)).one() is True


def test_a_mail_queued_while_the_sender_goes_to_sleep_is_not_forgotten(
    database: Engine, deliver, run_timer, mailbox: Mailbox
) -> None:
    with ThreadPoolExecutor(2) as pool:
        for _ in range(25):
            queued = pool.submit(deliver, INVITED, facts.invited())
            while run_timer("send", "ordinary"):
                pass
            assert queued.result() == "done"
            while run_timer("send", "ordinary"):
                pass

    assert count(State.sent) == 25


def test_a_worker_killed_in_the_middle_is_followed_by_another(
    database: Engine, provision: Provision, deliver, run_timer, mailbox: Mailbox
) -> None:
    """SIGKILL after the server took the mail and before its answer: repeated, recognisable, then as if nothing was."""
    deliver(INVITED, facts.invited())
    worker = start_sender(provision, mailbox)
    assert mailbox.arrived.wait(20)
    worker.kill()
    worker.wait()
    assert count(State.sending) == 1

    due_again()
    run_timer("send", "ordinary")

    assert count(State.sent) == 1
    assert len(mailbox.mails) == 2
    assert len(set(mailbox.message_ids())) == 1


def start_sender(provision: Provision, mailbox: Mailbox) -> "subprocess.Popen[bytes]":
    """A process of its own that runs the lane's timer against a server that does not answer."""

    def silent(server: Any) -> str:
        time.sleep(3)  # the server's own thread: it answers nobody meanwhile
        return "250 too late"

    mailbox.answers["DATA"] = [silent]
    values = provision.settings.model_dump(include={"database_url", "mail_from", "public_url"})
    secrets = {
        "smtp_url": provision.settings.smtp_url.get_secret_value(),  # type: ignore[attr-defined]
        "sealing_private_key": provision.settings.sealing_private_key.get_secret_value(),  # type: ignore[attr-defined]
    }
    environment = {name.upper(): str(value) for name, value in {**values, **secrets}.items()}
    return subprocess.Popen([sys.executable, "-c", SENDER], env=environment)


@pytest.mark.long
def test_a_thousand_mails_leave_within_seconds(database: Engine, deliver, run_timer, mailbox: Mailbox) -> None:
    for _ in range(1_000):
        deliver(INVITED, facts.invited())

    started = time.monotonic()
    while count(State.sent) < 1_000:
        run_timer("send", "ordinary")
    took = time.monotonic() - started

    assert mailbox.connections <= 5
    assert took < 30
