"""Outermost layer of a web process: correlation id, size limit, one access line and one figure per request."""

import re
import time
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import logs, metrics, problems
from chassis.errors import DomainError, NotFound

log = logs.get_logger("access")
HEADER = "X-Correlation-ID"
# A line feed in a path makes Starlette's and Flask's routers disagree, and connexion then skips security and contract.
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
QUIET = ("/health/live", "/health/ready", "/metrics")


class TooLarge(DomainError):
    type, status = "too-large", 413


class Observing:
    """Logs the route's template, never the path: paths hold tokens, query strings hold names."""

    def __init__(self, next_app: ASGIApp, *, specification: dict[str, Any], package: str, max_body_bytes: int) -> None:
        self._next_app, self._package, self._max_body_bytes = next_app, package, max_body_bytes
        self._templates = {
            operation["operationId"]: path
            for path, item in specification.get("paths", {}).items()
            for operation in item.values()
            if isinstance(operation, dict) and "operationId" in operation
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._next_app(scope, receive, send)
            return
        scope.setdefault("extensions", {})  # shared with the copies made further in: routing leaves its finding here
        headers, started, status = Headers(scope=scope), time.perf_counter(), 500
        with logs.correlated(headers.get(HEADER)) as correlation:

            async def observed_send(message: Message) -> None:
                nonlocal status
                if message["type"] == "http.response.start":
                    status = message["status"]
                    MutableHeaders(scope=message)[HEADER] = correlation
                await send(message)

            try:
                if CONTROL.search(scope["path"]):
                    await _refuse(NotFound, headers, observed_send)
                elif int(headers.get("content-length") or 0) > self._max_body_bytes:
                    await _refuse(TooLarge, headers, observed_send)
                else:
                    await self._next_app(scope, self._limited(receive), observed_send)
            finally:
                self._record(scope, status, time.perf_counter() - started)

    def _limited(self, receive: Receive) -> Receive:
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._max_body_bytes:
                raise TooLarge
            return message

        return limited

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        routing = scope.get("extensions", {}).get("connexion_routing", {})
        operation = (routing.get("operation_id") or "none").removeprefix(f"{self._package}.")
        metrics.REQUESTS.labels(operation, scope["method"], status).observe(seconds)
        if scope["path"] in QUIET:
            return
        route = self._templates.get(operation, "none")
        log.info("answered", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1))


async def _refuse(error: type[DomainError], headers: Headers, send: Send) -> None:
    """Out here nobody else turns an exception into an answer."""
    language = problems.language_of(headers.get("accept-language", ""))
    content = problems.dump(problems.body(error.type, language)).encode()
    told = {
        "content-type": problems.MEDIA_TYPE,
        "content-length": str(len(content)),
        "content-language": language,
        "vary": "Accept-Language",
        "cache-control": "no-store",
        "connection": "close",
    }
    head = [(name.encode(), value.encode()) for name, value in told.items()]
    await send({"type": "http.response.start", "status": error.status, "headers": head})
    await send({"type": "http.response.body", "body": content})
