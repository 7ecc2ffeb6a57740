"""ETag and If-Match over a row's `version`."""

from flask import request

from chassis.errors import DomainError


class PreconditionRequired(DomainError):
    type, status = "precondition-required", 428


class PreconditionFailed(DomainError):
    type, status = "precondition-failed", 412


def etag(version: int) -> str:
    return f'"{version}"'


def if_match(version: int) -> None:
    """The caller must have seen this version: 428 when it does not say, 412 when it saw another."""
    wanted = request.headers.get("If-Match")
    if not wanted:
        raise PreconditionRequired
    seen = {part.strip().removeprefix("W/") for part in wanted.split(",")}
    if etag(version) not in seen and "*" not in seen:
        raise PreconditionFailed
