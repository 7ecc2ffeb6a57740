"""What the contract lint refuses, and what composing makes of several contracts."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from runner.contract_compose import compose
from runner.contract_files import Contracts
from runner.contract_lint import lint

PROBLEM = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
SHARED = {"securitySchemes": {"program": {"type": "oauth2", "x-bearerInfoFunc": "not.for.the.public"}}}


def contract(**operation: Any) -> dict[str, Any]:
    """A contract with one operation to which the lint has no objection."""
    sound = {
        "operationId": "things.read",
        "tags": ["things"],
        "security": [{"actor": []}],
        "responses": {
            "200": {
                "description": "It",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
            },
            "404": {"description": "None", "x-problems": ["not-found"], **PROBLEM},
        },
    }
    return {
        "openapi": "3.0.3",
        "paths": {"/api/v1/things": {"get": sound | operation}},
        "components": {
            "schemas": {
                "Thing": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"name": {"type": "string", "maxLength": 10}},
                }
            }
        },
    }


def written(folder: Path, **services: dict[str, Any]) -> Contracts:
    (folder / "openapi" / "shared").mkdir(parents=True)
    (folder / "openapi" / "shared" / "common.yaml").write_text(yaml.dump(SHARED))
    (folder / "problems").mkdir()
    problems = {"not-found": {"status": 404}, "too-many-requests": {"status": 429}}
    (folder / "problems" / "chassis.yaml").write_text(yaml.dump(problems))
    for service, document in services.items():
        (folder / "openapi" / f"{service}.yaml").write_text(yaml.dump(document))
    return Contracts(folder)


def test_a_sound_contract_passes(tmp_path: Path) -> None:
    assert lint(written(tmp_path, orgs=contract())) == []


@pytest.mark.parametrize(
    ("operation", "objection"),
    [
        ({"responses": {"200": {}, "default": PROBLEM}}, "default answer"),
        ({"responses": {"200": {}, "404": PROBLEM}}, "names no x-problems"),
        ({"responses": {"200": {}, "404": {"x-problems": ["unheard-of"], **PROBLEM}}}, "does not know"),
        ({"responses": {"200": {}, "409": {"x-problems": ["not-found"], **PROBLEM}}}, "is a 404"),
        ({"responses": {"200": {}, "404": {"x-problems": ["not-found"]}}}, "not application/problem+json"),
        ({"responses": {"404": {"x-problems": ["not-found"], **PROBLEM}}}, "never succeeds"),
        ({"security": []}, "neither secured nor listed"),
        ({"operationId": "read"}, "not <module>.<function>"),
        ({"tags": []}, "no tag"),
    ],
)
def test_an_operation_that_leaves_something_open_is_refused(
    tmp_path: Path, operation: dict[str, Any], objection: str
) -> None:
    assert any(objection in fault for fault in lint(written(tmp_path, orgs=contract(**operation))))


@pytest.mark.parametrize(
    ("schema", "objection"),
    [
        ({"type": "object", "properties": {}}, "the object is open"),
        ({"type": "string"}, "no maxLength"),
        ({"type": "integer", "description": "As in the register", "or as invited.": None}, "unquoted"),
        ({"type": "array", "items": {"type": "integer"}}, "no maxItems"),
    ],
)
def test_an_unbounded_schema_is_refused(tmp_path: Path, schema: dict[str, Any], objection: str) -> None:
    document = contract()
    document["components"]["schemas"]["Loose"] = schema

    assert any(objection in fault for fault in lint(written(tmp_path, orgs=document)))


def test_one_name_for_two_operations_is_refused(tmp_path: Path) -> None:
    document = contract()
    document["paths"]["/api/v1/other"] = document["paths"]["/api/v1/things"]

    assert any("used 2 times" in fault for fault in lint(written(tmp_path, orgs=document)))


def test_a_public_operation_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    contracts = written(tmp_path, orgs=contract())
    (tmp_path / "public.yaml").write_text("GET /api/v1/gone: once there was a reason\n")

    assert lint(contracts) == ["public.yaml: GET /api/v1/gone: no such public operation"]


def test_composing_drops_internal_operations_and_says_who_answers(tmp_path: Path) -> None:
    document = contract()
    document["paths"]["/internal/things"] = document["paths"]["/api/v1/things"]

    composed = compose(written(tmp_path, orgs=document))

    assert list(composed["paths"]) == ["/api/v1/things"]
    operation = composed["paths"]["/api/v1/things"]["get"]
    assert operation["operationId"] == "orgs.things.read"
    assert operation["x-service"] == "orgs"
    assert operation["security"] == [{"session": []}]


def test_a_programs_token_opens_what_names_a_scope_and_no_more(tmp_path: Path) -> None:
    document = contract(security=[{"actor": []}, {"program": ["things:read"]}])

    composed = compose(written(tmp_path, orgs=document))

    assert composed["paths"]["/api/v1/things"]["get"]["security"] == [{"session": []}, {"token": ["things:read"]}]
    assert composed["components"]["securitySchemes"]["token"] == {"type": "oauth2"}


@pytest.mark.parametrize(("scheme", "account"), [("actor", "active"), ("newcomer", "any")])
def test_composing_keeps_which_accounts_may_call(tmp_path: Path, scheme: str, account: str) -> None:
    composed = compose(written(tmp_path, orgs=contract(security=[{scheme: []}])))

    assert composed["paths"]["/api/v1/things"]["get"]["x-account"] == account


def test_components_that_differ_keep_apart_and_equal_ones_are_one(tmp_path: Path) -> None:
    other = contract()
    other["paths"] = {"/api/v1/others": other["paths"]["/api/v1/things"]}
    alike = compose(written(tmp_path / "alike", orgs=contract(), identity=other))
    other["components"]["schemas"]["Thing"]["properties"] = {}
    different = compose(written(tmp_path / "different", orgs=contract(), identity=other))

    assert list(alike["components"]["schemas"]) == ["Thing"]
    assert list(different["components"]["schemas"]) == ["IdentityThing", "OrgsThing"]


def test_shared_pieces_become_part_of_the_composed_contract(tmp_path: Path) -> None:
    document = contract(parameters=[{"$ref": "shared/common.yaml#/parameters/limit"}])
    contracts = written(tmp_path, orgs=document)
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    (tmp_path / "openapi/shared/common.yaml").write_text(yaml.dump(SHARED | {"parameters": {"limit": limit}}))

    composed = compose(contracts)

    assert composed["paths"]["/api/v1/things"]["get"]["parameters"] == [{"$ref": "#/components/parameters/limit"}]
    assert composed["components"]["parameters"] == {"limit": limit}


def test_the_gateways_own_answers_are_added_to_every_operation(tmp_path: Path) -> None:
    busy = {"description": "Slow down", "x-problems": ["too-many-requests"], **PROBLEM}
    gone = {"description": "Gone", "x-problems": ["service-unavailable"]}
    edge = contract() | {"paths": {}, "x-every-operation": {"429": busy, "404": gone}}

    answers = compose(written(tmp_path, orgs=contract(), edge=edge))["paths"]["/api/v1/things"]["get"]["responses"]

    assert answers["429"]["x-problems"] == ["too-many-requests"]
    assert answers["404"]["x-problems"] == ["not-found", "service-unavailable"]


def test_the_gateways_own_operations_cross_to_no_service(tmp_path: Path) -> None:
    busy = {"description": "Slow down", "x-problems": ["too-many-requests"], **PROBLEM}
    late = {"description": "Late", "x-problems": ["gateway-timeout"], **PROBLEM}
    edge = contract() | {"x-every-operation": {"429": busy}, "x-forwarded-operation": {"504": late}}

    answers = compose(written(tmp_path, edge=edge))["paths"]["/api/v1/things"]["get"]["responses"]

    assert "429" in answers
    assert "504" not in answers
