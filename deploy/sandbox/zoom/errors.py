"""Refusals in the API's own shape: status, number, prose; clients go by the first two."""

from typing import Any


class ZoomError(Exception):
    def __init__(
        self,
        status: int,
        code: int,
        message: str,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.body: dict[str, Any] = {"code": code, "message": message}
        if errors:
            self.body["errors"] = errors


def invalid(*fields: tuple[str, str]) -> ZoomError:
    errors = [{"field": name, "message": message} for name, message in fields]
    return ZoomError(400, 300, "Validation Failed.", errors=errors)


def no_user(key: str) -> ZoomError:
    return ZoomError(404, 1001, f"User does not exist: {key}.")


def no_meeting(key: object) -> ZoomError:
    return ZoomError(404, 3001, f"Meeting does not exist: {key}.")
