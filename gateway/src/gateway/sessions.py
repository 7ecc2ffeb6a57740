"""From an opaque credential to the signed token a service believes (phantom token), remembered for a few seconds.

Nothing is remembered while revocations cannot be heard: then each request asks identity anew.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from gateway.credentials import Credential
from gateway.errors import SessionExpired

MOST_REMEMBERED = 50_000
REVOKED_SECONDS = 330  # longer than any token identity signs


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What identity answered about a credential."""

    token: str = field(repr=False)
    session_id: str
    expires_in: float


@dataclass(slots=True)
class Remembered:
    exchanged: Exchanged
    until: float
    prolonged: bool


Key = tuple[bytes, str]
Exchange = Callable[[Credential, str, bool], Awaitable[Exchanged]]


class Sessions:
    def __init__(
        self, exchange: Exchange, *, cache_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._exchange = exchange
        self._cache_seconds = cache_seconds
        self._clock = clock
        self._listening = False
        self._remembered: dict[Key, Remembered] = {}
        self._keys_of: defaultdict[str, set[Key]] = defaultdict(set)
        self._underway: dict[tuple[bytes, str, bool], asyncio.Task[Exchanged]] = {}
        self._revoked: dict[str, float] = {}

    def knows(self, credential: Credential, audience: str) -> bool:
        return self._recall((credential.digest, audience)) is not None

    async def token(self, credential: Credential, audience: str, *, prolong: bool) -> str:
        """A token for the audience. Raises what the exchange raises: SessionExpired, ServiceUnavailable."""
        remembered = self._recall((credential.digest, audience))
        if remembered and (remembered.prolonged or not prolong):
            return remembered.exchanged.token
        return (await self._ask(credential, audience, prolong)).token

    def _recall(self, key: Key) -> Remembered | None:
        if not self._listening:
            return None
        remembered = self._remembered.get(key)
        return remembered if remembered and remembered.until > self._clock() else None

    async def _ask(self, credential: Credential, audience: str, prolong: bool) -> Exchanged:
        """Requests that come together share one answer; a caller that leaves does not spoil it for the others."""
        key = (credential.digest, audience, prolong)
        task = self._underway.get(key)
        if task is None:
            task = asyncio.create_task(self._ask_and_remember(credential, audience, prolong))
            self._underway[key] = task
            task.add_done_callback(lambda done: self._forget_task(key, done))
        return await asyncio.shield(task)

    def _forget_task(self, key: tuple[bytes, str, bool], task: asyncio.Task[Exchanged]) -> None:
        self._underway.pop(key, None)
        if not task.cancelled():
            task.exception()  # seen: whoever waited has raised it, and if nobody waits any more nobody needs it

    async def _ask_and_remember(self, credential: Credential, audience: str, prolong: bool) -> Exchanged:
        exchanged = await self._exchange(credential, audience, prolong)
        if exchanged.session_id in self._revoked:  # the news was faster than the answer
            raise SessionExpired
        if self._listening:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._drop_expired()
            key = (credential.digest, audience)
            until = self._clock() + min(self._cache_seconds, exchanged.expires_in - 1)
            self._remembered[key] = Remembered(exchanged, until, prolong)
            self._keys_of[exchanged.session_id].add(key)
        return exchanged

    def _drop_expired(self) -> None:
        now = self._clock()
        kept = {key: each for key, each in self._remembered.items() if each.until > now}
        self.forget_all()
        if len(kept) < MOST_REMEMBERED:
            self._remembered = kept
            for key, each in kept.items():
                self._keys_of[each.exchanged.session_id].add(key)

    def revoke(self, session_id: str) -> None:
        now = self._clock()
        while self._revoked and next(iter(self._revoked.values())) <= now:
            del self._revoked[next(iter(self._revoked))]
        self._revoked[session_id] = now + REVOKED_SECONDS
        for key in self._keys_of.pop(session_id, ()):
            self._remembered.pop(key, None)

    def forget_all(self) -> None:
        self._remembered.clear()
        self._keys_of.clear()

    def listen(self, listening: bool) -> None:
        """Called whenever the ear for revocations opens or closes; what was missed in between is not known."""
        self._listening = listening
        self.forget_all()
