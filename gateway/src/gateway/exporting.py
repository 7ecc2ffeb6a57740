"""One of the few reads put together here: all that the services keep of the caller, each under its own rights (O5)."""

import asyncio
from typing import Any

from starlette.types import Scope, Send

from chassis import clock, problems
from gateway.answers import Header, send_bytes
from gateway.arrival import Arrival
from gateway.credentials import Credential, credential_of
from gateway.errors import NotSignedIn, ServiceUnavailable
from gateway.parts import Parts, object_in

SERVICES = ("identity", "orgs", "conferences", "notifications")
PATH = "/internal/account-export"
HEADERS: list[Header] = [
    (b"cache-control", b"no-store"),
    (b"content-disposition", b'attachment; filename="epresence-data.json"'),
]


class Exporter:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def answer(self, scope: Scope, _values: list[str], send: Send) -> None:
        """A part that cannot be had is named as missing; without any there is no answer worth the name."""
        arrival: Arrival = scope["gateway"]
        credential = credential_of(arrival)
        if credential is None:
            raise NotSignedIn
        parts = await asyncio.gather(*(self._part(service, credential, arrival) for service in SERVICES))
        if not any(parts):
            raise ServiceUnavailable
        body = {
            "made_at": clock.now(),
            "complete": all(part is not None for part in parts),
            "parts": [
                {"service": service, "state": "unavailable" if part is None else "included", "data": part}
                for service, part in zip(SERVICES, parts, strict=True)
            ],
        }
        await send_bytes(send, problems.dump(body).encode(), headers=HEADERS)

    async def _part(self, service: str, credential: Credential, arrival: Arrival) -> dict[str, Any] | None:
        part = await self._parts.read(service, PATH, credential, arrival)
        return object_in(part.body) if part is not None and part.fine else None
