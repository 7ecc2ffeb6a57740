"""Copies of what identity, orgs and notifications say, kept by `sequence`; nobody is asked during a request."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import projections
from chassis.inbox import Fact
from chassis.text import folded
from conferences.models import Collaboration, Institution, InvitationMail, Membership, Person, PersonAddress, Unit
from conferences.rules import addresses


def person(session: Session, fact: Fact) -> bool:
    """How a person is called, whether they may come in, and which addresses are proven theirs."""
    data, person_id = fact.data, UUID(fact.data["person_id"])
    both_ways = f"{data['surname']} {data['name']} {data['surname']}"  # found by «name surname» and by «surname name»
    values = {
        "surname": data["surname"],
        "name": data["name"],
        "email": data["email"],
        "status": data["status"],
        "language": data["language"],
        "search": folded(both_ways),
    }
    key = {"person_id": person_id}
    if not projections.apply(session, Person, key, fact.sequence, values, restated=fact.restates):
        return False
    proven = set() if sign_in_is_closed(fact) else {addresses.fold(entry["email"]) for entry in data["emails"]}
    lost = delete(PersonAddress).where(PersonAddress.person_id == person_id, PersonAddress.email_folded.not_in(proven))
    session.execute(lost)
    for address in sorted(proven):
        _belongs(session, address, person_id)
    return True


def sign_in_is_closed(fact: Fact) -> bool:
    """Not one of the public sector's people: from now on a guest like any other, so no address leads to the account."""
    return bool(fact.data.get("disabled_reason") == "not_employed")


def proven(session: Session, person_id: UUID, address: str) -> None:
    _belongs(session, addresses.fold(address), person_id)


def _belongs(session: Session, folded_address: str, person_id: UUID) -> None:
    statement = insert(PersonAddress).values(email_folded=folded_address, person_id=person_id)
    session.execute(statement.on_conflict_do_update(index_elements=["email_folded"], set_={"person_id": person_id}))


def addresses_of(session: Session, person_id: UUID) -> list[str]:
    return list(session.scalars(select(PersonAddress.email_folded).where(PersonAddress.person_id == person_id)))


def membership(session: Session, fact: Fact) -> None:
    data = fact.data
    values = {
        "institution_id": UUID(data["institution_id"]),
        "unit_id": UUID(data["unit_id"]),
        "role": data["role"],
        "platform_administrator": data["platform_administrator"],
    }
    key = {"person_id": UUID(data["person_id"])}
    projections.apply(session, Membership, key, fact.sequence, values, restated=fact.restates)


def collaboration(session: Session, fact: Fact) -> None:
    data = fact.data
    values = {
        "owner_person_id": UUID(data["owner_person_id"]),
        "collaborator_person_id": UUID(data["collaborator_person_id"]),
        "active": data["state"] == "active",
    }
    key = {"collaboration_id": UUID(data["collaboration_id"])}
    projections.apply(session, Collaboration, key, fact.sequence, values, restated=fact.restates)


def institution(session: Session, fact: Fact) -> None:
    values = {"name": fact.data["name"], "state": fact.data["state"]}
    key = {"institution_id": UUID(fact.data["institution_id"])}
    projections.apply(session, Institution, key, fact.sequence, values, restated=fact.restates)


def unit(session: Session, fact: Fact) -> None:
    data = fact.data
    values = {"institution_id": UUID(data["institution_id"]), "name": data["name"], "state": data["state"]}
    key = {"unit_id": UUID(data["unit_id"])}
    projections.apply(session, Unit, key, fact.sequence, values, restated=fact.restates)


def invitation_mail(session: Session, fact: Fact, state: str) -> None:
    """Ordered by the invitation that asked for the mail: whatever an older one's still does changes nothing."""
    data = fact.data
    if data["template"] != "conference_invitation" or "about_sequence" not in data:
        return  # a sender of before the field does not say which of several mails it was
    values = {"state": state, "at": datetime.fromisoformat(data["occurred_at"])}
    key = {"participation_id": UUID(data["about"])}
    projections.apply(session, InvitationMail, key, data["about_sequence"], values, restated=fact.restates)
