"""What the gateway itself answers when a request goes no further. Titles and advice: contracts/problems/."""

from collections.abc import Sequence

from chassis.errors import DomainError, InvalidRequest, NotFound, RetryLater

__all__ = [
    "BadGateway",
    "GatewayTimeout",
    "InvalidRequest",
    "MethodNotAllowed",
    "NotFound",
    "NotSignedIn",
    "OriginRefused",
    "ServiceUnavailable",
    "SessionExpired",
    "TooLarge",
    "TooManyRequests",
    "UnsupportedMediaType",
]


class MethodNotAllowed(DomainError):
    type, status = "method-not-allowed", 405

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__()
        self._allowed = allowed

    def headers(self) -> dict[str, str]:
        return {"Allow": ", ".join(sorted(self._allowed))}


class NotSignedIn(DomainError):
    type, status = "not-signed-in", 401

    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": 'Bearer realm="e:Presence"'}


class SessionExpired(NotSignedIn):
    type, status = "session-expired", 401


class OriginRefused(DomainError):
    """A page elsewhere made this browser send its cookie here."""

    type, status = "origin-refused", 403


class TooLarge(DomainError):
    type, status = "too-large", 413


class UnsupportedMediaType(DomainError):
    type, status = "unsupported-media-type", 415


class TooManyRequests(RetryLater):
    type, status = "too-many-requests", 429


class BadGateway(RetryLater):
    """The service broke off or answered what no contract knows: whether it did the thing is not known."""

    type, status = "bad-gateway", 502
    retry_after_seconds = 2


class ServiceUnavailable(RetryLater):
    """The service could not be reached: nothing was done."""

    type, status = "service-unavailable", 503
    retry_after_seconds = 3


class GatewayTimeout(RetryLater):
    type, status = "gateway-timeout", 504
    retry_after_seconds = 5
