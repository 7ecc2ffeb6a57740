"""What becomes of a received fact: its effect, parked, or kept as a dead letter with the reason. No broker in here."""

import json
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, db, inbox, logs, metrics, tombstones
from chassis.inbox import DeadLetterRow, NotYet, ParkedRow, Reactions

log = logs.get_logger(__name__)
FAILURES_BEFORE_DEATH = 6
LONGEST_PAUSE_SECONDS = 300.0
INBOX_KEPT = timedelta(days=8)  # longer than any dead letter or broker backlog is left lying before a replay


class Consumer:
    def __init__(self, reactions: Reactions, parking: timedelta) -> None:
        self._reactions, self._parking = reactions, parking

    def take(self, messages: Sequence[bytes]) -> None:
        """Deal with messages; on return each has its place in the database. Raises only when the database is away."""
        bodies = [body for body in map(_read, messages) if body is not None]
        try:
            self._take_together(bodies)
        except Exception:  # whichever it was: alone, each gets its own transaction and its own end
            for body in bodies:
                self.take_one(body)

    def _take_together(self, bodies: Sequence[dict[str, Any]]) -> None:
        """One transaction for many facts: commits are what costs."""
        facts = {fact.id: fact for fact in map(inbox.parse, bodies)}
        if not facts:
            return
        with db.transaction() as session:
            new = inbox.first_time(session, *facts)
            for fact in facts.values():
                if fact.id in new:
                    self._react(session, fact)
        for fact in facts.values():
            _count(fact.type, "done" if fact.id in new else "duplicate")

    def take_one(self, body: dict[str, Any]) -> str:
        try:
            fact = inbox.parse(body)
        except (ValueError, KeyError, TypeError) as error:
            with db.transaction() as session:
                _bury(session, body, f"malformed: {type(error).__name__}")
            return _count("unknown", "malformed")
        try:
            outcome = db.retrying(lambda: self._take_in_own_transaction(fact))
        except Exception as error:
            if db.is_away(error):
                raise
            with db.transaction() as session:
                outcome = self._put_off(session, body, error)
        return _count(fact.type, outcome)

    def _take_in_own_transaction(self, fact: inbox.Fact) -> str:
        with db.transaction() as session:
            if not inbox.first_time(session, fact.id):
                return "duplicate"
            self._react(session, fact)
        return "done"

    def _react(self, session: Session, fact: inbox.Fact) -> None:
        reaction = self._reactions.get(fact.type)
        if reaction is not None:  # a binding may outlive its reaction during an upgrade
            with logs.correlated(fact.correlation_id):
                reaction(session, fact)

    def _put_off(self, session: Session, body: dict[str, Any], error: Exception) -> str:
        early, moment = isinstance(error, NotYet), clock.now()
        if not early:
            log.error("reaction failed", type=body["type"], reason=type(error).__name__, exc_info=error)
        if _is_about_somebody_buried(session, body):
            return "refused"
        values = {"early": early, "reason": _reason(error), "due_at": moment + pause(1)}
        row = insert(ParkedRow).values(
            id=body["id"], type=_short(body), body=body, attempts=1, parked_at=moment, **values
        )
        session.execute(row.on_conflict_do_nothing())
        return "parked"

    def retry_one(self) -> bool:
        """Try the parked fact that is due longest; False when none is due."""
        with db.transaction() as session:
            due = select(ParkedRow).where(ParkedRow.due_at <= clock.now()).order_by(ParkedRow.due_at).limit(1)
            row = session.scalar(due.with_for_update(skip_locked=True))
            if row is None:
                return False
            try:
                with session.begin_nested():
                    fact = inbox.parse(row.body)
                    if inbox.first_time(session, fact.id):
                        self._react(session, fact)
            except Exception as error:
                if db.is_away(error):
                    raise
                self._try_later_or_bury(session, row, error)
            else:
                session.delete(row)
                _count(row.type, "done")
        return True

    def _try_later_or_bury(self, session: Session, row: ParkedRow, error: Exception) -> None:
        row.early, row.reason = isinstance(error, NotYet), _reason(error)
        too_old = row.parked_at + self._parking <= clock.now()
        if too_old if row.early else row.attempts >= FAILURES_BEFORE_DEATH:
            log.error("dead letter", type=row.type, reason=row.reason)
            _bury(session, row.body, row.reason)
            session.delete(row)
            _count(row.type, "dead")
        else:
            row.attempts += 1
            row.due_at = clock.now() + pause(row.attempts)


def pause(attempt: int) -> timedelta:
    """Doubles from a second; spread, so that what failed together does not come back together."""
    seconds = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(attempt - 1, 12))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreading is no secret


def bury_undeliverable(message: bytes, reason: str) -> None:
    """What the broker gave up delivering: it killed its consumer again and again."""
    body = _read(message)
    if body is not None:
        with db.transaction() as session:
            _bury(session, body, reason)


def forget(session: Session) -> None:
    """Drop inbox rows nobody can repeat any more. The worker calls this every few minutes."""
    session.execute(delete(inbox.InboxRow).where(inbox.InboxRow.received_at <= clock.now() - INBOX_KEPT))


def replay(session: Session, row: DeadLetterRow) -> None:
    """Another chance for a dead letter, at once."""
    moment: datetime = clock.now()
    values = {"early": False, "reason": "replayed", "attempts": 1, "parked_at": moment, "due_at": moment}
    session.execute(
        insert(ParkedRow).values(id=row.id, type=row.type, body=row.body, **values).on_conflict_do_nothing()
    )
    session.delete(row)


def _read(message: bytes) -> dict[str, Any] | None:
    """JSON object, or None after what cannot be read was kept as a dead letter."""
    with suppress(ValueError, RecursionError):
        body = json.loads(message)
        if isinstance(body, dict) and not (b"\\u0000" in message and "\\u0000" in json.dumps(body)):
            return body
    with db.transaction() as session:
        text = message[:10_000].decode(errors="replace").replace("\0", "\ufffd")
        _bury(session, {"unreadable": text}, "malformed: no JSON object")
    _count("unknown", "malformed")
    return None


def _is_about_somebody_buried(session: Session, body: dict[str, Any]) -> bool:
    """Their facts are no longer kept, not even to be tried again."""
    named = list(tombstones.ids_in([body.get("subject")]))
    return bool(named) and tombstones.is_buried(session, *named)


def _bury(session: Session, body: dict[str, Any], reason: str) -> None:
    if _is_about_somebody_buried(session, body):
        return
    try:
        id_ = inbox.parse(body).id
    except (ValueError, KeyError, TypeError):
        id_ = uuid5(NAMESPACE_OID, json.dumps(body, sort_keys=True))  # the same again is not another one
    row = insert(DeadLetterRow).values(id=id_, type=_short(body), body=body, reason=reason, died_at=clock.now())
    session.execute(row.on_conflict_do_nothing())


def _short(body: dict[str, Any]) -> str:
    return str(body.get("type", "unknown")).removeprefix(inbox.PREFIX)[:200]


def _reason(error: Exception) -> str:
    """NotYet says what it waits for; other exceptions may carry values, so only their class is kept."""
    return f"not yet: {error}"[:500] if isinstance(error, NotYet) else type(error).__name__


def _count(type_: str, outcome: str) -> str:
    metrics.INBOX.labels(type_, outcome).inc()
    return outcome
