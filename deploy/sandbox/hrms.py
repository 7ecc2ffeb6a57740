"""The register of public employees: one address, HTTP Basic, JSON. What it cannot find it says with `errorCode`."""

import hmac
from typing import Any

from flask import Blueprint, Response, jsonify, request

from sandbox.failing import Answer, meet
from sandbox.people import Persona
from sandbox.world import current

routes = Blueprint("hrms", __name__, url_prefix="/hrms")


@routes.get("/employees/<taxid>")
def employees(taxid: str) -> Response:
    return meet(current().faults, "hrms", "employees", lambda: _look_up(taxid), BROKEN)


def _look_up(taxid: str) -> Response:
    if not _is_allowed():
        answer = jsonify(errorCode="AUTH", errorMessage="Unauthorized")
        answer.status_code = 401
        answer.headers["WWW-Authenticate"] = 'Basic realm="hrms"'
        return answer

    persona = current().people.by_taxid(taxid)
    if persona is None or persona.employment == "none":
        return jsonify(errorCode="EMPLOYEE_NOT_FOUND", errorMessage="Δεν βρέθηκε εργαζόμενος")
    if persona.employment == "unavailable":
        return BROKEN["error"]()
    return jsonify(data={"employmentInfos": _infos(persona, persona.employment)})


def _is_allowed() -> bool:
    settings, sent = current().settings, request.authorization
    if sent is None or sent.type != "basic":
        return False
    expected = f"{settings.hrms_username}:{settings.hrms_password}".encode()
    return hmac.compare_digest(f"{sent.username}:{sent.password}".encode(), expected)


def _infos(persona: Persona, bodies: list[str]) -> list[dict[str, Any]]:
    """The primary post is marked, not first: who takes the first one takes the wrong one."""
    infos = [
        {
            "primary": body == bodies[0],
            "organicOrganizationId": _as_the_original_types_it(body),
            "employeeLastName": persona.surname,
            "employmentType": "ΜΟΝΙΜΟΣ",
            "occupation": {"category": "ΠΕ", "sector": "ΔΙΟΙΚΗΤΙΚΟΥ"},
        }
        for body in bodies
    ]
    return infos[::-1]


def _as_the_original_types_it(body: str) -> int | str:
    """A number, as the original's integer column took it; with a leading zero only text keeps it."""
    return body if body.startswith("0") else int(body)


def _refuse(status: int, body: str, content_type: str) -> Response:
    return Response(body, status, content_type=content_type)


BROKEN: dict[str, Answer] = {
    "error": lambda: _refuse(503, "<html><body><h1>Service Unavailable</h1></body></html>", "text/html"),
    "rate_limited": lambda: _refuse(429, '{"errorCode":"TOO_MANY_REQUESTS"}', "application/json"),
    "malformed": lambda: _refuse(200, '{"data":{"employmentInfos":[{"primary":tr', "application/json"),
}
