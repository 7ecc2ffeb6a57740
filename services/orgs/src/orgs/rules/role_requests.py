"""Who may ask for which role, where; and when an open request no longer stands (S8). Plain values."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from chassis.errors import DomainError
from orgs.errors import (
    EmploymentPending,
    InstitutionNotAllowed,
    NotAStepDown,
    NotEmployed,
    RoleNotHigher,
    RoleRequestClosed,
    RoleRequestOpen,
    UnitRequired,
)
from orgs.rules.memberships import RANK, Role, Standing

COORDINATING = (Role.unit_coordinator, Role.institution_coordinator)


class State(StrEnum):
    open = "open"
    accepted = "accepted"
    rejected = "rejected"
    withdrawn = "withdrawn"


class Because(StrEnum):
    """Why a request was withdrawn: by the applicant, or because it no longer stood."""

    applicant = "applicant"
    stepped_down = "stepped_down"
    role_held = "role_held"
    institution_left = "institution_left"
    employment_ended = "employment_ended"
    account_closed = "account_closed"


@dataclass(frozen=True)
class Applicant:
    """What decides about a person's requests. `institutions`: the own one and those the HRMS names, if open."""

    standing: Standing
    status: str
    employment: str
    institutions: frozenset[UUID]
    invited_as_coordinator: bool = False


def employment_obstacle(applicant: Applicant) -> DomainError | None:
    """Only employed people ask; whom somebody invited as a coordinator is not asked for employment."""
    if applicant.invited_as_coordinator or applicant.employment == "employed":
        return None
    return EmploymentPending() if applicant.employment == "pending" else NotEmployed(reason="not-employed")


def roles_to_ask_for(standing: Standing, institution_id: UUID) -> tuple[Role, ...]:
    """At home a higher role than the present one; elsewhere either, for it takes the person there."""
    if institution_id != standing.institution_id:
        return COORDINATING
    return tuple(role for role in COORDINATING if RANK[role] > RANK[standing.role])


def places_to_ask(applicant: Applicant) -> frozenset[UUID]:
    """Institutions where there is a role to ask for."""
    return frozenset(id_ for id_ in applicant.institutions if roles_to_ask_for(applicant.standing, id_))


def why_nothing(applicant: Applicant, open_request_id: UUID | None) -> DomainError | None:
    """What any request would be refused with now; None: there is something to ask for."""
    if obstacle := employment_obstacle(applicant):
        return obstacle
    if open_request_id is not None:
        return RoleRequestOpen(role_request_id=str(open_request_id))
    if not applicant.institutions:
        return InstitutionNotAllowed()
    return None if places_to_ask(applicant) else RoleNotHigher(role=applicant.standing.role)


def ensure_may_ask(applicant: Applicant, role: Role, institution_id: UUID, unit_id: UUID | None) -> None:
    """Beside what `why_nothing` says: whether it may be this role, there."""
    if institution_id not in applicant.institutions:
        raise InstitutionNotAllowed
    if role not in roles_to_ask_for(applicant.standing, institution_id):
        raise RoleNotHigher(role=applicant.standing.role)
    if role == Role.unit_coordinator and unit_id is None:
        raise UnitRequired


def why_withdrawn(applicant: Applicant, role: Role, institution_id: UUID) -> Because | None:
    """What happened to somebody whose request was open until now; None: it still stands."""
    if applicant.status == "disabled":
        return Because.account_closed
    if isinstance(employment_obstacle(applicant), NotEmployed):
        return Because.employment_ended
    if institution_id not in applicant.institutions:
        return Because.institution_left
    if role not in roles_to_ask_for(applicant.standing, institution_id):
        return Because.role_held
    return None


def ensure_open(state: State) -> None:
    if state != State.open:
        raise RoleRequestClosed(state=state)


def roles_below(role: Role) -> tuple[Role, ...]:
    """What one may step down to, the higher first."""
    return tuple(lower for lower in (Role.unit_coordinator, Role.user) if RANK[lower] < RANK[role])


def ensure_below(present: Role, wanted: Role) -> None:
    if wanted not in roles_below(present):
        raise NotAStepDown(role=present)
