from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from orgs.models import Institution, Membership, Unit
from orgs.rules.institutions import seeded_id
from orgs.rules.memberships import PLATFORM_ADMINISTRATOR, Role, Standing
from orgs.usecases import institutions, memberships


def seed_institutions(session: Session, bodies: Iterable[Mapping[str, Any]]) -> None:
    """Make the institutions and units that are missing; what exists belongs to the people who run it."""
    for body in bodies:
        id_ = seeded_id("institution", body["key"])
        general = next(unit for unit in body["units"] if unit["general"])
        institution = session.get(Institution, id_) or institutions.create(
            session,
            id_=id_,
            name=body["name"],
            general_unit_id=seeded_id("unit", general["key"]),
            registry_code=body["registry_code"],
            employment_api_id=body["employment_api_id"],
        )
        for unit in body["units"]:
            unit_id = seeded_id("unit", unit["key"])
            if session.get(Unit, unit_id) is None:
                institutions.add_unit(session, institution=institution, id_=unit_id, name=unit["name"])


def seed_memberships(session: Session, personas: Iterable[Mapping[str, Any]]) -> None:
    """Memberships of those whom identity seeds as active: all with a role. The others join when they activate."""
    for persona in personas:
        person_id = seeded_id("person", persona["id"])
        if persona["role"] == Role.user or session.get(Membership, person_id) is not None:
            continue
        administrator = persona["role"] == PLATFORM_ADMINISTRATOR
        standing = Standing(
            institution_id=seeded_id("institution", persona["institution"]),
            unit_id=seeded_id("unit", persona["unit"]),
            role=Role.user if administrator else Role(persona["role"]),
            platform_administrator=administrator,
        )
        memberships.join(session, person_id=person_id, standing=standing)
