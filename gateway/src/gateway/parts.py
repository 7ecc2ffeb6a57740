"""What is put together here is read part by part, each from its service under the caller's own rights."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import aiohttp
from starlette.types import Send

from chassis import logs
from gateway.answers import send_bytes
from gateway.arrival import Arrival
from gateway.credentials import Credential
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.upstreams import Upstreams

log = logs.get_logger(__name__)
MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """A service's answer; also a refusal is one."""

    status: int
    body: bytes
    content_type: str

    @property
    def fine(self) -> bool:
        return self.status == 200


class Parts:
    def __init__(self, settings: Settings, *, sessions: Sessions, upstreams: Upstreams) -> None:
        self._secret, self._seconds = settings.internal_secret, settings.answer_seconds
        self._sessions, self._upstreams = sessions, upstreams

    async def read(self, service: str, path: str, credential: Credential, arrival: Arrival) -> Part | None:
        """None from a service that is away just now."""
        token = await self._sessions.token(credential, service, prolong=False)
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept-Language": arrival.language,
            "X-Correlation-ID": logs.correlation_id(),
            "X-Internal": self._secret,
            "X-Client-Address": arrival.client_address,
        }
        url = self._upstreams.address(service) + path
        try:
            async with asyncio.timeout(self._seconds):
                with self._upstreams.pool as client:
                    async with client.get(url, headers=headers) as answer:
                        if answer.status >= 500:
                            answer.raise_for_status()
                        body = await _read(answer)
                        if answer.status == 200:
                            object_in(body)
                        return Part(answer.status, body, answer.headers.get("Content-Type", ""))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("part of an answer missing", missing=service, reason=type(error).__name__)
            return None


async def pass_on(send: Send, part: Part, arrival: Arrival) -> None:
    """A service's answer as the gateway's own, refusals included."""
    headers = [(b"cache-control", b"no-store"), (b"content-language", arrival.language.encode())]
    await send_bytes(send, part.body, status=part.status, content_type=part.content_type, headers=headers)


def object_in(body: bytes) -> dict[str, Any]:
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
