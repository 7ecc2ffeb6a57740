"""One of the few reads put together here: all that the services keep of the caller, each under its own rights (O5)."""

import asyncio
import json
from typing import Any

import aiohttp
from starlette.types import Scope, Send

from chassis import clock, logs, problems
from gateway.answers import Header, send_bytes
from gateway.arrival import Arrival
from gateway.credentials import Credential, credential_of
from gateway.errors import NotSignedIn, ServiceUnavailable
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.upstreams import Upstreams

log = logs.get_logger(__name__)
SERVICES = ("identity", "orgs", "conferences", "notifications")
PATH = "/internal/account-export"
MOST_BYTES = 32 * 1024 * 1024  # of one part
HEADERS: list[Header] = [
    (b"cache-control", b"no-store"),
    (b"content-disposition", b'attachment; filename="epresence-data.json"'),
]


class Exporter:
    def __init__(self, settings: Settings, *, sessions: Sessions, upstreams: Upstreams) -> None:
        self._secret, self._seconds = settings.internal_secret, settings.answer_seconds
        self._sessions, self._upstreams = sessions, upstreams

    async def answer(self, scope: Scope, send: Send) -> None:
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
        token = await self._sessions.token(credential, service, prolong=False)
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Correlation-ID": logs.correlation_id(),
            "X-Internal": self._secret,
            "X-Client-Address": arrival.client_address,
        }
        url = self._upstreams.address(service) + PATH
        try:
            async with asyncio.timeout(self._seconds):
                with self._upstreams.pool as client:
                    async with client.get(url, headers=headers) as answer:
                        answer.raise_for_status()
                        return _part_of(await _read(answer))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("part of an export missing", missing=service, reason=type(error).__name__)
            return None


def _part_of(body: bytes) -> dict[str, Any]:
    part = json.loads(body)
    if not isinstance(part, dict):
        raise ValueError("no object")
    return part


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > MOST_BYTES:
            raise ValueError("too large")
    return bytes(body)
