"""Connections to the services. Renewed every few seconds, so that replicas that come up get work."""

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

import aiohttp

from gateway.settings import Settings

IDLE_SECONDS = 10  # shorter than the services keep an idle connection, or a POST could meet one that just closed
MOST_PER_SERVICE = 256
RETIRE_POLL_SECONDS = 1.0


class Pool:
    """One generation of connections; closed when it is out of use and its last request is over."""

    def __init__(self, settings: Settings) -> None:
        self.underway = 0
        self.client = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=MOST_PER_SERVICE, keepalive_timeout=IDLE_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=settings.connect_seconds),
            max_line_size=16_384,
            max_field_size=16_384,
        )

    def __enter__(self) -> aiohttp.ClientSession:
        self.underway += 1
        return self.client

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.underway -= 1


class Upstreams:
    pool: Pool  # the newest generation; there is none before the start

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._addresses = {name: url.rstrip("/") for name, url in settings.upstreams().items()}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self.pool = Pool(self._settings)
        self._start(self._renew())
        return self

    async def __aexit__(self, kind: object, error: object, trace: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.pool.client.close()

    def address(self, service: str) -> str:
        return self._addresses[service]

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._settings.connection_seconds)
            old, self.pool = self.pool, Pool(self._settings)
            self._start(self._retire(old))

    async def _retire(self, pool: Pool) -> None:
        try:
            while pool.underway:
                await asyncio.sleep(RETIRE_POLL_SECONDS)
        finally:
            await pool.client.close()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
