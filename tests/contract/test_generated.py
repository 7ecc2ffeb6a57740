"""Requests made from the contracts, thousands of them: whatever is sent, the answer is one the contract promises."""

import re
from functools import partial
from typing import Any

import pytest
import requests
from hypothesis import assume
from schemathesis import BaseSchema, Case, CheckFunction, Response
from schemathesis.checks import allow_header_conformance, ignored_auth, load_all_checks, positive_data_acceptance

from runner.running import Running
from tests.contract.callers import AtTheGateway, BehindTheGateway, Caller
from tests.contract.checking import problem_is_known
from tests.contract.conftest import signed_in
from tests.contract.existing import Existing
from tests.contract.generating import schema_of, send_all
from tests.contract.reading import operations_of
from tests.journeys.visitor import Addresses

SIGN_OUT, END_SESSIONS = "POST /api/v1/sign-out", "DELETE /api/v1/account/sessions"
STEP_DOWN, DELETE_ACCOUNT = "POST /api/v1/account/step-down", "POST /api/v1/account/deletion"
DISTURBING = {SIGN_OUT, END_SESSIONS, STEP_DOWN, DELETE_ACCOUNT}  # they end the session or the role they come with
SERVICES = ("identity", "orgs", "conferences", "notifications")
LONGEST_ADDRESS = 8_100  # beyond it the HTTP server refuses the line, and asks no contract
SEEDS = range(4)
GUARDED: set[tuple[str | None, str]] = set()  # operations seen to refuse whoever shows no credential, or a false one
load_all_checks()


def labels(contract: str) -> list[str]:
    return [label for label in map(str, operations_of(contract)) if label not in DISTURBING]


def ask(there: Existing, line: requests.Session, case: Case, *but: CheckFunction) -> None:
    there.put_into(case)
    assume(all(re.fullmatch(r"[^;\s\"]*", str(value)) for value in case.cookies.values()))  # else it is other cookies
    assume(len(address_of(case)) < LONGEST_ADDRESS)
    response = case.call(session=line, allow_redirects=False)
    there.remember(case, response)
    if is_cursor_refused(response) or is_refused_by_rfc_6749(response) or is_about_nothing(response):
        but = (*but, positive_data_acceptance)
    operation = (case.operation.base_url, case.operation.label)
    if operation in GUARDED:
        but = (*but, ignored_auth)
    case.validate_response(
        response,
        additional_checks=[problem_is_known],
        excluded_checks=list(but),
        transport_kwargs={"session": line, "allow_redirects": False},
    )
    if response.status_code < 300:
        GUARDED.add(operation)


def ask_service(there: Existing, line: requests.Session, case: Case) -> None:
    """A service's router knows one method a route; it is the gateway that tells callers which others there are."""
    ask(there, line, case, allow_header_conformance)


def address_of(case: Case) -> str:
    sent = case.as_transport_kwargs()
    return str(requests.Request(sent["method"], sent["url"], params=sent["params"]).prepare().url)


def is_cursor_refused(response: Response) -> bool:
    """A cursor is opaque: no schema tells a good one from one we never gave out."""
    return response.status_code == 400 and response.json().get("type") == "/problems/invalid-cursor"


def is_about_nothing(response: Response) -> bool:
    """Whether a permission needs an object depends on its act: no schema of parameters says so."""
    if response.status_code != 400:
        return False
    return [error["pointer"] for error in response.json().get("errors", ())] == ["#/parameters/object"]


def is_refused_by_rfc_6749(response: Response) -> bool:
    """The schema of a token's request is open on purpose: what is missing or said twice, §5.2 has words for."""
    return response.status_code == 400 and "error" in response.json()


def at_the_gateway(at: Addresses, caller: Caller, **extent: Any) -> BaseSchema:
    schema = schema_of("gateway.yaml", at.gateway, **extent)
    if caller.visitors:
        schema.auth.providers.append(AtTheGateway(caller))
    return schema


def behind_the_gateway(running: Running, service: str, caller: Caller, **extent: Any) -> BaseSchema:
    schema = schema_of(f"{service}.yaml", running.suite.url(f"{service}.web"), **extent)
    identity, secret = running.suite.url("identity.web"), running.keys["INTERNAL_SECRET"]
    schema.auth.providers.append(BehindTheGateway(caller, service, identity, secret))
    return schema


@pytest.fixture(scope="module")
def gateway_as_coordinator(at: Addresses, planner: Caller) -> BaseSchema:
    return at_the_gateway(at, planner, examples=6)


@pytest.fixture(scope="module")
def gateway_as_user(at: Addresses, person: Caller) -> BaseSchema:
    return at_the_gateway(at, person, examples=5, edges=False)


@pytest.fixture(scope="module")
def gateway_as_nobody(at: Addresses, stranger: Caller) -> BaseSchema:
    return at_the_gateway(at, stranger, examples=3, edges=False)


@pytest.fixture(scope="module")
def services(running: Running, planner: Caller) -> dict[str, BaseSchema]:
    return {service: behind_the_gateway(running, service, planner, examples=3) for service in SERVICES}


@pytest.mark.parametrize("label", labels("gateway.yaml"))
def test_a_coordinator_is_answered_as_promised(label: str, gateway_as_coordinator: BaseSchema, there: Existing) -> None:
    send_all(gateway_as_coordinator, label, partial(ask, there))


@pytest.mark.parametrize("label", labels("gateway.yaml"))
def test_a_user_is_answered_as_promised(label: str, gateway_as_user: BaseSchema, there: Existing) -> None:
    send_all(gateway_as_user, label, partial(ask, there))


@pytest.mark.parametrize("label", labels("gateway.yaml"))
def test_nobody_is_answered_as_promised(label: str, gateway_as_nobody: BaseSchema, there: Existing) -> None:
    send_all(gateway_as_nobody, label, partial(ask, there))


@pytest.mark.parametrize(("service", "label"), [(s, each) for s in SERVICES for each in labels(f"{s}.yaml")])
def test_a_service_answers_as_promised_whoever_let_the_request_in(
    service: str, label: str, services: dict[str, BaseSchema], there: Existing
) -> None:
    send_all(services[service], label, partial(ask_service, there))


def test_signing_out_is_answered_as_promised(at: Addresses, there: Existing) -> None:
    leaving = Caller("leaving", signed_in(at, "institution-coordinator-1", 2))
    send_all(at_the_gateway(at, leaving, examples=3), SIGN_OUT, partial(ask, there))


def test_stepping_down_is_answered_as_promised(gateway_as_user: BaseSchema, there: Existing) -> None:
    """To somebody who has no role to lose."""
    send_all(gateway_as_user, STEP_DOWN, partial(ask, there))


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_the_gateway_keeps_its_promise_for_any_seed(
    seed: int, at: Addresses, planner: Caller, person: Caller, there: Existing
) -> None:
    for caller in (planner, person):
        schema = at_the_gateway(at, caller, examples=20, edges=False, seed=seed)
        for label in labels("gateway.yaml"):
            send_all(schema, label, partial(ask, there))


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_keeps_its_promise_for_any_seed(
    service: str, seed: int, running: Running, planner: Caller, there: Existing
) -> None:
    schema = behind_the_gateway(running, service, planner, examples=20, edges=False, seed=seed)
    for label in labels(f"{service}.yaml"):
        send_all(schema, label, partial(ask_service, there))
