"""An account is deleted (S6): at once here, then in every service that hears of it; see deploy/decisions/060."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import audit, forgetting, guessing, outbox
from chassis.audit import Act
from chassis.clock import now as clock_now
from chassis.crypto import digest, token
from chassis.errors import NotFound
from chassis.forgetting import Forgetting
from chassis.tombstones import TombstoneRow
from identity import events, queries
from identity import parts as joined
from identity.errors import SignInExpired
from identity.models import (
    EmailProof,
    Erasure,
    ErasureConfirmation,
    Invitation,
    Membership,
    OwnedConference,
    PendingSignIn,
    Person,
    PersonEmail,
)
from identity.rules import erasing as rules
from identity.rules.erasing import Reason
from identity.usecases import sessions
from identity.usecases.sign_in import unpacked

WRONG_ADDRESS = "account-deletion"
WRONG_ADDRESSES_MOST, WRONG_ADDRESSES_WITHIN = 5, timedelta(minutes=15)
LISTED_MOST = 50


def request(session: Session, *, person_id: UUID, email: str, now: datetime) -> str:
    """The person wants it, and types the primary address to say so; returns the certificate's secret."""
    guessing.ensure_below(session, WRONG_ADDRESS, person_id, WRONG_ADDRESSES_MOST, WRONG_ADDRESSES_WITHIN)
    person = queries.person_for_update(session, person_id)
    rules.ensure_typed_primary(email, person.primary_email.email if person.primary_email is not None else None)
    planned = queries.planned_conferences(session, person_id, now, limit=LISTED_MOST)
    rules.ensure_nothing_planned([_listed(conference) for conference in planned])
    return begin(session, person, reason=Reason.requested, now=now)


def begin(session: Session, person: Person, *, reason: Reason, now: datetime) -> str:
    """Erase the account, locked by the caller, and have all others do so; returns the certificate's secret.

    Nobody is asked whether the person owns conferences: what is still planned falls to the institution.
    """
    secret, parts, person_id, sealed = token(), joined.current(), person.id, None
    if (address := person.proven_primary) is not None:
        farewell = {"email": address, "surname": person.surname, "name": person.name, "token": secret}
        sealed = parts.seal_for_notifications(farewell)
    withdrawn = _withdrawn_ids(session, person_id)
    told = events.person_erased(person, reason=reason, withdrawn_ids=withdrawn, sealed=sealed, now=now)
    session.add(
        Erasure(
            subject=person_id,
            token_digest=digest(secret),
            erased_at=now,
            expires_at=now + timedelta(days=parts.settings.certificate_days),
        )
    )
    forgetting.begin(session, person_id, told.sequence)
    erase(session, person_id)
    outbox.add(session, told)
    actor_id = person_id if reason == Reason.requested else None
    audit.record(session, Act("account.erased", actor_id, person_id, {"reason": reason}))
    return secret


def erase(session: Session, person_id: UUID) -> None:
    """All that identity knows of a person; the tax number's lookup is free for a new account of theirs.

    What hangs on the person's row goes with it.
    """
    person = session.get(Person, person_id)
    if person is not None:
        _drop_pending_sign_ins(session, person)
    sessions.revoke_all(session, person_id, reason="account-deleted")
    theirs = _invitations_of(session, person_id)
    session.execute(delete(Person).where(Person.id == person_id).execution_options(synchronize_session=False))
    _drop_invitations(session, theirs)
    session.execute(delete(Membership).where(Membership.person_id == person_id))
    session.execute(delete(OwnedConference).where(OwnedConference.owner_id == person_id))
    session.expire_all()


def confirm(session: Session, *, person_id: UUID, service: str, at: datetime) -> None:
    """A service is done. After a year, or a restore, there is no certificate to write it on."""
    if session.get(Erasure, person_id) is not None:
        row = insert(ErasureConfirmation).values(subject=person_id, service=service, confirmed_at=at)
        session.execute(row.on_conflict_do_nothing())


def certificate(session: Session, *, secret: str, now: datetime) -> tuple[Erasure, dict[str, datetime]]:
    """Which service has confirmed when, for whoever has the secret address."""
    mine = (Erasure.token_digest == digest(secret), Erasure.expires_at > now)
    erasure = session.scalar(select(Erasure).where(*mine))
    if erasure is None:
        raise NotFound
    confirmed = select(ErasureConfirmation).where(ErasureConfirmation.subject == erasure.subject)
    return erasure, {row.service: row.confirmed_at for row in session.scalars(confirmed)}


def _listed(conference: OwnedConference) -> dict[str, Any]:
    return {
        "id": str(conference.conference_id),
        "number": conference.number,
        "title": conference.title,
        "starts_at": conference.starts_at.isoformat(),
    }


def _invitations_of(session: Session, person_id: UUID) -> Sequence[UUID]:
    """Accepted by them, or to an address of theirs, whatever became of it."""
    addresses = select(PersonEmail.address_key).where(PersonEmail.person_id == person_id)
    whose = or_(Invitation.person_id == person_id, Invitation.address_key.in_(addresses))
    return session.scalars(select(Invitation.id).where(whose).order_by(Invitation.id)).all()


def _withdrawn_ids(session: Session, person_id: UUID) -> list[UUID]:
    proofs = select(EmailProof.id).join(PersonEmail, PersonEmail.id == EmailProof.email_id)
    return [
        *_invitations_of(session, person_id),
        *session.scalars(proofs.where(PersonEmail.person_id == person_id)),
    ]


def _drop_invitations(session: Session, ids: Sequence[UUID]) -> None:
    """One that let in somebody else, by a forwarded link, stays as the reason why they were let in, without a name."""
    let_in = exists().where(Person.invitation_id == Invitation.id)
    unread = {"synchronize_session": False}
    session.execute(delete(Invitation).where(Invitation.id.in_(ids), ~let_in).execution_options(**unread))
    for id_ in session.scalars(select(Invitation.id).where(Invitation.id.in_(ids))).all():
        nobody = f"{id_}@deleted.invalid"
        values = {"email": nobody, "address_key": nobody, "surname": "", "name": "", "search": "", "phone": None}
        session.execute(update(Invitation).where(Invitation.id == id_).values(values).execution_options(**unread))


def _drop_pending_sign_ins(session: Session, person: Person) -> None:
    """On other browsers: an «Είσοδος» still open there would make a new account. They are few, and end anyway."""
    parts = joined.current()
    tax_id = parts.encryption.decrypt(person.tax_id)
    waiting = select(PendingSignIn.token_digest, PendingSignIn.content).execution_options(yield_per=200)
    theirs = []
    for token_digest, content in session.execute(waiting):
        try:
            held = unpacked(content, parts)
        except SignInExpired:
            continue
        if held.citizen.tax_id == tax_id:
            theirs.append(token_digest)
    session.execute(delete(PendingSignIn).where(PendingSignIn.token_digest.in_(theirs)))


def _done(session: Session, stone: TombstoneRow) -> None:
    confirm(session, person_id=stone.subject, service="identity", at=clock_now())


FORGETTING = Forgetting(
    erase=erase,
    done=_done,
    about=frozenset({"person_id"}),
    spared=frozenset({"identity.person.erased.v1", "identity.session.revoked.v1"}),
)
