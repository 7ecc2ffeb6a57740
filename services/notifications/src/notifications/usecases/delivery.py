"""A mail's way out: claimed in one short transaction, sent in none, settled in another."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from chassis import outbox
from notifications import events, queries
from notifications.clients.smtp import ConnectionLost, MailProblem, Refused
from notifications.letters.composing import Outgoing
from notifications.models import Message
from notifications.rules.messages import CANCELLATIONS, Lane, State, Verdict, cancellation_verdict
from notifications.rules.retries import next_attempt
from notifications.usecases import coordinator_messages

LEASE = timedelta(seconds=60)  # longer than a batch should take; whose sender is dead is claimed again after it
INVITATION_UNDER_WAY = timedelta(seconds=2)


def claim(session: Session, lane: Lane, *, limit: int, now: datetime) -> list[Outgoing]:
    """Take what is due. Several senders share the queue: nobody waits for another's rows."""
    due = queries.due_messages(session, lane, now=now, limit=limit)
    outdated = queries.overtaken_among(session, due) | queries.unwanted_among(session, due)
    claimed = []
    for message in due:
        message.doubtful = message.doubtful or message.state is State.sending
        if message.id in outdated:
            message.state, message.data = State.superseded, {}
        elif message.give_up_at <= now:
            _fail(session, message, now, reason="expired")
        elif message.template not in CANCELLATIONS or _is_cancellation_wanted(session, message, now):
            claimed.append(message)
    for message in claimed:
        message.state, message.due_at = State.sending, now + LEASE
        message.attempts += 1
    addresses = queries.addresses(session, {message.person_id for message in claimed if message.person_id})
    texts = coordinator_messages.texts_of(session, claimed)
    return [
        Outgoing(
            id=message.id,
            template=message.template,
            data={**message.data, **texts.get(message.fact_id, {})},
            message_id=message.message_id,
            correlation_id=message.correlation_id,
            occurred_at=message.occurred_at,
            attempts=message.attempts,
            address=addresses.get(message.person_id) if message.person_id else None,
        )
        for message in claimed
    ]


def _is_cancellation_wanted(session: Session, message: Message, now: datetime) -> bool:
    verdict = cancellation_verdict(queries.traces_before(session, message))
    if verdict is Verdict.wait:
        message.due_at = now + INVITATION_UNDER_WAY
    elif verdict is Verdict.drop:
        message.state, message.data = State.superseded, {}
    return verdict is Verdict.send


def sent(session: Session, outgoing: Outgoing, *, now: datetime) -> None:
    message = _mine(session, outgoing)
    if message is not None:
        message.state, message.sent_at, message.failure = State.sent, now, None
        message.data = {}  # address, name and token have done their service
        outbox.add(session, events.message_sent(message, now))


def not_sent(session: Session, outgoing: Outgoing, problem: MailProblem, *, now: datetime) -> None:
    message = _mine(session, outgoing)
    if message is None:
        return
    message.failure = problem.reason
    message.doubtful = message.doubtful or (isinstance(problem, ConnectionLost) and problem.doubtful)
    again_at = next_attempt(attempts=message.attempts, queued_at=message.queued_at, now=now)
    if isinstance(problem, Refused):
        _fail(session, message, now, reason="refused")
    elif again_at >= message.give_up_at:
        _fail(session, message, now, reason="expired")
    else:
        message.state, message.due_at = State.queued, again_at


def put_back(session: Session, unsent: Sequence[Outgoing], *, now: datetime) -> None:
    """Claimed but never begun, because the connection broke before: no attempt of theirs was made."""
    for outgoing in unsent:
        message = _mine(session, outgoing)
        if message is not None:
            message.attempts -= 1
            message.state = State.queued
            message.due_at = next_attempt(attempts=1, queued_at=message.queued_at, now=now)


def _fail(session: Session, message: Message, now: datetime, *, reason: str) -> None:
    message.state, message.failed_at, message.data = State.failed, now, {}
    message.failure = message.failure or reason
    outbox.add(session, events.message_failed(message, now, reason=reason))


def _mine(session: Session, outgoing: Outgoing) -> Message | None:
    """Another sender has it when the lease ran out meanwhile: what that one sees counts."""
    message = session.get(Message, outgoing.id, with_for_update=True)
    mine = message is not None and message.state is State.sending and message.attempts == outgoing.attempts
    return message if mine else None
