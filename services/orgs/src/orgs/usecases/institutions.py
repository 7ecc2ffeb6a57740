"""Institutions and their units, run by their coordinators and by platform administrators (S17, O6).

Whoever puts somebody or something into one locks it for sharing, whoever closes it locks it alone and then counts:
one of the two is told that the other was first. Institutions are locked before their units.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import audit, outbox, phones
from chassis.audit import Act
from chassis.db import constraint_of
from chassis.errors import DomainError
from chassis.ids import new_id
from orgs import events, queries
from orgs.errors import EmploymentApiIdTaken, NameTaken, PhoneInvalid, RegistryCodeTaken
from orgs.models import Institution, Unit
from orgs.rules import institutions as rules
from orgs.rules import running
from orgs.rules.institutions import CATCH_ALL_GENERAL_UNIT_ID, CATCH_ALL_ID, CATCH_ALL_NAME, GENERAL_UNIT_NAME, State
from orgs.rules.permissions import Viewer

TAKEN: dict[str | None, type[DomainError]] = {
    "institution_named_once": NameTaken,
    "unit_named_once": NameTaken,
    "institution_registry_code_key": RegistryCodeTaken,
    "institution_employment_api_id_key": EmploymentApiIdTaken,
}


def create(
    session: Session,
    *,
    id_: UUID,
    name: str,
    general_unit_id: UUID,
    registry_code: str | None = None,
    employment_api_id: str | None = None,
    **contact: str | None,
) -> Institution:
    """A new institution with its «Γενικό Τμήμα» (S17)."""
    institution = Institution(
        id=id_,
        name=name,
        registry_code=registry_code,
        employment_api_id=employment_api_id,
        general_unit_id=general_unit_id,
        **contact,
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
    if (made := session.get(Institution, CATCH_ALL_ID)) is not None:
        return made
    queries.alone_with(session, CATCH_ALL_ID)
    return session.get(Institution, CATCH_ALL_ID) or create(
        session, id_=CATCH_ALL_ID, name=CATCH_ALL_NAME, general_unit_id=CATCH_ALL_GENERAL_UNIT_ID
    )


def establish(session: Session, *, viewer: Viewer, wanted: Mapping[str, Any]) -> Institution:
    running.ensure_may(viewer, "create")
    catch_all(session)  # its name is its own, also before anybody needed it
    with _saying_what_is_taken():
        institution = create(session, id_=new_id(), general_unit_id=new_id(), **_tidied(wanted))
    _keep(session, viewer, "institution.created", institution.id, {"name": institution.name})
    return institution


def change(session: Session, *, viewer: Viewer, institution: Institution, changes: Mapping[str, Any]) -> None:
    """`institution` is locked."""
    running.ensure_may(viewer, "edit", institution.id)
    rules.ensure_open(institution.state)
    before = institution.name
    news = {name: value for name, value in _tidied(changes).items() if value != getattr(institution, name)}
    if not news:
        return
    for name, value in news.items():
        setattr(institution, name, value)
    _tell(session, institution)
    details = {"fields": sorted(news)} | ({"from": before, "to": institution.name} if "name" in news else {})
    _keep(session, viewer, "institution.changed", institution.id, details)


def close(session: Session, *, viewer: Viewer, institution_id: UUID) -> Institution:
    """Units stay as they are: they come back with it."""
    institution = queries.institution_for_update(session, institution_id)
    running.ensure_may(viewer, "close", institution.id)
    if institution.state == State.active:
        rules.ensure_may_be_closed(institution.id, queries.uses_of_institution(session, institution.id))
        institution.state = State.closed
        _tell(session, institution)
        _keep(session, viewer, "institution.closed", institution.id, {})
    return institution


def reopen(session: Session, *, viewer: Viewer, institution_id: UUID) -> Institution:
    institution = queries.institution_for_update(session, institution_id)
    running.ensure_may(viewer, "reopen", institution.id)
    if institution.state == State.closed:
        institution.state = State.active
        _tell(session, institution)
        _keep(session, viewer, "institution.reopened", institution.id, {})
    return institution


def establish_unit(session: Session, *, viewer: Viewer, institution_id: UUID, name: str) -> Unit:
    institution = queries.institution_to_join(session, institution_id)
    running.ensure_may(viewer, "add_unit", institution.id)
    rules.ensure_open(institution.state)
    with _saying_what_is_taken():
        unit = add_unit(session, institution=institution, id_=new_id(), name=_spaced(name))
    _keep(session, viewer, "unit.created", unit.id, {"institution_id": str(institution.id), "name": unit.name})
    return unit


def rename_unit(session: Session, *, viewer: Viewer, institution: Institution, unit: Unit, name: str) -> None:
    """Both are locked."""
    running.ensure_may_with_unit(viewer, "rename", institution.id)
    rules.ensure_open(institution.state)
    rules.ensure_unit_changeable(unit.state, general=unit.id == institution.general_unit_id)
    before, after = unit.name, _spaced(name)
    if after == before:
        return
    unit.name = after
    with _saying_what_is_taken():
        session.flush()
    outbox.add(session, events.unit_changed(unit, institution))
    _keep(session, viewer, "unit.renamed", unit.id, {"from": before, "to": after})


def close_unit(session: Session, *, viewer: Viewer, unit_id: UUID) -> None:
    institution, unit = queries.unit_for_update(session, unit_id)
    running.ensure_may_with_unit(viewer, "close", institution.id)
    if unit.state == State.closed:
        return
    rules.ensure_open(institution.state)
    rules.ensure_unit_changeable(unit.state, general=unit.id == institution.general_unit_id)
    rules.ensure_unit_unused(queries.uses_of_unit(session, unit))
    unit.state = State.closed
    session.flush()
    outbox.add(session, events.unit_changed(unit, institution))
    _keep(session, viewer, "unit.closed", unit.id, {"institution_id": str(institution.id), "name": unit.name})


def _tidied(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Blank is nothing; a phone in the one form that is kept."""
    tidied: dict[str, Any] = {name: _spaced(value or "") or None for name, value in wanted.items()}
    if (written := tidied.get("contact_phone")) is not None:
        tidied["contact_phone"] = phones.e164(written)
        if tidied["contact_phone"] is None:
            raise PhoneInvalid
    return tidied


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _tell(session: Session, institution: Institution) -> None:
    with _saying_what_is_taken():
        session.flush()
    outbox.add(session, events.institution_changed(institution))


@contextmanager
def _saying_what_is_taken() -> Iterator[None]:
    """Two who want the same name at once both find it free: the database says who was second."""
    try:
        yield
    except IntegrityError as refused:
        if (taken := TAKEN.get(constraint_of(refused))) is None:
            raise
        raise taken from None


def _keep(session: Session, viewer: Viewer, act: str, object_id: UUID, details: Mapping[str, Any]) -> None:
    audit.record(session, Act(act, actor_id=viewer.person_id, object_id=object_id, details=details))
