"""Collaborations through the gateway."""

from typing import Any

from tests.journeys.visitor import Visitor

COLLABORATIONS, CANDIDATES = "/api/v1/collaborations", "/api/v1/collaboration-candidates"


def id_of(person: Visitor) -> str:
    return str(person.get("/api/v1/session")["person"]["id"])


def ended_before(*people: Visitor) -> None:
    """What an earlier test left between anybody and these is no more."""
    for person in people:
        for half in person.get(COLLABORATIONS).values():
            for each in half:
                person.call("DELETE", f"{COLLABORATIONS}/{each['id']}", expect=(204, 409))


def asked(owner: Visitor, *others: Visitor) -> list[dict[str, Any]]:
    body = {"person_ids": [id_of(other) for other in others]}
    return list(owner.post(COLLABORATIONS, body)["results"])


def accepted(owner: Visitor, other: Visitor) -> str:
    (result,) = asked(owner, other)
    id_ = str(result["collaboration_id"])
    other.post(f"{COLLABORATIONS}/{id_}/acceptance")
    return id_
