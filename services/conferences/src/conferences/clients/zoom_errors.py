"""What can go wrong with a call to the provider. Texts of his change: status and numeric code decide."""

from datetime import datetime

NOT_FOUND_CODES = (1001, 3001, 3000)
INVALID_TOKEN = 124
RUNNING = 3002


class ZoomError(Exception):
    """`reason` is a word for `room_reason` and for logs; never a text of the provider, which may hold names."""

    reason = "provider-failed"

    def __init__(self, operation: str) -> None:
        super().__init__(f"{self.reason}: {operation}")


class ZoomUnavailable(ZoomError):
    """No answer, or one that means «later». Something may have been done nevertheless."""

    reason = "provider-unreachable"


class ZoomLimited(ZoomError):
    """Too many calls: a moment (`until` is None) or until the day's end."""

    reason = "provider-limit"

    def __init__(self, operation: str, until: datetime | None = None) -> None:
        super().__init__(operation)
        self.until = until


class ZoomRefused(ZoomError):
    reason = "provider-refused"

    def __init__(self, status: int, code: int | None, operation: str) -> None:
        super().__init__(f"{operation} {status}/{code}")
        self.status, self.code = status, code

    @property
    def is_missing(self) -> bool:
        """There is no such thing, or not yet: the provider says both in the same way."""
        return self.status == 404 and self.code in NOT_FOUND_CODES
