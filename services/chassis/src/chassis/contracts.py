"""Reads `contracts/`: OpenAPI files with their shared pieces put in, schemas of facts, problems and rights."""

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from chassis.settings import find_contracts

_folder: Path | None = None


def use(folder: Path) -> None:
    """Read from this folder from now on."""
    global _folder  # noqa: PLW0603 - one folder per process, told once at the start
    if folder != _folder:
        _folder = folder
        for cached in (document, openapi, event_validator, problems, rights):
            cached.cache_clear()


def folder() -> Path:
    return _folder or find_contracts()


@cache
def document(path: Path) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))  # JSON is YAML too


@cache
def openapi(name: str) -> dict[str, Any]:
    """An OpenAPI file whose references into other files are replaced by what they name; its own `#/…` stay."""
    path = folder() / "openapi" / name
    whole: dict[str, Any] = _inline(document(path), path, path)
    return whole


def _inline(node: Any, here: Path, root: Path) -> Any:
    if isinstance(node, list):
        return [_inline(item, here, root) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return {str(key): _inline(value, here, root) for key, value in node.items()}
    file, _, pointer = reference.partition("#")
    target = (here.parent / file).resolve() if file else here
    if target == root:
        return {"$ref": f"#{pointer}"}
    found = document(target)
    for part in pointer.strip("/").split("/") if pointer.strip("/") else []:
        found = found[part.replace("~1", "/").replace("~0", "~")]
    return _inline(deepcopy(found), target, root)


class EventContractBroken(ValueError):
    """A fact we were about to send does not fit its published schema."""


def event_schema(path: Path) -> dict[str, Any]:
    """A fact's schema, whole: a snapshot's refers to that of the fact it says again."""
    whole: dict[str, Any] = _inline(document(path), path, path)
    return whole


@cache
def event_validator(type_: str) -> Draft202012Validator:
    path = folder() / "events" / f"{type_}.json"
    if not path.is_file():
        raise EventContractBroken(f"{type_} has no schema in contracts/events")
    return Draft202012Validator(event_schema(path), format_checker=Draft202012Validator.FORMAT_CHECKER)


def check_event(type_: str, data: dict[str, Any]) -> None:
    """Names the field, never its value: the message may end in a log."""
    for error in event_validator(type_).iter_errors(data):
        where = "/".join(str(part) for part in error.absolute_path)
        raise EventContractBroken(f"{type_}: /{where} breaks «{error.validator}»")


@cache
def problems() -> dict[str, dict[str, Any]]:
    catalogue: dict[str, dict[str, Any]] = {}
    for path in sorted((folder() / "problems").glob("*.yaml")):
        catalogue.update(document(path) or {})
    return catalogue


@cache
def rights() -> dict[str, dict[str, Any]]:
    """By object who may do what with it; and under `reasons`, in words, why not."""
    whole: dict[str, dict[str, Any]] = document(folder() / "rights.yaml")
    return whole


def reason_in_words(reason: str | None) -> dict[str, str] | None:
    words: dict[str, str] | None = rights()["reasons"].get(reason or "")
    return words
