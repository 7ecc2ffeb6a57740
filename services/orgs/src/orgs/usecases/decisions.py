"""Answering role requests (S16): of those who answer at once one is heard, the others are told what became of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.audit import Act
from chassis.errors import NotFound
from orgs import events, queries
from orgs.models import RoleRequest
from orgs.rules import permissions
from orgs.rules import role_requests as rules
from orgs.rules.permissions import Asked, Viewer
from orgs.rules.role_requests import State
from orgs.usecases import coordinator_invitations, memberships, role_requests


def accept(session: Session, *, viewer: Viewer, request_id: UUID, now: datetime) -> None:
    """The role is given with the answer. Elsewhere than at home it takes the applicant there."""
    request = _to_decide(session, viewer, "accept", request_id)
    _decide(session, request, State.accepted, comment=None, viewer=viewer, now=now)
    memberships.grant(
        session,
        person_id=request.person_id,
        role=request.role,
        institution_id=request.institution_id,
        unit_id=request.unit_id,
        granted_by=viewer.person_id,
        now=now,
    )


def reject(session: Session, *, viewer: Viewer, request_id: UUID, comment: str | None, now: datetime) -> None:
    request = _to_decide(session, viewer, "reject", request_id)
    _decide(session, request, State.rejected, comment=comment, viewer=viewer, now=now)


def confirm_surname(session: Session, *, viewer: Viewer, invitation_id: UUID, now: datetime) -> UUID:
    """Who accepted an invitation under another surname is meant all the same (S13); answers who."""
    person_id = coordinator_invitations.confirmed(session, viewer=viewer, invitation_id=invitation_id)
    memberships.take_offers(session, person_id=person_id, now=now)
    return person_id


def _to_decide(session: Session, viewer: Viewer, act: str, request_id: UUID) -> RoleRequest:
    """Locks the applicant, as whatever else ends a request does; what it is by then decides."""
    request = queries.role_request(session, request_id)[0]
    queries.membership_for_update(session, request.person_id)
    found = session.get(RoleRequest, request_id, populate_existing=True)
    if found is None:
        raise NotFound  # the applicant was erased meanwhile
    permissions.ensure_may(viewer, act, Asked(found.person_id, found.institution_id))
    rules.ensure_open(found.state)
    return found


def _decide(
    session: Session, request: RoleRequest, state: State, *, comment: str | None, viewer: Viewer, now: datetime
) -> None:
    request.state, request.comment, request.updated_at = state, comment, now
    session.flush()
    told = {**queries.full_name(session, request.person_id), "comment": comment}
    outbox.add(session, events.role_request_decided(request, role_requests.sealed(session, request, told)))
    details = {"person_id": str(request.person_id), "role": request.role, "institution_id": str(request.institution_id)}
    act = Act(f"role_request.{state}", actor_id=viewer.person_id, object_id=request.id, details=details)
    audit.record(session, act)
