"""What the door knows of a request before anybody looks at its contract."""

from dataclasses import dataclass, field
from enum import Enum

PORTAL = "portal"


class Listener(Enum):
    PUBLIC = "public"
    INTERNAL = "internal"
    OPS = "ops"


@dataclass(slots=True)
class Arrival:
    listener: Listener
    client_address: str
    language: str
    headers: dict[bytes, bytes] = field(repr=False)
    operation: str = "unknown"  # what logs and metrics call this request: never its path

    @property
    def wants_page(self) -> bool:
        """A person's browser on its way to the portal; programs get JSON."""
        return self.operation == PORTAL and b"text/html" in self.headers.get(b"accept", b"")
