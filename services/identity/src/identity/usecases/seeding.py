"""People the suite starts with: coordinators and the administrator, active, as if they had come by themselves."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from chassis import outbox
from identity import events, queries
from identity.models import Person, PersonEmail
from identity.parts import Parts
from identity.rules.accounts import Proof, Status, address_key
from identity.rules.employment import Employment
from identity.usecases import people


def seeded_id(kind: str, key: str) -> UUID:
    """The same in every service, without asking each other."""
    return uuid5(NAMESPACE_URL, f"https://epresence.gr/seed/{kind}/{key}")


def seed_people(session: Session, personas: Iterable[Mapping[str, Any]], *, parts: Parts, now: datetime) -> int:
    """Make those with a role who are missing; what exists belongs to the people themselves."""
    made = 0
    for persona in personas:
        lookups = parts.lookup.lookups(persona["taxid"])
        queries.lock_lookups(session, lookups)
        if persona["role"] != "user" and queries.person_by_tax_id(session, lookups) is None:
            _make(session, persona, lookup=lookups[0], parts=parts, now=now)
            made += 1
    return made


def _make(session: Session, persona: Mapping[str, Any], *, lookup: bytes, parts: Parts, now: datetime) -> None:
    """Whatever the register will say of them, they came while it said yes."""
    employment = persona["employment"]
    person = Person(
        id=seeded_id("person", persona["id"]),
        tax_id=parts.encryption.encrypt(persona["taxid"]),
        tax_lookup=lookup,
        surname=persona["surname"],
        name=persona["name"],
        status=Status.active,
        employment=Employment.employed,
        employment_bodies=employment if isinstance(employment, list) else [],
        language="el",
        created_at=now,
        changed_at=now,
        activated_at=now,
        employment_checked_at=now,
    )
    email = PersonEmail(
        email=persona["email"],
        address_key=address_key(persona["email"]),
        primary=True,
        proof=Proof.administrator,
        proven_at=now,
        created_at=now,
    )
    person.emails.append(email)
    session.add(person)
    session.flush()
    people.accept(session, person, parts.texts.versions, now)
    session.refresh(person, ["number"])
    institution_ids = [seeded_id("institution", persona["institution"])]
    outbox.add(
        session,
        events.person_activated(person, institution_ids, None),
        events.person_changed(person),
        events.email_proven(person, email.email),
    )
