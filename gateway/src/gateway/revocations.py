"""Hears of ended sessions, on a queue of this replica's own, and lets them be forgotten."""

import asyncio
import json
import threading
from collections.abc import Callable
from typing import Self

from prometheus_client import Gauge

from chassis import broker, logs
from gateway.sessions import Sessions
from gateway.settings import Settings

log = logs.get_logger(__name__)
HEARD = Gauge("gateway_revocations_heard", "1 while the broker tells this replica of ended sessions.")
REVOKED = "identity.session.revoked.v1"


class Revocations:
    """The broker's client lives in a thread; the sessions in the event loop. This is the way from one to the other."""

    def __init__(self, settings: Settings, sessions: Sessions) -> None:
        self._settings, self._sessions = settings, sessions
        self._stop = threading.Event()

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._listen, name="revocations", daemon=True)
        self._thread.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await asyncio.to_thread(self._thread.join, 5)

    def _listen(self) -> None:
        broker.hear(self._settings, [REVOKED], on_message=self._take, on_hearing=self._change, stop=self._stop)

    def _take(self, message: bytes) -> None:
        try:
            session_id = json.loads(message)["data"]["session_id"]
        except (ValueError, KeyError, TypeError):
            log.error("revocation not understood: all sessions forgotten")
            self._in_loop(self._sessions.forget_all)
            return
        self._in_loop(self._sessions.revoke, str(session_id))

    def _change(self, hearing: bool) -> None:
        HEARD.set(hearing)
        log.info("revocations heard" if hearing else "revocations not heard: sessions are asked for each time")
        self._in_loop(self._sessions.listen, hearing)

    def _in_loop(self, function: Callable[..., None], *arguments: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *arguments)
