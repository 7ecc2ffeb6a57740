"""The facts we publish: each carries the whole state, its row's version is its sequence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from chassis import crypto
from chassis.ids import new_id
from chassis.outbox import Fact
from chassis.tombstones import TombstoneRow
from orgs import settings
from orgs.models import Collaboration, CoordinatorInvitation, Institution, Membership, Person, RoleRequest, Unit


class Approvers(NamedTuple):
    """Who is told of a role request: the institution's coordinators, else those who run the platform."""

    role: str
    ids: Sequence[UUID]


def institution_changed(institution: Institution) -> Fact:
    return Fact(
        "orgs.institution.changed.v1",
        subject=institution.id,
        sequence=institution.version,
        data={
            "institution_id": str(institution.id),
            "name": institution.name,
            "registry_code": institution.registry_code,
            "employment_api_id": institution.employment_api_id,
            "state": institution.state,
            "general_unit_id": str(institution.general_unit_id),
        },
    )


def unit_changed(unit: Unit, institution: Institution) -> Fact:
    return Fact(
        "orgs.unit.changed.v1",
        subject=unit.id,
        sequence=unit.version,
        data={
            "unit_id": str(unit.id),
            "institution_id": str(unit.institution_id),
            "name": unit.name,
            "state": unit.state,
            "general": unit.id == institution.general_unit_id,
        },
    )


def membership_changed(membership: Membership) -> Fact:
    return Fact(
        "orgs.membership.changed.v1",
        subject=membership.person_id,
        sequence=membership.version,
        data={
            "person_id": str(membership.person_id),
            "institution_id": str(membership.institution_id),
            "unit_id": str(membership.unit_id),
            "role": membership.role,
            "platform_administrator": membership.platform_administrator,
        },
    )


def role_request_opened(request: RoleRequest, *, approvers: Approvers, sealed: str) -> Fact:
    data = {
        **_asked(request),
        "approver_ids": [str(id_) for id_ in approvers.ids],
        "approver_role": approvers.role,
        "sealed": sealed,
    }
    return Fact("orgs.role_request.opened.v1", request.id, request.version, data)


def role_request_decided(request: RoleRequest, sealed: str) -> Fact:
    """Accepted or rejected."""
    type_ = f"orgs.role_request.{request.state}.v1"
    return Fact(type_, request.id, request.version, {**_asked(request), "sealed": sealed})


def role_request_withdrawn(request: RoleRequest) -> Fact:
    data = {**_asked(request), "because": request.withdrawn_because}
    return Fact("orgs.role_request.withdrawn.v1", request.id, request.version, data)


def _asked(request: RoleRequest) -> dict[str, Any]:
    """Phone and reason stay here: they are nobody else's."""
    return {
        "role_request_id": str(request.id),
        "person_id": str(request.person_id),
        "role": request.role,
        "institution_id": str(request.institution_id),
        "unit_id": str(request.unit_id) if request.unit_id is not None else None,
    }


def coordinator_invitation_requested(invitation: CoordinatorInvitation) -> Fact:
    """Told with each mail that is wanted; whom to write to only identity reads."""
    secret = {name: getattr(invitation, name) for name in ("email", "surname", "name", "phone")}
    data = {
        "invitation_id": str(invitation.id),
        "inviter_id": str(invitation.inviter_id) if invitation.inviter_id is not None else None,
        "role": invitation.role,
        "institution_id": str(invitation.institution_id),
        "unit_id": str(invitation.unit_id),
        "expires_at": invitation.expires_at.isoformat(),
        "language": invitation.language,
        "sealed": crypto.seal(settings.current().identity_sealing_public_key.get_secret_value(), secret),
    }
    return Fact("orgs.coordinator_invitation.requested.v1", invitation.id, invitation.version, data)


def coordinator_invitation_revoked(invitation: CoordinatorInvitation) -> Fact:
    data = {"invitation_id": str(invitation.id)}
    return Fact("orgs.coordinator_invitation.revoked.v1", invitation.id, invitation.version, data)


def coordinator_surname_differs(invitation: CoordinatorInvitation, person: Person) -> Fact:
    secret = {
        "invited": f"{invitation.surname} {invitation.name}",
        "applicant": f"{person.surname} {person.name}".strip(),
    }
    data = {
        "invitation_id": str(invitation.id),
        "inviter_id": str(invitation.inviter_id) if invitation.inviter_id is not None else None,
        "person_id": str(person.person_id),
        "sealed": for_mails(secret),
    }
    return Fact("orgs.coordinator_invitation.surname_differs.v1", invitation.id, invitation.version, data)


def coordinator_demoted(membership: Membership, secret: Mapping[str, str | None]) -> Fact:
    data = {"person_id": str(membership.person_id), "sealed": for_mails(secret)}
    return Fact("orgs.membership.demoted.v1", membership.person_id, membership.version, data)


def for_mails(secret: Mapping[str, str | None]) -> str:
    """Names and words of people, for notifications alone."""
    return crypto.seal(settings.current().sealing_public_key.get_secret_value(), dict(secret))


def institution_uncoordinated(institution: Institution, *, administrators: Sequence[UUID], open_requests: int) -> Fact:
    """An occurrence of its own: it has no version, and none overtakes another."""
    data = {
        "institution_id": str(institution.id),
        "institution_name": institution.name,
        "administrator_ids": [str(id_) for id_ in administrators],
        "open_requests": open_requests,
    }
    return Fact("orgs.institution.uncoordinated.v1", subject=new_id(), sequence=1, data=data)


def collaboration_changed(collaboration: Collaboration, sealed: str | None = None) -> Fact:
    """`sealed`: what a mail about it says, for one of the two is to hear of it."""
    data: dict[str, Any] = {
        "collaboration_id": str(collaboration.id),
        "owner_person_id": str(collaboration.owner_person_id),
        "collaborator_person_id": str(collaboration.collaborator_person_id),
        "institution_id": str(collaboration.institution_id),
        "state": collaboration.state,
        "because": collaboration.ended_because,
    }
    if sealed is not None:
        data["sealed"] = sealed
    return Fact("orgs.collaboration.changed.v1", collaboration.id, collaboration.version, data)


def person_erased(stone: TombstoneRow, now: datetime) -> Fact:
    data = {"person_id": str(stone.subject), "erased_at": now.isoformat()}
    return Fact("orgs.person.erased.v1", subject=stone.subject, sequence=stone.sequence, data=data)
