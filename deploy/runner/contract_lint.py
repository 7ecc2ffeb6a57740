"""What every contract must say, so that a program can rely on it and nothing unforeseen comes in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runner.contract_compose import EDGE
from runner.contract_files import Contracts, Operation

# Formats that bound a string by themselves: each is checked on the way in.
BOUNDED_FORMATS = {"uuid", "date", "date-time", "binary"}


def lint(contracts: Contracts) -> list[str]:
    services = [*contracts.present, *([EDGE] if contracts.service_file(EDGE).exists() else [])]
    operations = [operation for service in services for operation in contracts.operations(service)]
    found = [
        f"{operation.service}.yaml: {operation.title}: {fault}"
        for operation in operations
        for fault in faults_of(operation, contracts)
    ]
    found += repeated(operations)
    for file in files_of(contracts, services):
        found += [f"{file.name}: {fault}" for fault in schema_faults(contracts.document(file), "")]
    listed = {operation.title for operation in operations if not security_of(operation, contracts)}
    found += [f"public.yaml: {title}: no such public operation" for title in contracts.public if title not in listed]
    return found


def files_of(contracts: Contracts, services: list[str]) -> list[Path]:
    shared = sorted((contracts.folder / "openapi" / "shared").glob("*.yaml"))
    return [*(contracts.service_file(service) for service in services), *shared]


def repeated(operations: list[Operation]) -> list[str]:
    """One operation, one name; one path, one service: of those that the gateway's contract is put together from."""
    names = Counter((operation.service, operation.body.get("operationId")) for operation in operations)
    titles = Counter(operation.title for operation in operations if not operation.internal)
    return [
        *(f"{service}.yaml: operationId {name} is used {n} times" for (service, name), n in names.items() if n > 1),
        *(f"{title} is in {n} contracts" for title, n in titles.items() if n > 1),
    ]


def security_of(operation: Operation, contracts: Contracts) -> list[Any]:
    document = contracts.document(operation.file)
    return list(operation.body.get("security", document.get("security", [])))


def faults_of(operation: Operation, contracts: Contracts) -> Iterator[str]:
    name = operation.body.get("operationId", "")
    if name.count(".") != 1:
        yield f"operationId {name!r} is not <module>.<function>"
    if not operation.body.get("tags"):
        yield "has no tag"
    if not security_of(operation, contracts) and operation.title not in contracts.public:
        yield "is neither secured nor listed in contracts/public.yaml"
    responses = operation.body.get("responses", {})
    if "default" in responses:
        yield "has a default answer: name each"
    if not any(str(status).startswith(("2", "3")) for status in responses):
        yield "never succeeds"
    for status, answer in responses.items():
        if str(status).startswith(("4", "5")):
            yield from answer_faults(str(status), answer, operation, contracts)


def answer_faults(status: str, answer: Any, operation: Operation, contracts: Contracts) -> Iterator[str]:
    resolved, _ = contracts.resolve(answer, operation.file)
    types = resolved.get("x-problems", [])
    if not types:
        yield f"{status} names no x-problems"
    for problem in types:
        if problem not in contracts.problems:
            yield f"{status} names {problem!r}, which contracts/problems/ does not know"
        elif str(contracts.problems[problem].get("status")) != status:
            yield f"{status} names {problem!r}, which is a {contracts.problems[problem].get('status')}"
    if "x-oauth-error" in resolved and "application/json" not in resolved.get("content", {}):
        yield f"{status} is not application/json, as RFC 6749 §5.2 wants it"
    if "application/problem+json" not in resolved.get("content", {}):
        yield f"{status} is not application/problem+json"


def schema_faults(node: Any, pointer: str) -> Iterator[str]:
    """Objects closed, strings and arrays bounded, wherever in a document a schema stands."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            yield from schema_faults(item, f"{pointer}/{index}")
        return
    if not isinstance(node, dict):
        return
    kind = node.get("type")
    if kind == "object" and "x-open" not in node and not closed(node):
        yield f"{pointer}: the object is open: additionalProperties: false, or x-open with the reason"
    if kind == "string" and not bounded(node):
        yield f"{pointer}: the string has no maxLength"
    if kind == "array" and "maxItems" not in node:
        yield f"{pointer}: the array has no maxItems"
    for key, value in node.items():
        if key in ("example", "examples", "enum", "default"):
            continue
        if value is None:
            yield f"{pointer}: {key!r} says nothing: is a comma or colon in an unquoted text?"
        if key == "properties" and isinstance(value, dict):
            for name, schema in value.items():
                yield from schema_faults(schema, f"{pointer}/properties/{name}")
        else:
            yield from schema_faults(value, f"{pointer}/{str(key).replace('/', '~1')}")


def closed(node: dict[str, Any]) -> bool:
    allowed = node.get("additionalProperties", True)
    return allowed is False or (isinstance(allowed, dict) and bool(allowed))


def bounded(node: dict[str, Any]) -> bool:
    return "maxLength" in node or "enum" in node or node.get("format") in BOUNDED_FORMATS
