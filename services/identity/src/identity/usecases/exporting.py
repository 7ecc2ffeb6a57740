"""All that identity keeps of a person, for the person (O5). Secrets are not shown, nor what is other people's."""

from typing import Any
from uuid import UUID

from sqlalchemy import or_
from sqlalchemy.orm import Session

from chassis.audit import AuditRow
from chassis.exporting import rows
from identity import queries
from identity.models import Acceptance, BrowserSession, Invitation, OwnedConference, SecondFactor
from identity.parts import Parts


def of(session: Session, person_id: UUID, parts: Parts) -> dict[str, Any]:
    person = queries.person(session, person_id)
    factor = session.get(SecondFactor, person_id)
    return {
        "account": {
            "id": person.id,
            "number": person.number,
            "tax_id": parts.encryption.decrypt(person.tax_id),
            "surname": person.surname,
            "name": person.name,
            "status": person.status,
            "employment": person.employment,
            "employment_bodies": person.employment_bodies,
            "employment_flagged_at": person.employment_flagged_at,
            "phone": person.phone,
            "other_contact": person.other_contact,
            "language": person.language,
            "created_at": person.created_at,
            "activated_at": person.activated_at,
            "two_factor_since": factor.activated_at if factor is not None else None,
        },
        "emails": [
            {
                "email": row.email,
                "primary": row.primary,
                "proof": row.proof,
                "proven_at": row.proven_at,
                "created_at": row.created_at,
            }
            for row in person.emails
        ],
        "acceptances": rows(
            session, Acceptance, Acceptance.person_id == person_id, "document", "version", "accepted_at"
        ),
        "sessions": rows(session, BrowserSession, BrowserSession.person_id == person_id, "created_at", "last_used_at"),
        "invitations": rows(
            session,
            Invitation,
            Invitation.person_id == person_id,
            *("email", "surname", "name", "created_at", "accepted_at"),
        ),
        "invitations_sent": rows(
            session, Invitation, Invitation.inviter_id == person_id, *("id", "created_at", "accepted_at", "revoked_at")
        ),
        "owned_conferences": rows(
            session,
            OwnedConference,
            OwnedConference.owner_id == person_id,
            *("number", "starts_at", "ends_at", "state"),
        ),
        "acts": rows(
            session,
            AuditRow,
            or_(AuditRow.actor_id == person_id, AuditRow.object_id == person_id),
            *("act", "occurred_at"),
        ),
    }
