"""Who answers for an institution: its coordinators, and while it has none those who run the platform (S16)."""

from uuid import UUID

from sqlalchemy.orm import Session

from chassis import outbox
from orgs import events, queries
from orgs.events import Approvers
from orgs.rules.memberships import PLATFORM_ADMINISTRATOR, Role


def approvers(session: Session, institution_id: UUID) -> Approvers:
    if leads := queries.leads_of(session, institution_id):
        return Approvers(Role.institution_coordinator, leads)
    return Approvers(PLATFORM_ADMINISTRATOR, queries.administrators(session))


def leaving(session: Session, institution_id: UUID) -> None:
    """Before a coordinator of the institution is one no more: of two at once, the second sees that the first went."""
    queries.lock_leads(session, institution_id)


def left(session: Session, institution_id: UUID) -> None:
    """After it: when nobody answers for the institution any more, platform administrators hear of it."""
    if not queries.leads_of(session, institution_id):
        fact = events.institution_uncoordinated(
            queries.institution(session, institution_id),
            administrators=queries.administrators(session),
            open_requests=queries.open_role_requests_of(session, institution_id),
        )
        outbox.add(session, fact)
