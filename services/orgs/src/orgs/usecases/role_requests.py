"""Asking for a coordinator's role (S8). Everything here begins by locking the person, so that nothing overtakes."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import audit, outbox, phones
from chassis.audit import Act
from orgs import events, queries
from orgs.errors import EmploymentPending, InstitutionNotAllowed, PhoneInvalid, UnitNotAvailable
from orgs.models import RoleRequest, Unit
from orgs.rules import permissions
from orgs.rules import role_requests as rules
from orgs.rules.memberships import Role
from orgs.rules.permissions import Asked, Viewer
from orgs.rules.role_requests import Because, State
from orgs.usecases import leads


class Wanted(NamedTuple):
    role: Role
    institution_id: UUID
    unit_id: UUID | None
    phone: str
    reason: str


def ask(session: Session, *, person_id: UUID, wanted: Wanted, now: datetime) -> RoleRequest:
    """One open request at a time: whoever posts twenty at once has one."""
    phone = phones.e164(wanted.phone)
    if phone is None:
        raise PhoneInvalid
    queries.membership_for_update(session, person_id)
    applicant = queries.applicant(session, person_id)
    if applicant is None:
        raise EmploymentPending  # what the register says is still on its way to us
    already = queries.open_role_request(session, person_id)
    if obstacle := rules.why_nothing(applicant, already.id if already is not None else None):
        raise obstacle
    rules.ensure_may_ask(applicant, wanted.role, wanted.institution_id, wanted.unit_id)
    if not queries.active_institutions(session, [wanted.institution_id]):
        raise InstitutionNotAllowed  # closed since the applicant was read
    if wanted.unit_id is not None and not queries.lock_active_unit(session, wanted.institution_id, wanted.unit_id):
        raise UnitNotAvailable

    request = RoleRequest(
        person_id=person_id, **wanted._replace(phone=phone)._asdict(), created_at=now, updated_at=now
    )  # fmt: skip
    session.add(request)
    session.flush()
    told = {"applicant": " ".join(queries.full_name(session, person_id).values()).strip()}
    who = leads.approvers(session, request.institution_id)
    outbox.add(session, events.role_request_opened(request, approvers=who, sealed=sealed(session, request, told)))
    details = {"role": request.role, "institution_id": str(request.institution_id)}
    audit.record(session, Act("role_request.opened", actor_id=person_id, object_id=request.id, details=details))
    return request


def sealed(session: Session, request: RoleRequest, told: Mapping[str, str | None]) -> str:
    """What only a mail says: names of people and places, words of people."""
    unit = session.get(Unit, request.unit_id) if request.unit_id is not None else None
    places = {
        "institution_name": queries.institution(session, request.institution_id).name,
        "unit_name": unit.name if unit is not None else None,
    }
    return events.for_mails({**places, **told})


def withdraw(session: Session, *, viewer: Viewer, request_id: UUID, now: datetime) -> None:
    queries.membership_for_update(session, viewer.person_id)
    request = queries.role_request(session, request_id)[0]
    permissions.ensure_may(viewer, "withdraw", Asked(request.person_id, request.institution_id))
    rules.ensure_open(request.state)
    _withdraw(session, request, because=Because.applicant, now=now)


def withdraw_open(session: Session, person_id: UUID, *, because: Because, now: datetime) -> None:
    request = queries.open_role_request(session, person_id)
    if request is not None:
        _withdraw(session, request, because=because, now=now)


def reconsider(session: Session, person_id: UUID, *, now: datetime) -> None:
    """Something about the person changed, who is locked: an open request that no longer stands ends by itself."""
    request, applicant = queries.open_role_request(session, person_id), queries.applicant(session, person_id)
    if request is None or applicant is None:
        return
    because = rules.why_withdrawn(applicant, request.role, request.institution_id)
    if because is not None:
        _withdraw(session, request, because=because, now=now)


def _withdraw(session: Session, request: RoleRequest, *, because: Because, now: datetime) -> None:
    request.state, request.withdrawn_because, request.updated_at = State.withdrawn, because, now
    session.flush()
    outbox.add(session, events.role_request_withdrawn(request))
    actor_id = request.person_id if because in (Because.applicant, Because.stepped_down) else None
    details = {"because": because}
    audit.record(session, Act("role_request.withdrawn", actor_id=actor_id, object_id=request.id, details=details))
