"""The gateway's contract, composed from those of the services.

Internal operations are left out, every reference becomes local, so that the file stands by itself, and security
becomes what a caller of the gateway shows: the session's cookie or a bearer token. `x-service` says who answers an
operation and `x-account` whether the caller's account must be active. `edge.yaml` holds the gateway's own operations
and, under `x-…-operation`, the answers the gateway may give in a service's place.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from runner.contract_files import Contracts, Operation, Source

HEADER = "# Composed by `python -m runner.contracts compose` from the services' contracts and edge.yaml. Do not edit.\n"
EDGE = "edge"

SECURITY_SCHEMES = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-epresence",
        "description": "A browser's session. Unsafe requests also need a matching Origin.",
    },
    "sign_in": {
        "type": "apiKey",
        "in": "cookie",
        "name": "__Host-epresence-signin",
        "description": "A pending sign-in, where it stands in for the session it is about to become.",
    },
}
PROGRAM = "program"


def compose(contracts: Contracts) -> dict[str, Any]:
    return Composer(contracts).document()


def render(document: dict[str, Any]) -> str:
    return HEADER + yaml.dump(document, Dumper=Plain, sort_keys=False, allow_unicode=True, width=120)


class Plain(yaml.SafeDumper):
    """No anchors: a reader should not have to look for them."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class' signature
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


Plain.add_representer(str, _text)


class Composer:
    def __init__(self, contracts: Contracts) -> None:
        self.contracts = contracts
        self.edge_file = contracts.service_file(EDGE)
        self.edge = contracts.document(self.edge_file) if self.edge_file.exists() else {}
        self.services = contracts.present + ([EDGE] if self.edge else [])
        self.operations = [
            operation
            for service in self.services
            for operation in contracts.operations(service)
            if not operation.internal
        ]
        self.names = self._names()

    def document(self) -> dict[str, Any]:
        paths: dict[str, Any] = {}
        for operation in self.operations:
            paths.setdefault(operation.path, {})[operation.method] = self._operation(operation)
        return {
            "openapi": "3.0.3",
            "info": self.edge.get("info", {"title": "e:Presence", "version": "1"}),
            "servers": [{"url": "/"}],
            "tags": self._tags(),
            "paths": paths,
            "components": self._components(),
        }

    def _tags(self) -> list[dict[str, Any]]:
        described = {
            tag["name"]: tag
            for service in self.services
            for tag in self.contracts.document(self.contracts.service_file(service)).get("tags", [])
        }
        used = dict.fromkeys(tag for operation in self.operations for tag in operation.body.get("tags", []))
        return [described.get(name, {"name": name}) for name in used]

    # ---------------------------------------------------------------- operations
    def _operation(self, operation: Operation) -> dict[str, Any]:
        body = dict(operation.body)
        security = body.pop("security", self.contracts.document(operation.file).get("security", []))
        schemes = {name for choice in security for name in choice}
        if parameters := operation.shared_parameters + body.get("parameters", []):
            body["parameters"] = parameters
        composed: dict[str, Any] = {
            "operationId": f"{operation.service}.{body.pop('operationId')}",
            "x-service": operation.service,
            **({"x-account": "any" if "newcomer" in schemes else "active"} if schemes else {}),
            "security": [*_shown_to_the_gateway(schemes), *self._for_programs(security)],
        }
        responses = self._responses(operation, body.pop("responses", {}), secured=bool(schemes))
        described: dict[str, Any] = self._local(body, operation.file)
        return composed | described | {"responses": responses}

    def _for_programs(self, security: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """A program's token opens only what names a scope."""
        return [{"token": choice[PROGRAM]} for choice in security if PROGRAM in choice]

    def _responses(self, operation: Operation, responses: dict[str, Any], *, secured: bool) -> dict[str, Any]:
        merged = {str(status): self._local(answer, operation.file) for status, answer in responses.items()}
        for status, edge_answer in self._edge_answers(operation, secured=secured).items():
            local_edge_answer = self._local(edge_answer, self.edge_file)
            if str(status) not in merged:
                merged[str(status)] = local_edge_answer
            elif merged[str(status)] != local_edge_answer:
                answer, base = self.contracts.resolve(responses.get(status, responses.get(str(status))), operation.file)
                added, _ = self.contracts.resolve(edge_answer, self.edge_file)
                problems = dict.fromkeys([*answer.get("x-problems", []), *added.get("x-problems", [])])
                if len(problems) > len(answer.get("x-problems", [])):
                    merged[str(status)] = self._local(answer, base) | {"x-problems": list(problems)}
        return dict(sorted(merged.items()))

    def _edge_answers(self, operation: Operation, *, secured: bool) -> dict[str, Any]:
        """What the gateway itself may answer to this operation. Webhooks cross as bytes: nothing of them is checked."""
        checked = not operation.path.startswith("/hooks/")
        applies = {
            "x-every-operation": True,
            "x-forwarded-operation": operation.service != EDGE,
            "x-checked-operation": checked,
            "x-secured-operation": secured,
            "x-unsafe-operation": checked and operation.method not in ("get", "head"),
            "x-operation-with-body": checked and "requestBody" in operation.body,
        }
        return {
            status: answer
            for group, does_apply in applies.items()
            if does_apply
            for status, answer in self.edge.get(group, {}).items()
        }

    # ---------------------------------------------------------------- components
    def _components(self) -> dict[str, Any]:
        sections: dict[str, dict[str, Any]] = defaultdict(dict)
        for source, name in sorted(self.names.items(), key=lambda item: item[1]):
            sections[source.section][name] = self._local(self.contracts.at(source), source.file)
        shared = self.contracts.document(self.contracts.folder / "openapi" / "shared" / "common.yaml")
        program = shared["securitySchemes"][PROGRAM]
        token = {name: value for name, value in program.items() if not name.startswith("x-")}
        return {"securitySchemes": {**SECURITY_SCHEMES, "token": token}, **dict(sorted(sections.items()))}

    def _local(self, node: Any, base: Path) -> Any:
        """The same with every reference pointing into this document."""
        if isinstance(node, dict):
            if isinstance(node.get("$ref"), str):
                source = self.contracts.source(node["$ref"], base)
                return {"$ref": f"#/components/{source.section}/{self.names[source]}"}
            return {key: self._local(value, base) for key, value in node.items()}
        return [self._local(item, base) for item in node] if isinstance(node, list) else node

    def _names(self) -> dict[Source, str]:
        """A name for every component in use: its own, or its file's in front where two of that name differ."""
        used: dict[Source, None] = {}
        for operation in self.operations:
            self._collect([operation.body, operation.shared_parameters], operation.file, used)
        answers = [group for name, group in self.edge.items() if name.startswith("x-")]
        self._collect(answers, self.edge_file, used)
        variants: dict[tuple[str, str], dict[str, list[Source]]] = defaultdict(lambda: defaultdict(list))
        for source in used:
            variants[source.section, source.name][self._fingerprint(source)].append(source)
        return {
            source: source.name if len(alike) == 1 else f"{source.file.stem.capitalize()}{source.name}"
            for alike in variants.values()
            for sources in alike.values()
            for source in sources
        }

    def _collect(self, node: Any, base: Path, used: dict[Source, None]) -> None:
        for ref in references(node):
            source = self.contracts.source(ref, base)
            if source not in used:
                used[source] = None
                self._collect(self.contracts.at(source), source.file, used)

    def _fingerprint(self, source: Source, within: tuple[Source, ...] = ()) -> str:
        """Equal for components that say the same, wherever they and what they refer to stand."""

        def expanded(node: Any, base: Path) -> Any:
            if isinstance(node, dict):
                if isinstance(node.get("$ref"), str):
                    target = self.contracts.source(node["$ref"], base)
                    return target.name if target in within else self._fingerprint(target, (*within, source))
                return {str(key): expanded(value, base) for key, value in node.items()}
            return [expanded(item, base) for item in node] if isinstance(node, list) else node

        return json.dumps(expanded(self.contracts.at(source), source.file), sort_keys=True, default=str)


def _shown_to_the_gateway(schemes: set[str]) -> list[dict[str, list[str]]]:
    names = ["session", *(["sign_in"] if "sign_in" in schemes else [])] if schemes else []
    return [{name: []} for name in names]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
            return
        node = list(node.values())
    if isinstance(node, list):
        for item in node:
            yield from references(item)
