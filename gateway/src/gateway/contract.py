"""The composed contract, compiled once: which operation a request asks for, and what that operation accepts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connexion.http_facts import METHODS
from connexion.operations import AbstractOperation
from connexion.resolver import Resolver
from connexion.spec import Specification

from gateway.routing import Routes
from gateway.schemas import Validator, compile_schema

OWN_SERVICE = "edge"
UNLIMITED = ("/hooks/", "/api/v1/join/")


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    header: bytes
    required: bool
    kind: str
    separator: str | None  # between the items of an array in one value; None: the parameter is repeated
    definition: dict[str, Any]
    validator: Validator

    def read(self, given: list[str]) -> Any:
        """The value as its schema wants it, or as it came where that cannot be: then the schema refuses it."""
        if self.kind != "array":
            return read_scalar(self.kind, given[-1])
        item_kind = self.definition["schema"].get("items", {}).get("type", "string")
        items = given[-1].split(self.separator) if self.separator else given
        return [read_scalar(item_kind, item) for item in items]


def read_scalar(kind: str, text: str) -> Any:
    if kind == "integer" and re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        return float(text)
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    return text


@dataclass(frozen=True, slots=True)
class Body:
    definition: dict[str, Any]
    validator: Validator


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    service: str
    method: str
    template: str
    secured: bool
    by_sign_in: bool  # also answers a browser whose sign-in is not a session yet: its service looks at that cookie
    polled: bool  # asking again and again is no use of the session
    unlimited: bool
    path: tuple[Parameter, ...]
    query: Mapping[str, Parameter]
    required_query: frozenset[str]
    headers: tuple[Parameter, ...]
    bodies: Mapping[str, Body]
    takes_body: bool
    body_required: bool

    @property
    def raw(self) -> bool:
        """Crosses as bytes: the service itself must see what was signed."""
        return self.template.startswith("/hooks/")

    @property
    def own(self) -> bool:
        return self.service == OWN_SERVICE


def compile_contract(specification: Specification, resolver: Resolver) -> Routes[Operation]:
    routes: Routes[Operation] = Routes()
    for template, item in specification["paths"].items():
        for method in item:
            if method in METHODS:
                read = specification.operation_cls.from_spec(
                    specification, path=template, method=method, resolver=resolver
                )
                routes.add(template, method.upper(), compile_operation(read, template, method, item[method]))
    return routes


def compile_operation(read: AbstractOperation, template: str, method: str, raw: Mapping[str, Any]) -> Operation:
    parameters: dict[str, list[Parameter]] = {"path": [], "query": [], "header": [], "cookie": []}
    for definition in read.parameters:
        parameters[definition["in"]].append(compile_parameter(definition))
    by_name = {parameter.name: parameter for parameter in parameters["path"]}
    contents = raw.get("requestBody", {}).get("content", {})
    return Operation(
        name=raw["operationId"],
        service=raw["x-service"],
        method=method.upper(),
        template=template,
        secured=bool(raw.get("security", [])),
        by_sign_in={"sign_in": []} in raw.get("security", []),
        polled=bool(raw.get("x-polled", False)),
        unlimited=template.startswith(UNLIMITED),
        path=tuple(by_name[name] for name in re.findall(r"{([^}]+)}", template)),
        query={parameter.name: parameter for parameter in parameters["query"]},
        required_query=frozenset(parameter.name for parameter in parameters["query"] if parameter.required),
        headers=tuple(parameters["header"]),
        bodies={
            media.lower(): compile_body(content["schema"]) for media, content in contents.items() if "schema" in content
        },
        takes_body=bool(contents),
        body_required=bool(raw.get("requestBody", {}).get("required", False)),
    )


def compile_parameter(definition: dict[str, Any]) -> Parameter:
    schema = definition["schema"]
    exploded = definition.get("explode", definition["in"] == "query")
    return Parameter(
        name=definition["name"],
        header=definition["name"].lower().encode(),
        required=bool(definition.get("required", False)),
        kind=schema.get("type", "string"),
        separator=None if exploded else ",",
        definition=definition,
        validator=compile_schema(schema),
    )


def compile_body(schema: dict[str, Any]) -> Body:
    return Body(schema, compile_schema(schema))
