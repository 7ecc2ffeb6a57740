"""Outermost: what every request gets (a correlation id, a line, a figure) and every answer (the security headers).

Also the last resort: whatever is raised further in becomes a problem here, so that no caller sees a bare 500.
"""

import time

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import logs, problems
from gateway.access import AccessLog
from gateway.addresses import Addresses
from gateway.answers import send_problem
from gateway.arrival import Arrival, Listener
from gateway.headers import security_headers
from gateway.health import Health
from gateway.settings import Settings

log = logs.get_logger(__name__)
NO_STORE = (b"cache-control", b"no-store")
CLIENT_GONE = 499


class Door:
    def __init__(self, next_app: ASGIApp, *, settings: Settings, ops: ASGIApp, health: Health) -> None:
        self._next_app, self._ops, self._health = next_app, ops, health
        self._listeners = {settings.internal_port: Listener.INTERNAL, settings.ops_port: Listener.OPS}
        self._addresses = Addresses(settings)
        self._on_every_answer = security_headers(settings)
        self._access = AccessLog(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._next_app(scope, receive, send)
        elif scope["type"] == "http":
            if self._listener(scope) is Listener.OPS:
                await self._ops(scope, receive, send)
            else:
                await self._answer(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})  # nothing here speaks WebSocket

    def _listener(self, scope: Scope) -> Listener:
        return self._listeners.get(scope["server"][1], Listener.PUBLIC)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        began, status = time.perf_counter(), 0
        headers = dict(scope["headers"])
        listener = self._listener(scope)
        given = headers.get(b"x-correlation-id", b"").decode("latin-1")
        with logs.correlated(given) as correlation:
            arrival = scope["gateway"] = Arrival(
                listener=listener,
                client_address=self._addresses.client_of(scope["client"][0], headers, listener),
                language=problems.language_of(headers.get(b"accept-language", b"").decode("latin-1")),
                headers=headers,
            )
            ours = [*self._on_every_answer, (b"x-correlation-id", correlation.encode())]

            async def dressed(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    message["headers"] = [*message.get("headers", ()), *ours]
                    if not any(name == b"cache-control" for name, _ in message["headers"]):
                        message["headers"].append(NO_STORE)
                await send(message)

            self._health.in_hand += 1
            try:
                await self._next_app(scope, receive, dressed)
            except ClientDisconnect:
                status = CLIENT_GONE
            except Exception as error:
                if status:  # the answer had begun: breaking it off is the only way left to tell
                    log.warning("answer broken off", route=arrival.operation, reason=type(error).__name__)
                    raise
                await send_problem(dressed, error, arrival.language, as_page=arrival.wants_page)
            finally:
                self._health.in_hand -= 1
                self._access.record(arrival, scope["method"], status or CLIENT_GONE, time.perf_counter() - began)
