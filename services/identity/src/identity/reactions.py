"""Everything the others tell us."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.crypto import token
from chassis.inbox import Fact, Reaction
from identity import parts, projections, queries
from identity.usecases import employment, invitations
from identity.usecases.invitations import Invited


def membership_changed(session: Session, fact: Fact) -> None:
    """A flag warns of losing a role: whoever has none any more has nothing to settle."""
    projections.remember_membership(session, fact)
    person = queries.person_if_there_for_update(session, UUID(fact.subject))
    if person is None or person.employment_flagged_at is None or queries.has_role_to_lose(session, person.id):
        return
    employment.lower_flag(session, person, parts=parts.current(), now=now())


def account_requested(session: Session, fact: Fact) -> None:
    """A coordinator added a participant and asked for an account."""
    content = parts.current().unseal(fact.data["sealed"])
    invitations.invite_participant(
        session,
        inviter_id=UUID(fact.data["inviter_id"]),
        institution_id=UUID(fact.data["institution_id"]),
        invited=Invited(email=content["email"], surname="", name=content["name"] or ""),
        token=token(),
        parts=parts.current(),
        now=now(),
    )


REACTIONS: dict[str, Reaction] = {
    "orgs.institution.changed.v1": projections.remember_institution,
    "orgs.membership.changed.v1": membership_changed,
    "conferences.participant.account_requested.v1": account_requested,
}
