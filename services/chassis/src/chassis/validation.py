"""What connexion checks of a request, told by JSON pointer and as advice. Nothing that gets past may answer 500."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from connexion.datastructures import MediaTypeDict
from connexion.json_schema import Draft4RequestValidator
from connexion.validators import VALIDATOR_MAP, FormDataValidator, ParameterValidator
from email_validator import EmailNotValidError, validate_email
from jsonschema import Draft4Validator, ValidationError
from rfc3339_validator import validate_rfc3339
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from chassis.advice import advice
from chassis.bridge import read_body
from chassis.errors import DomainError, InvalidRequest
from chassis.problems import language_of

FORMATS = Draft4Validator.FORMAT_CHECKER  # connexion uses this very object for parameters and answers
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL and half a surrogate pair: PostgreSQL refuses both
OTHER_CHARSET = re.compile(r"charset\s*=(?!\s*\"?(utf-?8|us-ascii)\b)", re.IGNORECASE)
MOST_ERRORS = 50


class UnsupportedMediaType(DomainError):
    type, status = "unsupported-media-type", 415


def is_time(value: object) -> bool:
    """RFC 3339 with offset, in years that every clock and database between here and there can hold."""
    if not isinstance(value, str):
        return True
    if not validate_rfc3339(value.upper()):
        return False
    try:
        return 1900 <= datetime.fromisoformat(value.upper()).astimezone(UTC).year < 2900
    except (ValueError, OverflowError):
        return False


def is_date(value: object) -> bool:
    """JSON Schema's draft 4 knows no dates, and Python's reader also takes weeks and dates without hyphens."""
    if not isinstance(value, str):
        return True
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def is_uuid(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        return str(UUID(value)) == value.lower()  # UUID() itself also takes braces and urn:
    except ValueError:
        return False


def is_email(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        validate_email(value, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


for name, check in {"date-time": is_time, "date": is_date, "uuid": is_uuid, "email": is_email}.items():
    FORMATS.checks(name)(check)


class Body:
    """Reads the whole body, checks it, hands it on. Stands in for connexion's validator of JSON bodies."""

    def __init__(self, *, schema: dict[str, Any], required: bool, nullable: bool, **_: Any) -> None:
        self._schema, self._required, self._nullable = schema, required, nullable

    async def wrap_receive(self, receive: Receive, *, scope: Scope) -> tuple[Receive, Scope]:
        raw = await read_body(receive)
        headers = Headers(scope=scope)
        language = language_of(headers.get("accept-language", ""))
        content_type = headers.get("content-type", "")
        # Without a type connexion assumes JSON here, but hands the function no body later.
        if OTHER_CHARSET.search(content_type) or (raw and not content_type):
            raise UnsupportedMediaType
        if raw or self._required:
            self._check(raw, language)
        return _replay(raw, receive), scope

    def _check(self, raw: bytes, language: str) -> None:
        if not raw:
            raise InvalidRequest(errors=[{"pointer": "", "detail": advice("body", language)}])
        try:
            content = json.loads(raw.decode(), parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise InvalidRequest(errors=[{"pointer": "", "detail": advice("json", language)}]) from None
        if content is None and self._nullable:
            return
        if errors := list(errors_of(self._schema, content, language))[:MOST_ERRORS]:
            raise InvalidRequest(errors=errors)


class Parameters(ParameterValidator):  # type: ignore[misc]
    """Path, query and header parameters; connexion stops at the first and speaks English only."""

    def validate_request(self, request: Any) -> None:
        language = language_of(request.headers.get("accept-language", ""))
        errors = [
            {"pointer": f"#/parameters/{name}", "detail": advice("additionalProperties", language)}
            for name in sorted(self.validate_query_parameter_list(request, self.security_query_params))
        ]
        query, path = request.query_params, request.path_params
        for parameter in self.parameters.get("query", []):
            errors += _parameter_errors(parameter, query.get(parameter["name"]), language)
        for parameter in self.parameters.get("path", []):
            errors += _parameter_errors(parameter, path.get(parameter["name"].replace("-", "_")), language)
        for parameter in self.parameters.get("header", []):
            errors += _parameter_errors(parameter, request.headers.get(parameter["name"]), language)
        for parameter in self.parameters.get("cookie", []):
            errors += _parameter_errors(parameter, request.cookies.get(parameter["name"]), language)
        if errors:
            raise InvalidRequest(errors=errors)


class Form(FormDataValidator):  # type: ignore[misc]
    """Connexion's own would log a value that does not fit, perhaps a secret, and refuse what an open form allows."""

    def _validate(self, body: Any) -> None:
        if next(errors_of(self._schema, body, "en"), None) is not None:
            raise InvalidRequest


def validator_map() -> dict[str, Any]:
    body = MediaTypeDict(dict(VALIDATOR_MAP["body"]))
    body.update({"*/*json": Body, "application/json": Body, "application/x-www-form-urlencoded": Form})
    return {**VALIDATOR_MAP, "parameter": Parameters, "body": body}


def errors_of(schema: dict[str, Any], content: Any, language: str) -> Iterator[dict[str, str]]:
    seen = set()
    for error in Draft4RequestValidator(schema, format_checker=FORMATS).iter_errors(content):
        for pointer, detail in _explain(error, language):
            if (pointer, detail) not in seen:
                seen.add((pointer, detail))
                yield {"pointer": pointer, "detail": detail}
    for pointer in _unstorable(content, ""):
        yield {"pointer": pointer, "detail": advice("unstorable", language)}


def _parameter_errors(parameter: dict[str, Any], value: Any, language: str) -> list[dict[str, str]]:
    pointer = f"#/parameters/{parameter['name']}"
    if value is None:
        missing = parameter.get("required") and parameter["in"] != "path"
        return [{"pointer": pointer, "detail": advice("required", language)}] if missing else []
    found = next(errors_of(parameter.get("schema", {}), value, language), None)
    return [{"pointer": pointer, "detail": found["detail"]}] if found else []


def _explain(error: ValidationError, language: str) -> Iterator[tuple[str, str]]:
    here = "".join(f"/{_escape(part)}" for part in error.absolute_path)
    word, wanted = str(error.validator), error.validator_value
    if word == "required":
        for name in wanted:
            if name not in error.instance:
                yield f"{here}/{_escape(name)}", advice(word, language)
    elif word == "additionalProperties" and wanted is False:
        for name in error.instance:
            if name not in error.schema.get("properties", {}):
                yield f"{here}/{_escape(name)}", advice(word, language)
    elif word == "type":
        yield here, advice(f"type {wanted}", language)
    elif word == "format":
        yield here, advice(f"format {wanted}", language)
    elif word == "minLength" and wanted == 1:
        yield here, advice("required", language)
    else:
        shown = ", ".join(str(each) for each in wanted if each is not None) if word == "enum" else wanted
        yield here, advice(word, language, shown)


def _unstorable(content: Any, pointer: str) -> Iterator[str]:
    if isinstance(content, str):
        if UNSTORABLE.search(content):
            yield pointer
    elif isinstance(content, dict):
        for name, value in content.items():
            yield from _unstorable(value, f"{pointer}/{_escape(name)}")
    elif isinstance(content, list):
        for place, value in enumerate(content):
            yield from _unstorable(value, f"{pointer}/{place}")


def _escape(part: object) -> str:
    """RFC 6901; cut, because the name may be the caller's, and cleaned, because it goes into an answer."""
    return UNSTORABLE.sub("\ufffd", str(part)).replace("~", "~0").replace("/", "~1")[:100]


def _refuse(_constant: str) -> Any:
    raise ValueError("NaN and Infinity are no JSON")


def _replay(raw: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": raw, "more_body": False}]

    async def again() -> Message:
        return pending.pop() if pending else await receive()

    return again
