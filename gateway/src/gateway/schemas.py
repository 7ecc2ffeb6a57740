"""A contract's schemas, compiled by a validator fast enough for every request.

It only says yes or no. Why not is worked out by the chassis' slower validator, so that gateway and services explain a
refusal in the same words; where the two disagree the request passes, because a service checks its contract again.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

import jsonschema_rs

from chassis import validation

# The services' own, so that both mean the same by them.
FORMATS: dict[str, Callable[[str], bool]] = {
    name: partial(validation.FORMATS.conforms, format=name) for name in ("uuid", "date-time", "date", "email")
}
NESTED = ("items", "not", "additionalProperties")
NESTED_LISTS = ("allOf", "anyOf", "oneOf")


class Validator(Protocol):
    def is_valid(self, instance: Any) -> bool: ...


def compile_schema(schema: dict[str, Any]) -> Validator:
    return jsonschema_rs.Draft4Validator(as_draft4(schema), validate_formats=True, formats=FORMATS)


def as_draft4(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in JSON Schema's own words."""
    if not isinstance(schema, dict):
        return schema
    told = {
        key: value for key, value in schema.items() if key not in ("example", "nullable") and not key.startswith("x-")
    }
    for key in NESTED:
        if key in told:
            told[key] = as_draft4(told[key])
    for key in NESTED_LISTS:
        if key in told:
            told[key] = [as_draft4(each) for each in told[key]]
    if "properties" in told:
        told["properties"] = {name: as_draft4(each) for name, each in told["properties"].items()}
    return {"anyOf": [told, {"type": "null"}]} if schema.get("nullable") else told


def parse_json(body: bytes) -> Any:
    """Raises ValueError for what is no JSON, and for what no reader could take in."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except RecursionError as error:
        raise ValueError("too deep") from error


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def is_storable(value: Any) -> bool:
    """NUL is legal text and half a surrogate pair legal JSON, yet PostgreSQL refuses both; validators may choke."""
    if isinstance(value, str):
        return not validation.UNSTORABLE.search(value)
    if isinstance(value, dict):
        return all(not validation.UNSTORABLE.search(name) and is_storable(each) for name, each in value.items())
    return not isinstance(value, list) or all(map(is_storable, value))
