"""A role for somebody, as an accepted invitation gives it: identity tells of it, orgs grants it."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg

from runner.running import Running
from tests.journeys.outside import eventually
from tests.journeys.visitor import Visitor

ACCEPTED = "identity.invitation.accepted.v1"


def give_role(running: Running, person: Visitor, role: str, *, place: dict[str, Any] | None = None) -> None:
    """Where the person belongs already, or at another's `place`; waits until everybody has heard."""
    placed = eventually(lambda: membership(person), what="the membership")
    person_id, place = placed["person_id"], place or placed
    offer = {"role": role, "institution_id": place["institution"]["id"], "unit_id": place["unit"]["id"]}
    invitation_id = str(uuid4())
    fact = {"invitation_id": invitation_id, "person_id": person_id, "inviter_id": None, "institution_id": None}
    columns = "id, type, subject, sequence, data, public, correlation_id, occurred_at"
    row = (uuid4(), ACCEPTED, invitation_id, 1, json.dumps({**fact, "offer": offer}), False, "", datetime.now(UTC))
    address = running.processes.service("identity", "web").environment["DATABASE_URL"]
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        connection.execute(f"INSERT INTO outbox ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row)
    eventually(lambda: role in roles_of(person), what=f"the role {role} in the session")
    eventually(lambda: coordinates(person), what=f"the rights of {role} in conferences")


def membership(person: Visitor) -> dict[str, Any] | None:
    """Where orgs has the person, once it has."""
    answer = person.call("GET", "/api/v1/membership")
    return dict(answer.json()) if answer.status_code == 200 else None


def roles_of(person: Visitor) -> list[str]:
    """As identity says them with the session."""
    return [each["role"] for each in person.get("/api/v1/session")["roles"]]


def coordinates(person: Visitor) -> bool:
    """Whether conferences lets the person do what only coordinators may."""
    return person.call("GET", "/api/v1/people?search=abc", expect=(200, 403)).status_code == 200
