"""Passes a request on and its answer back, byte by byte; what goes wrong on the way becomes a problem."""

from asyncio import Timeout, get_running_loop, timeout
from collections.abc import AsyncIterable
from dataclasses import dataclass

import aiohttp
from starlette.types import Send
from yarl import URL

from gateway.errors import BadGateway, GatewayTimeout, ServiceUnavailable
from gateway.headers import DROPPED_FROM_ANSWERS, Pairs
from gateway.upstreams import Upstreams

SMALL_BYTES = 262_144  # up to here an answer is read whole: a service that breaks off then still gives a clean problem
PROBLEM = b"application/problem+json"


@dataclass(slots=True)
class Call:
    service: str
    method: str
    target: str  # path and query string as they came
    headers: Pairs
    seconds: float  # the longest wait for an answer, and then for each piece of a long one
    body: bytes | AsyncIterable[bytes] | None = None
    bodiless: bool = False  # a HEAD that the service knows as GET
    started: bool = False

    @property
    def repeatable(self) -> bool:
        return self.method in ("GET", "HEAD") and self.body is None and not self.started


class Forwarder:
    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    async def forward(self, call: Call, send: Send) -> None:
        """A GET whose connection was reset is sent once more: the service may just have closed an idle one."""
        try:
            await self._try(call, send)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, aiohttp.ClientPayloadError) as error:
            if isinstance(error, aiohttp.ClientConnectorError) or not call.repeatable:
                raise _explained(error, call) from error
            try:
                await self._try(call, send)
            except (aiohttp.ClientError, TimeoutError) as again:
                raise _explained(again, call) from again
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _explained(error, call) from error

    async def _try(self, call: Call, send: Send) -> None:
        url = URL(self._upstreams.address(call.service) + call.target, encoded=True)
        # One timer here instead of aiohttp's several, which start anew with every piece they read.
        with self._upstreams.pool as client:
            async with (
                timeout(call.seconds) as limit,
                client.request(call.method, url, headers=call.headers, data=call.body, allow_redirects=False) as answer,
            ):
                await _relay(answer, call, send, limit)


async def _relay(answer: aiohttp.ClientResponse, call: Call, send: Send, limit: Timeout) -> None:
    status = answer.status
    headers = [
        (lowered, value) for name, value in answer.raw_headers if (lowered := name.lower()) not in DROPPED_FROM_ANSWERS
    ]
    if status >= 500 and call.service != "portal" and not _is_problem(headers):
        raise BadGateway
    start = {"type": "http.response.start", "status": status, "headers": headers}
    length = answer.content_length
    if call.bodiless or (length is not None and length <= SMALL_BYTES):
        body = b"" if call.bodiless else await answer.read()
        limit.reschedule(None)  # what follows is up to the caller's line, not to the service
        call.started = True
        await send(start)
        await send({"type": "http.response.body", "body": body})
        return
    call.started = True
    await send(start)
    loop = get_running_loop()
    async for chunk in answer.content.iter_any():
        limit.reschedule(None)
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
        limit.reschedule(loop.time() + call.seconds)
    await send({"type": "http.response.body", "body": b""})


def _is_problem(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and value.lower().startswith(PROBLEM) for name, value in headers)


def _explained(error: Exception, call: Call) -> Exception:
    if call.started:
        return error  # too late for a problem: the connection is broken off, so that the caller notices
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return ServiceUnavailable()
    return GatewayTimeout() if isinstance(error, TimeoutError) else BadGateway()
