"""Refusals as classes. Pure, so that rules may raise them; titles and advice are translated at the edge by `type`."""

from typing import Any, ClassVar


class DomainError(Exception):
    """A problem with a stable name. `facts` reach the caller when the catalogue lists them for this type."""

    type: ClassVar[str]
    status: ClassVar[int]

    def __init__(self, **facts: Any) -> None:
        super().__init__(self.type)
        self.facts = facts

    def headers(self) -> dict[str, str]:
        """Headers that belong to the answer, such as Retry-After."""
        return {}


class NotFound(DomainError):
    type, status = "not-found", 404


class Forbidden(DomainError):
    """`reason` is a kebab-case word that says which right is missing."""

    type, status = "forbidden", 403


class Conflict(DomainError):
    type, status = "conflict", 409


class Gone(DomainError):
    type, status = "gone", 410


class RetryLater(DomainError):
    """Base of the refusals that name a moment to come back."""

    retry_after_seconds: int = 1

    def __init__(self, *, retry_after_seconds: int | None = None, **facts: Any) -> None:
        super().__init__(**facts)
        if retry_after_seconds is not None:
            self.retry_after_seconds = retry_after_seconds

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(max(1, self.retry_after_seconds))}


class TooManyAttempts(RetryLater):
    type, status = "too-many-attempts", 429


class Unavailable(RetryLater):
    """Something we need is away for a moment; nothing was changed."""

    type, status = "temporarily-unavailable", 503
    retry_after_seconds = 5


class InvalidRequest(DomainError):
    """What a contract cannot say about one field. `errors` is a list of {pointer, detail}."""

    type, status = "invalid-request", 400
