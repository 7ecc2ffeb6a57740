"""Invitations to the platform: one kind, with or without an offer; no account exists before somebody signs in (S19)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import Select

from chassis import audit, outbox
from chassis.audit import Act
from chassis.crypto import digest
from chassis.errors import Forbidden, NotFound
from chassis.ids import new_id
from chassis.text import folded
from identity import events, queries
from identity.errors import AccountExists, AlreadyInvited
from identity.models import Institution, Invitation, Person
from identity.parts import Parts
from identity.rules import invitations as rules
from identity.rules.accounts import address_key
from identity.rules.invitations import Inviter, State


@dataclass(frozen=True)
class Invited:
    """Whom to invite. A name in one piece (a participant's) is a `name` without surname."""

    email: str
    surname: str
    name: str
    language: str = "el"
    phone: str | None = None


def create(
    session: Session, *, inviter: Inviter, invited: Invited, token: str, parts: Parts, now: datetime
) -> Invitation:
    """A coordinator invites somebody for the own institution."""
    rules.ensure_may_invite(inviter)
    key = address_key(invited.email)
    queries.lock_address(session, key)  # nobody proves it, nor invites it twice, meanwhile
    if queries.owner_of_address(session, key) is not None:
        raise AccountExists
    if (earlier := queries.open_invitation(session, inviter.institution_id, key)) is not None:
        raise AlreadyInvited(invitation_id=str(earlier.id))
    return issue(
        session,
        invited=invited,
        inviter_id=inviter.person_id,
        institution_id=inviter.institution_id,
        offer=None,
        token=token,
        parts=parts,
        now=now,
    )


def issue(
    session: Session,
    *,
    invited: Invited,
    inviter_id: UUID | None,
    institution_id: UUID | None,
    offer: dict[str, str | None] | None,
    token: str,
    parts: Parts,
    now: datetime,
    id_: UUID | None = None,
) -> Invitation:
    invitation = Invitation(
        id=id_ or new_id(),
        email=invited.email,
        address_key=address_key(invited.email),
        surname=invited.surname,
        name=invited.name,
        language=invited.language,
        phone=invited.phone,
        offer=offer,
        inviter_id=inviter_id,
        institution_id=institution_id,
        created_at=now,
    )
    session.add(invitation)
    _send(session, invitation, token=token, parts=parts, now=now)
    details = {"institution_id": str(institution_id) if institution_id else None, "offer": offer}
    audit.record(session, Act("invitation.made", inviter_id, invitation.id, details))
    return invitation


def invite_participant(
    session: Session,
    *,
    inviter_id: UUID,
    institution_id: UUID,
    invited: Invited,
    token: str,
    parts: Parts,
    now: datetime,
) -> Invitation | None:
    """A coordinator asked for an account while adding a participant: an ordinary invitation, unless one is needless."""
    key = address_key(invited.email)
    queries.lock_address(session, key)
    if queries.owner_of_address(session, key) is not None:
        return None
    earlier = queries.open_invitation(session, institution_id, key)
    if earlier is not None and earlier.state_at(now) == State.pending:
        return None
    if earlier is not None:
        _send(session, earlier, token=token, parts=parts, now=now)
        return earlier
    return issue(
        session,
        invited=invited,
        inviter_id=inviter_id,
        institution_id=institution_id,
        offer=None,
        token=token,
        parts=parts,
        now=now,
    )


def offer(
    session: Session,
    *,
    id_: UUID,
    inviter_id: UUID | None,
    institution_id: UUID,
    offered: dict[str, str | None],
    invited: Invited,
    token: str,
    parts: Parts,
    now: datetime,
) -> None:
    """Orgs wants somebody invited to coordinate, or the mail sent again (S13). One with an account is mailed, too.

    Whoever has the role there by any of their addresses needs none: the inviter is told.
    """
    queries.lock_address(session, address_key(invited.email))
    if (earlier := queries.invitation_for_update(session, id_)) is not None:
        if earlier.state_at(now) in (State.pending, State.expired):
            _send(session, earlier, token=token, parts=parts, now=now)
        return
    owner = queries.owner_of_address(session, address_key(invited.email))
    if owner is not None and rules.has_already(queries.membership(session, owner), institution_id, offered["role"]):
        person = session.get_one(Person, owner)
        secret = {"invited": f"{invited.surname} {invited.name}", "applicant": f"{person.surname} {person.name}"}
        outbox.add(session, events.invitation_declined(id_, inviter_id, parts.seal_for_notifications(secret)))
        return
    issue(
        session,
        id_=id_,
        invited=invited,
        inviter_id=inviter_id,
        institution_id=institution_id,
        offer=offered,
        token=token,
        parts=parts,
        now=now,
    )


def take_back(session: Session, *, invitation_id: UUID, now: datetime) -> bool:
    """Orgs ended one of its own; False when it has not come to us yet."""
    invitation = queries.invitation_for_update(session, invitation_id)
    if invitation is not None and invitation.state_at(now) in (State.pending, State.expired):
        invitation.revoked_at, invitation.phone = now, None
    return invitation is not None


def resend(
    session: Session, *, inviter: Inviter, invitation_id: UUID, token: str, parts: Parts, now: datetime
) -> Invitation:
    """Mail it again with a new link; the old ones end."""
    invitation = _managed(session, inviter, invitation_id, now)
    _send(session, invitation, token=token, parts=parts, now=now)
    audit.record(session, Act("invitation.sent_again", inviter.person_id, invitation.id))
    return invitation


def revoke(session: Session, *, inviter: Inviter, invitation_id: UUID, now: datetime) -> None:
    invitation = _managed(session, inviter, invitation_id, now)
    invitation.revoked_at = now
    audit.record(session, Act("invitation.revoked", inviter.person_id, invitation.id))


def visible_to(inviter: Inviter, state: State | None, search: str, now: datetime) -> Select[Invitation]:
    """Plain invitations: of the institution for its coordinators, the own ones for a unit's.

    `search`: words of names and address, in any order.
    """
    rules.ensure_may_invite(inviter)
    if rules.sees_whole_institution(inviter):
        whose: ColumnElement[bool] = Invitation.institution_id == inviter.institution_id
    else:
        whose = Invitation.inviter_id == inviter.person_id
    words = (Invitation.search.contains(word, autoescape=True) for word in folded(search).split())
    query = select(Invitation).where(whose, Invitation.offer.is_(None), *words)
    return query if state is None else query.where(_is_in(state, now))


def _is_in(state: State, now: datetime) -> ColumnElement[bool]:
    """The same as `rules.state_at`, for the database."""
    open_ = and_(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    return {
        State.accepted: Invitation.accepted_at.is_not(None),
        State.revoked: Invitation.revoked_at.is_not(None),
        State.pending: and_(open_, Invitation.expires_at > now),
        State.expired: and_(open_, Invitation.expires_at <= now),
    }[state]


def _managed(session: Session, inviter: Inviter, invitation_id: UUID, now: datetime) -> Invitation:
    invitation = queries.invitation_for_update(session, invitation_id)
    if invitation is None or invitation.offer is not None:
        raise NotFound  # those that offer a role are managed where the role is
    rules.ensure_may_invite(inviter)
    if not rules.may_manage(inviter, inviter_id=invitation.inviter_id, institution_id=invitation.institution_id):
        raise Forbidden(reason="not-your-institution")
    rules.ensure_open(invitation.state_at(now))
    return invitation


def _send(session: Session, invitation: Invitation, *, token: str, parts: Parts, now: datetime) -> None:
    """A fresh link each time: only its digest is kept, so an earlier one cannot be mailed again."""
    invitation.token_digest = digest(token)
    invitation.sent_at, invitation.expires_at = now, now + timedelta(days=parts.settings.invitation_days)
    session.flush()
    inviter = session.get(Person, invitation.inviter_id) if invitation.inviter_id is not None else None
    institution = session.get(Institution, invitation.institution_id) if invitation.institution_id is not None else None
    sealed = parts.seal_for_notifications(
        {
            "email": invitation.email,
            "surname": invitation.surname,
            "name": invitation.name,
            "token": token,
            "inviter_name": f"{inviter.surname} {inviter.name}" if inviter is not None else None,
            "institution_name": institution.name if institution is not None else None,
        }
    )
    outbox.add(session, events.invitation_created(invitation, sealed))
