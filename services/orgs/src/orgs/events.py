"""The facts we publish: each carries the whole state, its row's version is its sequence."""

from chassis.outbox import Fact
from orgs.models import Institution, Membership, Unit


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
