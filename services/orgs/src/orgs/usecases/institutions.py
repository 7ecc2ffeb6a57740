from uuid import UUID

from sqlalchemy.orm import Session

from chassis import outbox
from orgs import events
from orgs.models import Institution, Unit
from orgs.rules.institutions import CATCH_ALL_GENERAL_UNIT_ID, CATCH_ALL_ID, CATCH_ALL_NAME, GENERAL_UNIT_NAME


def create(
    session: Session,
    *,
    id_: UUID,
    name: str,
    general_unit_id: UUID,
    registry_code: str | None = None,
    employment_api_id: str | None = None,
) -> Institution:
    """A new institution with its «Γενικό Τμήμα» (S17)."""
    institution = Institution(
        id=id_,
        name=name,
        registry_code=registry_code,
        employment_api_id=employment_api_id,
        general_unit_id=general_unit_id,
    )
    session.add(institution)
    session.flush()
    outbox.add(session, events.institution_changed(institution))
    add_unit(session, institution=institution, id_=general_unit_id, name=GENERAL_UNIT_NAME)
    return institution


def add_unit(session: Session, *, institution: Institution, id_: UUID, name: str) -> Unit:
    unit = Unit(id=id_, institution_id=institution.id, name=name)
    session.add(unit)
    session.flush()
    outbox.add(session, events.unit_changed(unit, institution))
    return unit


def catch_all(session: Session) -> Institution:
    """«Δημόσια Διοίκηση», for people whom no body claims; made when first needed if no seed did."""
    return session.get(Institution, CATCH_ALL_ID) or create(
        session, id_=CATCH_ALL_ID, name=CATCH_ALL_NAME, general_unit_id=CATCH_ALL_GENERAL_UNIT_ID
    )
