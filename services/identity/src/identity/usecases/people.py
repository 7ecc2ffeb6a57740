"""What happens to an account whatever story it happens in: what is missing, becoming active, telling the others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.audit import Act
from identity import events, queries
from identity.models import Acceptance, Institution, Invitation, Person
from identity.rules import accounts
from identity.rules.accounts import Next, Status, Versions


def choices_of(session: Session, person: Person) -> list[Institution]:
    return queries.institutions_of(session, person.employment_bodies)


def next_of(session: Session, person: Person, versions: Versions) -> Next:
    return accounts.next_step(
        person.status,
        has_proven_primary=person.proven_primary is not None,
        has_accepted=queries.has_accepted(session, person.id, versions),
        must_choose=accounts.must_choose(_ids(choices_of(session, person)), person.institution_id),
    )


def accept(session: Session, person: Person, versions: Versions, now: datetime) -> None:
    """The first time a version is accepted counts."""
    for document, version in (("terms", versions.terms), ("privacy", versions.privacy)):
        if session.get(Acceptance, (person.id, document, version)) is None:
            session.add(Acceptance(person_id=person.id, document=document, version=version, accepted_at=now))
    session.flush()


def settle(
    session: Session, person: Person, versions: Versions, now: datetime, *, before: dict[str, Any] | None = None
) -> None:
    """Activate the account if nothing is missing any more (S4), and tell the others unless it is as they know it."""
    choices = _ids(choices_of(session, person))
    complete = (
        person.status == Status.awaiting_activation
        and person.proven_primary is not None
        and not accounts.must_choose(choices, person.institution_id)
        and queries.has_accepted(session, person.id, versions)
    )
    if complete:
        person.status, person.activated_at = Status.active, now
    session.flush()
    if before is not None and events.state_of(person) == before:
        return
    person.changed_at = now  # its version rises with every fact about it, also one about its addresses
    session.flush()
    if complete:
        invitation = session.get(Invitation, person.invitation_id) if person.invitation_id is not None else None
        in_order = accounts.in_order(choices, person.institution_id)
        outbox.add(session, events.person_activated(person, in_order, invitation))
        audit.record(session, Act("person.activated", None, person.id))
    outbox.add(session, events.person_changed(person))


def _ids(institutions: Sequence[Institution]) -> list[UUID]:
    return [institution.id for institution in institutions]
