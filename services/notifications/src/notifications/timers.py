"""Sending: a timer per lane takes what is due in batches, each over one connection."""

import time
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis import crypto, forgetting, logs, snapshots
from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer, TimerFunction
from notifications import settings as surroundings
from notifications.clients.smtp import ConnectionLost, Deferred, MailProblem, Post, Refused, Server, deliverable
from notifications.letters import composing
from notifications.letters.composing import Outgoing
from notifications.rules.messages import Lane
from notifications.settings import Settings
from notifications.snapshots import SNAPSHOTS
from notifications.usecases import coordinator_messages, delivery, erasing, queue
from notifications.usecases.coordinator_messages import ERASE_TEXT
from notifications.usecases.queue import SEND

log = logs.get_logger(__name__)
ONE_RUN_SECONDS = 10  # far below the timer's lease, and short enough for a graceful stop
PAUSE_AFTER_LOSS = timedelta(seconds=5)


def send(timer: Timer) -> None:
    """Send what is due in the lane, then sleep until the next mail is."""
    settings, lane = surroundings.current(), Lane(timer.subject)
    server = Server.parse(settings.smtp_url.get_secret_value())
    deadline, connected = time.monotonic() + ONE_RUN_SECONDS, True
    timeouts = {"timeout": settings.smtp_timeout_seconds, "data_timeout": settings.smtp_data_timeout_seconds}
    with Post(server, **timeouts) as post:
        while connected and time.monotonic() < deadline:
            with transaction() as session:
                batch = delivery.claim(session, lane, limit=settings.mail_batch, now=now())
            if not batch:
                break
            connected = send_batch(post, batch, settings, deadline)
    with transaction() as session:
        moment = now()
        queue.sleep_until_due(session, lane, now=moment, earliest=moment if connected else moment + PAUSE_AFTER_LOSS)
    timer.settled = True


def send_batch(post: Post, batch: Sequence[Outgoing], settings: Settings, deadline: float) -> bool:
    """False when the connection was lost. Those not begun then, or not by the deadline, go back to the queue."""
    for place, outgoing in enumerate(batch):
        if time.monotonic() > deadline:
            _put_back(batch[place:])
            break
        with logs.correlated(outgoing.correlation_id):
            problem = attempt(post, outgoing, settings)
            with transaction() as session:
                if problem is None:
                    delivery.sent(session, outgoing, now=now())
                else:
                    delivery.not_sent(session, outgoing, problem, now=now())
        if isinstance(problem, ConnectionLost):
            _put_back(batch[place + 1 :])
            return False
    return True


def _put_back(unsent: Sequence[Outgoing]) -> None:
    with transaction() as session:
        delivery.put_back(session, unsent, now=now())


def attempt(post: Post, outgoing: Outgoing, settings: Settings) -> MailProblem | None:
    try:
        send_one(post, outgoing, settings)
    except MailProblem as found:
        problem = found
    except Exception as error:  # a wrong key or template must not hold up the others: it may be mended in time
        problem = Deferred(type(error).__name__)
    else:
        return None
    log.warning("mail not sent", template=outgoing.template, message=str(outgoing.id), reason=problem.reason)
    return problem


def send_one(post: Post, outgoing: Outgoing, settings: Settings) -> None:
    """What is sealed is opened here and nowhere else, and forgotten with this call."""
    sealed = outgoing.data.get("sealed")
    opened = crypto.unseal(settings.sealing_private_key.get_secret_value(), sealed) if sealed else {}
    address = outgoing.address or opened.get("email")
    if address is None:
        raise Refused("no address")
    recipient = deliverable(address)
    mail = composing.write(outgoing, opened, recipient=recipient, settings=settings, now=now())
    post.send(mail, sender=settings.sender.addr_spec, recipient=recipient)


def erase_text(timer: Timer) -> None:
    with transaction() as session:
        coordinator_messages.erase_text(session, UUID(timer.subject))
        timer.finish(session)


TIMERS: dict[str, TimerFunction] = {
    SEND: send,
    ERASE_TEXT: erase_text,
    forgetting.TIMER: forgetting.timer(erasing.FORGETTING),
    snapshots.TIMER: snapshots.timer(SNAPSHOTS),
}
