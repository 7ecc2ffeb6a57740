"""Contracts as they lie on disk: documents, the references between them, their operations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from runner.places import CONTRACTS, SERVICES

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
SECTIONS = ("schemas", "parameters", "responses", "headers", "examples", "requestBodies", "links")


@dataclass(frozen=True)
class Source:
    """One place in one file: what a `$ref` names."""

    file: Path
    pointer: str

    @property
    def name(self) -> str:
        return self.pointer.rsplit("/", 1)[-1]

    @property
    def section(self) -> str:
        """The section of `components` it belongs to: shared files may leave out `components` and, for schemas, all."""
        parts = self.pointer.strip("/").split("/")
        return parts[-2] if len(parts) > 1 and parts[-2] in SECTIONS else "schemas"


@dataclass(frozen=True)
class Operation:
    service: str
    path: str
    method: str
    body: dict[str, Any]
    file: Path
    shared_parameters: list[Any]

    @property
    def internal(self) -> bool:
        return bool(self.body.get("x-internal")) or self.path.startswith("/internal/")

    @property
    def title(self) -> str:
        return f"{self.method.upper()} {self.path}"


@dataclass
class Contracts:
    folder: Path = CONTRACTS
    _documents: dict[Path, Any] = field(default_factory=dict)

    def document(self, file: Path) -> Any:
        if file not in self._documents:
            self._documents[file] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        return self._documents[file]

    def service_file(self, service: str) -> Path:
        return self.folder / "openapi" / f"{service}.yaml"

    @property
    def present(self) -> list[str]:
        return [service for service in SERVICES if self.service_file(service).exists()]

    def operations(self, service: str) -> Iterator[Operation]:
        file = self.service_file(service)
        for path, item in self.document(file).get("paths", {}).items():
            for method in METHODS:
                if method in item:
                    body = dict(item[method])
                    if item.get("x-internal"):
                        body["x-internal"] = True
                    yield Operation(service, path, method, body, file, item.get("parameters", []))

    def source(self, ref: str, base: Path) -> Source:
        file, _, pointer = ref.partition("#")
        return Source((base.parent / file).resolve() if file else base, pointer)

    def at(self, source: Source) -> Any:
        node = self.document(source.file)
        for part in source.pointer.strip("/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        return node

    def resolve(self, node: Any, base: Path) -> tuple[Any, Path]:
        """The node itself, or what its `$ref` names, and the file in which that stands."""
        while isinstance(node, dict) and "$ref" in node:
            source = self.source(node["$ref"], base)
            node, base = self.at(source), source.file
        return node, base

    @cached_property
    def problems(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for file in [self.folder / "problems.yaml", *sorted((self.folder / "problems").glob("*.yaml"))]:
            if file.exists():
                found |= self.document(file)
        return found

    @cached_property
    def public(self) -> dict[str, str]:
        file = self.folder / "public.yaml"
        return dict(self.document(file)) if file.exists() else {}
