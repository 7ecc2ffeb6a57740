"""Request bodies: read whole where a contract must see them, streamed where not; never more than allowed."""

from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from gateway.arrival import Arrival
from gateway.errors import TooLarge


def is_empty(arrival: Arrival) -> bool:
    length = arrival.headers.get(b"content-length")
    return length in (None, b"0") and b"transfer-encoding" not in arrival.headers


def ensure_announced_size(arrival: Arrival, limit: int) -> None:
    """Refuse before a byte is read; a length that lies is met while reading."""
    length = arrival.headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length[:20]) > limit:
        raise TooLarge


async def read_body(receive: Receive, limit: int) -> bytes:
    chunks = [chunk async for chunk in Stream(receive, limit)]
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


class Stream:
    """The body as it arrives. `too_large` tells why it stopped: the client library hides what an iterator raises."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._room = limit
        self.too_large = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            chunk: bytes = message.get("body", b"")
            more = message.get("more_body", False)
            self._room -= len(chunk)
            if self._room < 0:
                self.too_large = True
                raise TooLarge
            if chunk:
                yield chunk
