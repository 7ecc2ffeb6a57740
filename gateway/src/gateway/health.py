"""Live and ready. Ready means that every service is; a second's memory keeps probes from becoming load."""

import asyncio
import time

import aiohttp

from gateway.settings import Settings
from gateway.upstreams import Upstreams

REMEMBERED_SECONDS = 1.0
PROBE_SECONDS = 1.0


class Health:
    def __init__(self, settings: Settings, upstreams: Upstreams) -> None:
        self._names = [name for name in settings.upstreams() if name != "portal"]
        self._upstreams = upstreams
        self._timeout = aiohttp.ClientTimeout(total=PROBE_SECONDS)
        self._asking = asyncio.Lock()
        self._asked_at = -REMEMBERED_SECONDS
        self._missing: list[str] = []
        self.draining = False
        self.in_hand = 0  # requests not yet answered

    async def missing(self) -> list[str]:
        """What keeps us from being ready; for the ops port and the log, never for the public."""
        if self.draining:
            return ["draining"]
        async with self._asking:
            if time.monotonic() - self._asked_at >= REMEMBERED_SECONDS:
                answers = await asyncio.gather(*map(self._is_ready, self._names))
                self._missing = [name for name, ready in zip(self._names, answers, strict=True) if not ready]
                self._asked_at = time.monotonic()
        return self._missing

    async def _is_ready(self, name: str) -> bool:
        try:
            with self._upstreams.pool as client:
                address = self._upstreams.address(name) + "/health/ready"
                async with client.get(address, timeout=self._timeout) as answer:
                    return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False
