"""Requests held against the contract: what is right gets through, what is wrong is explained."""

from uuid import uuid4

import pytest
from gateway_process import Gateway
from played_services import Reply, Suite

THING = f"/api/v1/things/{uuid4()}"


def test_a_right_request_reaches_the_service_that_owns_the_operation(
    gateway: Gateway, suite: Suite, session: str
) -> None:
    answer = gateway.get("/api/v1/things?search=%CE%B1%20b&limit=5&open=true&states=new,old", session=session)

    assert answer.status_code == 200, answer.text
    assert suite.orgs.last.target == "/api/v1/things?search=%CE%B1%20b&limit=5&open=true&states=new,old"
    assert suite.orgs.last.header("Authorization").startswith("Bearer phantom.orgs.")


def test_a_body_crosses_unchanged(gateway: Gateway, suite: Suite, session: str) -> None:
    body = '{"name": "Ένα",  "at": null, "email": "a@example.gr"}'.encode()

    answer = gateway.post(
        "/api/v1/things", session=session, data=body, headers={"Content-Type": "application/json; charset=UTF-8"}
    )

    assert answer.status_code == 200, answer.text
    assert suite.orgs.last.body == body


@pytest.mark.parametrize(
    ("method", "path", "status", "problem"),
    [
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("GET", "/api/v1/things/", 404, "not-found"),
        ("GET", "/api//v1/things", 404, "not-found"),
        ("GET", "/api/v1/join/a%2Fb", 404, "not-found"),
        ("GET", "/api/v1/join/%2e%2e", 404, "not-found"),
        ("GET", "/api/v1/join/%00", 404, "not-found"),
        ("GET", "/api/v1/join/%ff", 404, "not-found"),
        ("GET", "/api/v1/join/a%0A", 404, "not-found"),
        ("GET", "/internal/jwks", 200, None),  # the portal's address space: no service is reached by it
        ("GET", "/oauth/nothing", 404, "not-found"),
        ("GET", "/hooks/other", 404, "not-found"),
        ("PUT", "/api/v1/things", 405, "method-not-allowed"),
        ("OPTIONS", "/api/v1/things", 405, "method-not-allowed"),
        ("GET", "/hooks/zoom", 405, "method-not-allowed"),
        ("GET", "/api/v1/things/no-uuid", 400, "invalid-request"),
    ],
)
def test_what_the_contract_does_not_know_goes_no_further(
    gateway: Gateway, suite: Suite, session: str, method: str, path: str, status: int, problem: str | None
) -> None:
    answer = gateway.request(method, path, session=session)

    assert answer.status_code == status, answer.text
    if problem:
        assert answer.json()["type"] == f"/problems/{problem}"
        assert answer.headers["Content-Type"] == "application/problem+json"
    assert not suite.identity.received or suite.identity.last.target == "/internal/token-exchange"
    assert not suite.orgs.received
    assert not suite.conferences.received


def test_a_refused_method_names_those_that_exist(gateway: Gateway) -> None:
    assert gateway.request("PUT", "/api/v1/things").headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "#/parameters/limit"),
        ("limit=x", "#/parameters/limit"),
        ("limit=99999999999999999999999999", "#/parameters/limit"),
        ("open=perhaps", "#/parameters/open"),
        ("states=new,odd", "#/parameters/states"),
        ("search=" + "x" * 101, "#/parameters/search"),
        ("search=a%00b", "#/parameters/search"),
        ("unknown=1", "#/parameters/unknown"),
        ("search=%ff", "#/parameters"),
        ("search=%ED%A0%80", "#/parameters"),
        ("&".join(f"a{n}=1" for n in range(150)), "#/parameters"),
    ],
)
def test_a_wrong_query_is_explained(gateway: Gateway, suite: Suite, session: str, query: str, pointer: str) -> None:
    answer = gateway.get(f"/api/v1/things?{query}", session=session)

    assert answer.status_code == 400, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not suite.orgs.received


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"{", ""),
        (b"\xff\xfe", ""),
        (b"[" * 100_0, ""),
        (b'{"name": NaN}', ""),
        (b'{"name": "a\\u0000b"}', "/name"),
        (b'{"name": "a\\ud800b"}', "/name"),
        (b'{"name": "a", "email": "a\\ud800b@example.gr"}', None),  # refused by its format, too
        (b'{"na\\u0000me": "a"}', None),
        (b'{"name": 1}', "/name"),
        (b"{}", "/name"),
        (b'{"name": "x", "more": 1}', "/more"),
        (b'{"name": "x", "at": "yesterday"}', "/at"),
        (b'{"name": "x", "email": "nobody"}', "/email"),
        (b'{"name": "x", "tags": ["a", 2]}', "/tags/1"),
        (b'"name"', ""),
        (b"null", ""),
        (b'{"name": ' + b"9" * 4500 + b"}", ""),
    ],
)
def test_a_wrong_body_is_explained(
    gateway: Gateway, suite: Suite, session: str, body: bytes, pointer: str | None
) -> None:
    answer = gateway.post("/api/v1/things", session=session, data=body, headers={"Content-Type": "application/json"})

    assert answer.status_code == 400, answer.text
    assert pointer is None or [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not suite.orgs.received


def test_advice_is_in_the_callers_language(gateway: Gateway, session: str) -> None:
    def refusal(language: str) -> dict[str, str]:
        headers = {"Accept-Language": language, "Content-Type": "application/json"}
        return gateway.post("/api/v1/things", session=session, data=b"{}", headers=headers).json()

    assert refusal("el")["title"] == "Τα στοιχεία δεν είναι σωστά"
    assert refusal("en-GB,en;q=0.9")["errors"] == [{"pointer": "/name", "detail": "Fill in this field."}]
    assert refusal("fr")["errors"] == [{"pointer": "/name", "detail": "Συμπληρώστε αυτό το πεδίο."}]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/xml", "application/json; charset=iso-8859-7", "nonsense", "*/*"]
)
def test_another_media_type_is_refused(gateway: Gateway, session: str, content_type: str) -> None:
    answer = gateway.post(
        "/api/v1/things", session=session, data=b'{"name":"x"}', headers={"Content-Type": content_type}
    )

    assert answer.status_code == 415
    assert answer.json()["type"] == "/problems/unsupported-media-type"


def test_a_header_of_the_contract_is_checked_and_passed_on(gateway: Gateway, suite: Suite, session: str) -> None:
    wrong = gateway.post("/api/v1/things", session=session, json={"name": "x"}, headers={"Idempotency-Key": "k" * 201})
    right = gateway.post("/api/v1/things", session=session, json={"name": "x"}, headers={"Idempotency-Key": "k"})

    assert wrong.json()["errors"][0]["pointer"] == "#/parameters/Idempotency-Key"
    assert right.status_code == 200
    assert suite.orgs.last.header("Idempotency-Key") == "k"


def test_a_form_is_checked_like_any_body(gateway: Gateway, suite: Suite) -> None:
    wrong = gateway.post("/oauth/token", data={"grant_type": "password"})
    right = gateway.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=("id", "secret"))

    assert wrong.status_code == 400
    assert right.status_code == 200
    assert suite.identity.last.header("Authorization").startswith("Basic ")


def test_too_large_a_body_is_refused_announced_or_not(gateway: Gateway, suite: Suite, session: str) -> None:
    announced = gateway.post(
        "/api/v1/things", session=session, data=b"x" * 5001, headers={"Content-Type": "application/json"}
    )
    chunked = gateway.post(
        "/api/v1/things",
        session=session,
        data=iter([b"x" * 3000, b"y" * 3000]),
        headers={"Content-Type": "application/json"},
    )

    assert (announced.status_code, chunked.status_code) == (413, 413)
    assert announced.json()["type"] == "/problems/too-large"
    assert not suite.orgs.received


def test_a_body_nobody_asked_for_is_left_behind(gateway: Gateway, suite: Suite, session: str) -> None:
    answer = gateway.request("DELETE", THING, session=session, data=b"something")

    assert answer.status_code == 200
    assert suite.orgs.last.body == b""


def test_head_is_answered_where_get_is(gateway: Gateway, suite: Suite, session: str) -> None:
    suite.orgs.reply = lambda _request: Reply(body=b"x" * 1000)

    answer = gateway.request("HEAD", THING, session=session)

    assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (200, "1000", b"")


def test_the_contract_and_its_page_are_public(gateway: Gateway) -> None:
    contract = gateway.get("/api/v1/openapi.json")
    page = gateway.get("/api/docs")

    assert "/api/v1/things" in contract.json()["paths"]
    assert "swagger-ui-bundle.js" in page.text
    assert "<script>" not in page.text
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "start.js"):
        assert gateway.get(f"/api/docs/{name}").status_code == 200
    assert gateway.get("/api/docs/..%2fpages.py").status_code == 404
    assert gateway.get("/api/docs/other.js").json()["type"] == "/problems/not-found"
