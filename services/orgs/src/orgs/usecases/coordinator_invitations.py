"""Inviting somebody to coordinate (S13): orgs decides and asks, identity mails the link and says who came by it."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import audit, outbox, phones, timers
from chassis.audit import Act
from chassis.errors import NotFound
from chassis.text import folded
from orgs import events, queries
from orgs.errors import AlreadyCoordinator, CoordinatorAlreadyInvited, PhoneInvalid, UnitNotAvailable, UnitRequired
from orgs.models import CoordinatorInvitation, Offer
from orgs.rules import coordinating
from orgs.rules import coordinators as rules
from orgs.rules.coordinators import OPEN, State
from orgs.rules.institutions import ensure_open
from orgs.rules.memberships import RANK, Role
from orgs.rules.permissions import Viewer

FORGET = "coordinator_invitation.forget"


class Wanted(NamedTuple):
    role: Role
    unit_id: UUID | None
    surname: str
    name: str
    email: str
    phone: str | None
    language: str


def invite(
    session: Session, *, viewer: Viewer, institution_id: UUID, wanted: Wanted, now: datetime
) -> CoordinatorInvitation:
    """One open invitation of an institution to an address, whoever invites at the same moment."""
    institution = queries.institution_to_join(session, institution_id)
    coordinating.ensure_may_invite(viewer, institution_id, wanted.role)
    ensure_open(institution.state)
    phone = phones.e164(wanted.phone) if wanted.phone else None
    if wanted.phone and phone is None:
        raise PhoneInvalid
    if wanted.unit_id is None and wanted.role == Role.unit_coordinator:
        raise UnitRequired
    unit_id = wanted.unit_id or institution.general_unit_id
    if not queries.lock_active_unit(session, institution_id, unit_id):
        raise UnitNotAvailable
    key = wanted.email.casefold()
    queries.lock_invited_address(session, institution_id, key)
    if (open_ := queries.open_coordinator_invitation(session, institution_id, key)) is not None:
        raise CoordinatorAlreadyInvited(invitation_id=str(open_))
    known = queries.membership_by_address(session, institution_id, key)
    if known is not None and RANK[known.role] >= RANK[wanted.role]:
        raise AlreadyCoordinator(person_id=str(known.person_id))

    invitation = CoordinatorInvitation(
        institution_id=institution_id,
        inviter_id=viewer.person_id,
        address_key=key,
        search=folded(f"{wanted.surname} {wanted.name} {wanted.surname}"),
        created_at=now,
        **wanted._replace(unit_id=unit_id, phone=phone)._asdict(),
    )
    session.add(invitation)
    _send(session, invitation, now)
    details = {"institution_id": str(institution_id), "unit_id": str(unit_id), "role": wanted.role}
    audit.record(session, Act("coordinator.invited", viewer.person_id, invitation.id, details))
    return invitation


def resend(session: Session, *, viewer: Viewer, invitation_id: UUID, now: datetime) -> CoordinatorInvitation:
    invitation = _managed(session, viewer, invitation_id)
    rules.ensure_may_be_sent(invitation.state, invitation.sent_at, now)
    _send(session, invitation, now)
    audit.record(session, Act("coordinator.invited_again", viewer.person_id, invitation.id))
    return invitation


def revoke(session: Session, *, viewer: Viewer, invitation_id: UUID) -> None:
    """Also the «no» to somebody who accepted under another surname."""
    invitation = _managed(session, viewer, invitation_id)
    rules.ensure_is(invitation.state, *OPEN)
    close(session, invitation, State.revoked)
    outbox.add(session, events.coordinator_invitation_revoked(invitation))
    audit.record(session, Act("coordinator.invitation_revoked", viewer.person_id, invitation.id))


def confirmed(session: Session, *, viewer: Viewer, invitation_id: UUID) -> UUID:
    """The inviter's yes to another surname; answers who accepted. The person is locked before the invitation."""
    invitation = queries.coordinator_invitation(session, invitation_id)
    coordinating.ensure_may_manage_invitation(viewer, invitation.institution_id, invitation.role)
    if invitation.person_id is not None:
        queries.membership_for_update(session, invitation.person_id)
    invitation = _managed(session, viewer, invitation_id)
    rules.ensure_is(invitation.state, State.surname_differs)
    person_id = invitation.person_id
    if person_id is None:
        raise NotFound
    close(session, invitation, State.accepted)
    audit.record(session, Act("coordinator.surname_confirmed", viewer.person_id, invitation.id))
    return person_id


def lets_in(session: Session, offer: Offer) -> bool:
    """Whether an accepted offer gives its role now: not once it was taken back, nor before a yes to another surname.

    Of whom identity has not told us the name yet, the offer waits until it has.
    """
    invitation = queries.coordinator_invitation_for_update(session, offer.invitation_id)
    if invitation is None or invitation.state == State.accepted:
        return True  # offered by other ways than ours
    person = queries.person(session, offer.person_id)
    if invitation.state != State.pending or person is None:
        return False
    invitation.person_id = offer.person_id
    if rules.same_surname(invitation.surname, person.surname):
        close(session, invitation, State.accepted)
        return True
    invitation.state = State.surname_differs
    session.flush()
    outbox.add(session, events.coordinator_surname_differs(invitation, person))
    return False


def decline(session: Session, invitation_id: UUID) -> None:
    """Identity knows by another address of theirs that they coordinate here already."""
    invitation = queries.coordinator_invitation_for_update(session, invitation_id)
    if invitation is not None and invitation.state in OPEN:
        close(session, invitation, State.declined)


def close(session: Session, invitation: CoordinatorInvitation, state: State) -> None:
    """What it said of somebody is needed no more."""
    invitation.state = state
    invitation.surname = invitation.name = invitation.search = invitation.email = invitation.address_key = ""
    invitation.phone = None
    timers.cancel(session, FORGET, str(invitation.id))
    session.flush()


def forget(session: Session, invitation_id: UUID) -> None:
    """Nobody took an expired one up again."""
    invitation = queries.coordinator_invitation_for_update(session, invitation_id)
    if invitation is not None and invitation.state in OPEN:
        close(session, invitation, State.revoked)
        outbox.add(session, events.coordinator_invitation_revoked(invitation))


def _managed(session: Session, viewer: Viewer, invitation_id: UUID) -> CoordinatorInvitation:
    invitation = queries.coordinator_invitation_for_update(session, invitation_id)
    if invitation is None:
        raise NotFound
    coordinating.ensure_may_manage_invitation(viewer, invitation.institution_id, invitation.role)
    return invitation


def _send(session: Session, invitation: CoordinatorInvitation, now: datetime) -> None:
    invitation.sent_at, invitation.expires_at = now, now + timedelta(days=rules.VALID_DAYS)
    session.flush()
    outbox.add(session, events.coordinator_invitation_requested(invitation))
    timers.schedule(session, FORGET, str(invitation.id), invitation.expires_at + rules.KEPT_EXPIRED)
