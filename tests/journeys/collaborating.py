"""Collaborations through the gateway."""

from typing import Any

from runner.running import Running
from tests.journeys import copies
from tests.journeys.visitor import Visitor

COLLABORATIONS, CANDIDATES = "/api/v1/collaborations", "/api/v1/collaboration-candidates"


def id_of(person: Visitor) -> str:
    return str(person.get("/api/v1/session")["person"]["id"])


def ended_before(running: Running, *people: Visitor) -> None:
    """What an earlier test left between anybody and these is no more, and nobody has to wait before asking again."""
    for person in people:
        for half in person.get(COLLABORATIONS).values():
            for each in half:
                person.call("DELETE", f"{COLLABORATIONS}/{each['id']}", expect=(204, 409))
    without_waiting(running)


def without_waiting(running: Running) -> None:
    """Few tests have a week: whoever was refused by an earlier one may ask at once."""
    with copies.database(running, "orgs") as connection:
        connection.execute("UPDATE collaboration SET ask_again_at = NULL, asked_times = 0")


def asked(owner: Visitor, *others: Visitor) -> list[dict[str, Any]]:
    body = {"person_ids": [id_of(other) for other in others]}
    return list(owner.post(COLLABORATIONS, body)["results"])


def accepted(owner: Visitor, other: Visitor) -> str:
    (result,) = asked(owner, other)
    id_ = str(result["collaboration_id"])
    other.post(f"{COLLABORATIONS}/{id_}/acceptance")
    return id_
