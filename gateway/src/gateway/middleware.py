"""Where a request goes: to a service by its contract, to the gateway's own pages, or to the portal.

A connexion middleware like connexion's own routing, security and validation, in whose place it stands: those build
their validators anew for every request and stop at the first fault. The gateway's own operations go on to connexion's
app.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from connexion.resolver import Resolver
from connexion.spec import Specification
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.arrival import PORTAL, Arrival, Listener
from gateway.contract import Operation, compile_contract
from gateway.doorkeeper import Doorkeeper
from gateway.errors import MethodNotAllowed, NotFound
from gateway.operations import Operations
from gateway.portal import Portal
from gateway.routing import Routes, segments_of

CONTRACTED = {Listener.PUBLIC: ("api", "auth", "oauth", "hooks"), Listener.INTERNAL: ("api",)}
Composed = Callable[[Scope, list[str], Send], Awaitable[None]]  # answers what is put together from several services
OWN = {("api", "docs"): "docs", ("health", "live"): "health", ("health", "ready"): "health"}


class ContractMiddleware(SpecMiddleware):  # type: ignore[misc]
    def __init__(
        self,
        next_app: ASGIApp,
        *,
        operations: Operations,
        composed: Mapping[str, Composed],
        portal: Portal,
        keeper: Doorkeeper,
    ) -> None:
        self._next_app, self._composed = next_app, composed
        self._operations, self._portal, self._keeper = operations, portal, keeper
        self._routes: Routes[Operation] = Routes()

    def add_api(self, specification: Specification, *, resolver: Resolver, **_: Any) -> None:
        self._routes = compile_contract(specification, resolver)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._next_app(scope, receive, send)
            return
        arrival: Arrival = scope["gateway"]
        segments = segments_of(scope["raw_path"])
        if segments is None or len(segments) < 2:
            raise NotFound
        public = arrival.listener is Listener.PUBLIC
        if public and len(segments) > 2 and (name := OWN.get((segments[1], segments[2]))):
            arrival.operation = name
            await self._hand_on(scope, receive, send, None)
        elif segments[1] in CONTRACTED[arrival.listener]:
            operation, values = self._find(arrival, scope["method"], segments)
            await self._serve(operation, values, scope, receive, send)
        elif public:
            arrival.operation = PORTAL
            self._keeper.charge_page(arrival, segments)
            self._keeper.ensure_own_page(arrival, scope["method"])
            await self._portal.forward(arrival, scope, receive, send)
        else:
            raise NotFound

    def _find(self, arrival: Arrival, method: str, segments: list[str]) -> tuple[Operation, list[str]]:
        found = self._routes.find(segments)
        if found is None:
            self._keeper.charge_address(arrival)
            raise NotFound
        methods, values = found
        operation = methods.get(method) or (methods.get("GET") if method == "HEAD" else None)
        if operation is None:
            self._keeper.charge_address(arrival)
            raise MethodNotAllowed(list(methods))
        return operation, values

    async def _serve(self, operation: Operation, values: list[str], scope: Scope, receive: Receive, send: Send) -> None:
        scope["gateway"].operation = operation.name
        if operation.raw:
            await self._operations.forward_hook(operation, scope, receive, send)
            return
        token, body = await self._operations.admit(operation, values, scope, receive)
        if (answer := self._composed.get(operation.name)) is not None:
            await answer(scope, values, send)
        elif operation.own:
            await self._hand_on(scope, receive, send, operation.name)
        else:
            await self._operations.forward(operation, scope, send, token, body)

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send, operation: str | None) -> None:
        routing = {"api_base_path": "", "operation_id": operation} if operation else {}
        scope.setdefault("extensions", {})[ROUTING_CONTEXT] = routing
        await self._next_app(scope, receive, send)
