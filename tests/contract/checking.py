"""What must hold for every answer, beside what schemathesis checks itself."""

import re
from typing import Any

from schemathesis import Case, CheckContext, Response

from chassis import contracts

PROBLEM = "application/problem+json"
COME_BACK = (429, 503)


def problem_is_known(_: CheckContext, response: Response, case: Case) -> None:
    """Every refusal is a problem of the catalogue, one that the contract names for this answer of this operation."""
    if response.status_code < 400:
        return
    headers = {name: values[0] for name, values in response.headers.items()}
    documented = case.operation.responses.find_by_status_code(response.status_code)
    if documented is not None and documented.definition.get("x-oauth-error") and is_oauth_error(headers):
        return
    name = ensure_problem(response.status_code, headers, response.json())
    if documented is not None:
        named = documented.definition.get("x-problems", [])
        assert name in named, f"{response.status_code} {name}, but the contract names {named}"


def is_oauth_error(headers: dict[str, str]) -> bool:
    """Programs expect RFC 6749 §5.2 of the token's address; its words are held to the schema like any answer."""
    return headers.get("content-type", "").split(";")[0] == "application/json"


def ensure_problem(status: int, headers: dict[str, str], body: dict[str, Any], language: str | None = None) -> str:
    """Check a refusal whoever gave it; return the problem's name."""
    assert headers.get("content-type", "").split(";")[0] == PROBLEM, f"{status} with {headers.get('content-type')}"
    assert re.fullmatch(r"/problems/[a-z0-9-]+", body["type"]), body["type"]
    name = str(body["type"].removeprefix("/problems/"))
    entry = contracts.problems().get(name)
    assert entry, f"{name} is not in contracts/problems"
    assert (body["status"], entry["status"]) == (status, status), f"{name} is a {entry['status']}, answered {status}"
    languages = [language] if language else ["el", "en"]
    assert body["title"] in [entry["title"][each] for each in languages], body["title"]
    assert headers.get("content-language") in languages
    assert body["instance"] == headers.get("x-correlation-id"), "support finds the request by the instance"
    if status in COME_BACK:
        assert int(headers.get("retry-after", "0")) >= 1, f"{status} does not say when to come back"
    return name
