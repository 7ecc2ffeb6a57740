"""Platform administrators shut accounts and open them again (O6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.audit import Act
from chassis.tokens import Actor
from identity import events, queries
from identity.models import Person
from identity.parts import Parts
from identity.rules import administrators as rules
from identity.rules.accounts import DisabledReason, Status
from identity.usecases import people, sessions
from identity.usecases.administrators import ensure_administrator


def disable(session: Session, *, actor: Actor, person_id: UUID, note: str, parts: Parts, now: datetime) -> Person:
    """Shut an account: sessions end at once, the person is told. Two administrators at each other: one remains."""
    queries.lock_administrators(session)  # before asking who still is one
    administrator_id = ensure_administrator(session, actor)
    person = queries.person_for_update(session, person_id)
    left = None
    if queries.is_administrator(session, person.id):
        left = queries.active_administrators(session, without=person.id)
    rules.ensure_may_disable(actor_id=administrator_id, person_id=person.id, administrators_left=left)
    if person.disabled_reason == DisabledReason.administrator:
        return person
    person.disabled_over = person.disabled_reason
    person.status, person.disabled_reason = Status.disabled, DisabledReason.administrator
    person.disabled_at, person.disabled_by, person.disabled_note = now, administrator_id, note
    sessions.revoke_all(session, person.id, reason="account-disabled")
    people.settle(session, person, parts.texts.versions, now)
    audit.record(session, Act("person.disabled", administrator_id, person.id, {"reason": note}))
    if person.proven_primary is not None:
        outbox.add(session, events.person_disabled(person))
    return person


def enable(session: Session, *, actor: Actor, person_id: UUID, parts: Parts, now: datetime) -> Person:
    """Open what an administrator shut. Below it may lie what the register closed: that stays."""
    administrator_id = ensure_administrator(session, actor)
    person = queries.person_for_update(session, person_id)
    rules.ensure_disabled_by_administrator(person.disabled_reason)
    person.disabled_reason, person.disabled_over = person.disabled_over, None
    person.disabled_at = person.disabled_by = person.disabled_note = None
    if person.disabled_reason is None:
        person.status = Status.active if person.activated_at is not None else Status.awaiting_activation
    people.settle(session, person, parts.texts.versions, now)
    audit.record(session, Act("person.enabled", administrator_id, person.id))
    if person.proven_primary is not None and person.status != Status.disabled:
        outbox.add(session, events.person_enabled(person))
    return person


def comment(session: Session, *, actor: Actor, person: Person, text: str | None) -> Person:
    """«Σχόλια Διαχειριστή»: for administrators' eyes."""
    administrator_id = ensure_administrator(session, actor)
    if person.admin_comment != text:
        person.admin_comment = text
        session.flush()
        audit.record(session, Act("person.commented", administrator_id, person.id))
    return person
