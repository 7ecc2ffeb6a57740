from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from orgs.models import Institution, Unit
from orgs.rules.institutions import seeded_id
from orgs.rules.memberships import Role
from orgs.usecases import institutions, memberships
from orgs.usecases.memberships import OfferedRole


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


def seed_memberships(session: Session, personas: Iterable[Mapping[str, Any]], *, now: datetime) -> None:
    """Memberships of those whom identity seeds as active: all with a role. The others join when they activate.

    As if each had accepted an invitation: identity's fact about the person may come before or after, and a role that
    was taken away since is not given again.
    """
    for persona in personas:
        if persona["role"] == Role.user:
            continue
        person_id = seeded_id("person", persona["id"])
        institution_id, unit_id = seeded_id("institution", persona["institution"]), seeded_id("unit", persona["unit"])
        offered = OfferedRole(persona["role"], institution_id, unit_id)
        invitation_id = seeded_id("invitation", persona["id"])
        memberships.remember_offer(session, invitation_id=invitation_id, person_id=person_id, offered=offered)
        memberships.begin(
            session, person_id=person_id, institution_ids=[institution_id], inviting_institution_id=None, now=now
        )
        memberships.take_offers(session, person_id=person_id, now=now)
