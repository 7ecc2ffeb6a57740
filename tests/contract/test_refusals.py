"""Refusals that the contract names, reached one by one, each in the caller's language. All made from the contract."""

from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.contract.callers import SESSION_COOKIE, TIMEOUT_SECONDS, Caller
from tests.contract.checking import ensure_problem
from tests.contract.existing import Existing
from tests.contract.reading import Operation, operations_of
from tests.journeys.visitor import Addresses

OPERATIONS = operations_of("gateway.yaml")
ADMIN = "/api/v1/admin/"
ADMINISTRATORS_ONLY = (ADMIN, "/api/v1/institutions/{id}")  # for changes
HOOK = "/hooks/"  # crosses as bytes: the service alone looks at it
CHECKED = [each for each in OPERATIONS if not each.path.startswith(HOOK)]
SECURED = [each for each in OPERATIONS if each.secured]
ACTIVE_ONLY = [each for each in SECURED if each.body["x-account"] == "active"]
WITH_BODY = [each for each in CHECKED if each.content]
BY_ID = [each for each in CHECKED if "{id}" in each.path]
UNSAFE = [each for each in CHECKED if each.method != "GET"]
PATHS = sorted({each.path for each in OPERATIONS})
METHODS = {"GET", "PUT", "POST", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"}
LANGUAGES = ("el", "en")


def each_of(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=str)


class Asking:
    """One request, complete but for what the test changes; the answer must be a problem the contract names."""

    def __init__(self, at: Addresses, caller: Caller) -> None:
        self.at, self.caller = at, caller

    def __call__(
        self, operation: Operation, status: int, *, path: str | None = None, method: str | None = None, **changed: Any
    ) -> str:
        options = {"params": operation.query, "json": operation.valid, **changed}
        if "data" in options:
            del options["json"]
        address = self.at.gateway + (path or operation.path_with(otherwise=str(uuid4()), token="t" * 43))
        [name] = {self._refusal(method or operation.method, address, status, each, **options) for each in LANGUAGES}
        if method is None and path is None:
            assert name in operation.named(status), f"{name} is none of {operation.named(status)}"
        return name

    def _refusal(self, method: str, address: str, status: int, language: str, **options: Any) -> str:
        own = self.caller.headers(self.at.gateway) | {"Accept-Language": language} | options.pop("headers", {})
        told = {name: value for name, value in own.items() if value is not None}
        self.answer = requests.request(
            method, address, headers=told, timeout=TIMEOUT_SECONDS, allow_redirects=False, **options
        )
        assert self.answer.status_code == status, f"{self.answer.status_code} {self.answer.text[:500]}"
        headers = {name.lower(): value for name, value in self.answer.headers.items()}
        return ensure_problem(status, headers, self.answer.json(), language)

    @property
    def pointers(self) -> list[str]:
        return [each["pointer"] for each in self.answer.json()["errors"]]


@pytest.fixture
def as_nobody(at: Addresses, stranger: Caller) -> Asking:
    return Asking(at, stranger)


@pytest.fixture
def as_newcomer(at: Addresses, newcomer: Caller) -> Asking:
    return Asking(at, newcomer)


@pytest.fixture
def as_coordinator(at: Addresses, planner: Caller) -> Asking:
    return Asking(at, planner)


@pytest.fixture
def as_administrator(at: Addresses, administrator: Caller) -> Asking:
    return Asking(at, administrator)


@each_of(SECURED)
def test_who_is_not_signed_in_is_told_so(operation: Operation, as_nobody: Asking) -> None:
    assert as_nobody(operation, 401) == "not-signed-in"
    assert as_nobody(operation, 401, headers={"Authorization": "Basic YTpi"}) == "not-signed-in"
    assert as_nobody(operation, 401, headers={"Authorization": "Session x"}) == "not-signed-in"
    assert as_nobody.answer.headers["WWW-Authenticate"].startswith("Bearer")


@each_of(SECURED)
def test_whose_session_is_over_is_told_so(operation: Operation, as_nobody: Asking) -> None:
    assert as_nobody(operation, 401, headers={"Cookie": f"{SESSION_COOKIE}={'x' * 43}"}) == "session-expired"
    assert as_nobody(operation, 401, headers={"Authorization": f"Bearer {'x' * 43}"}) == "session-expired"


@each_of(ACTIVE_ONLY)
def test_who_has_not_activated_the_account_is_told_so(operation: Operation, as_newcomer: Asking) -> None:
    assert as_newcomer(operation, 403) == "account-not-active"


@each_of(UNSAFE)
def test_another_sites_page_is_refused(operation: Operation, as_coordinator: Asking) -> None:
    for origin in ("https://elsewhere.example", "null", None):
        assert as_coordinator(operation, 403, headers={"Origin": origin}) == "origin-refused"


@each_of([each for each in BY_ID if not each.path.startswith(ADMIN)])
def test_what_does_not_exist_is_not_found(operation: Operation, as_coordinator: Asking) -> None:
    assert as_coordinator(operation, 404) == "not-found"


@each_of([each for each in BY_ID if each.path.startswith(ADMIN)])
def test_what_does_not_exist_is_not_found_by_administrators_either(
    operation: Operation, as_administrator: Asking
) -> None:
    assert as_administrator(operation, 404) == "not-found"


@each_of([each for each in CHECKED if each.path.startswith(ADMIN)])
def test_what_is_for_administrators_is_refused_to_others(operation: Operation, as_coordinator: Asking) -> None:
    assert as_coordinator(operation, 403) == "forbidden"
    assert as_coordinator.answer.json()["reason"] == "not-an-administrator"


@each_of(BY_ID)
def test_what_is_no_id_is_pointed_at(operation: Operation, as_coordinator: Asking) -> None:
    malformed = operation.path_with(otherwise="277123")

    assert as_coordinator(operation, 400, path=malformed) == "invalid-request"
    assert "#/parameters/id" in as_coordinator.pointers


@each_of(CHECKED)
def test_an_unknown_parameter_is_pointed_at(operation: Operation, as_coordinator: Asking) -> None:
    assert as_coordinator(operation, 400, params={**operation.query, "surprise": "1"}) == "invalid-request"
    assert as_coordinator.pointers == ["#/parameters/surprise"]


@each_of(WITH_BODY)
def test_an_unknown_field_is_pointed_at(operation: Operation, as_coordinator: Asking) -> None:
    assert as_coordinator(operation, 400, json={**operation.valid, "surprise": 1}) == "invalid-request"
    assert as_coordinator.pointers == ["/surprise"]


@each_of(WITH_BODY)
def test_what_no_text_may_hold_is_pointed_at(operation: Operation, as_coordinator: Asking) -> None:
    texts = [name for name, schema in operation.content["properties"].items() if schema.get("type") == "string"]
    for name in texts:
        for unstorable in ("\0", "\ud800"):
            assert as_coordinator(operation, 400, json={**operation.valid, name: f"abc{unstorable}"})
            assert f"/{name}" in as_coordinator.pointers


@each_of(WITH_BODY)
def test_a_body_that_is_no_json_is_refused(operation: Operation, as_coordinator: Asking) -> None:
    json = {"Content-Type": "application/json"}

    for broken in ("{", "[" * 50_000, '{"a": NaN}', b"\xff\xfe", "nonsense"):
        assert as_coordinator(operation, 400, data=broken, headers=json) == "invalid-request"
    if operation.body_required:
        assert as_coordinator(operation, 400, data="", headers=json) == "invalid-request"
    assert as_coordinator(operation, 415, data="a=b", headers={"Content-Type": "text/plain"})
    assert as_coordinator(operation, 415, data="{}", headers={"Content-Type": "application/json; charset=latin-1"})


@each_of(WITH_BODY)
def test_a_body_of_megabytes_is_refused(operation: Operation, as_coordinator: Asking) -> None:
    headers = {"Content-Type": "application/json"}

    assert as_coordinator(operation, 413, data=b" " * 5_000_000, headers=headers) == "too-large"


@each_of([each for each in CHECKED if each.method == "PATCH" and not each.path.startswith(ADMINISTRATORS_ONLY)])
def test_a_change_must_say_what_was_read(operation: Operation, as_coordinator: Asking, there: Existing) -> None:
    some = {"units": there.own_units, "groups": there.groups}.get(operation.path.split("/")[3], there.conferences)
    path = operation.path_with(otherwise=some[0])

    assert as_coordinator(operation, 428, path=path) == "precondition-required"
    assert as_coordinator(operation, 412, path=path, headers={"If-Match": '"0"'}) == "precondition-failed"


@pytest.mark.parametrize("path", PATHS)
def test_a_method_that_is_not_there_is_refused_with_those_that_are(path: str, as_coordinator: Asking) -> None:
    known = {each.method: each for each in OPERATIONS if each.path == path}
    some = next(iter(known.values()))

    for method in METHODS - set(known):
        concrete = some.path_with(otherwise=str(uuid4()), token="t" * 43)
        assert as_coordinator(some, 405, method=method, path=concrete) == "method-not-allowed"
        assert set(as_coordinator.answer.headers["Allow"].split(", ")) - {"HEAD"} == set(known)


@pytest.mark.parametrize("ending", ["/", "/no/such", "%2Fmore", "%0A", ";a=b", "x"])
@pytest.mark.parametrize("path", [path for path in PATHS if not path.endswith("}")])
def test_an_address_that_is_not_there_is_not_found(path: str, ending: str, as_coordinator: Asking) -> None:
    some = next(each for each in OPERATIONS if each.path == path)
    concrete = some.path_with(otherwise=str(uuid4())) + ending

    assert as_coordinator(some, 404, path=concrete) == "not-found"


@pytest.mark.parametrize("path", ["/internal/jwks", "/internal/token-exchange", "/internal/messages", "/metrics"])
def test_what_is_internal_is_not_there(path: str, at: Addresses) -> None:
    answer = requests.get(at.gateway + path, timeout=TIMEOUT_SECONDS)

    assert answer.status_code == 404
