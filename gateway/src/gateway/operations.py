"""One request to a contracted operation: within the limits, signed in, as the contract says; then to its service."""

from starlette.types import Receive, Scope, Send

from chassis import logs
from gateway.arrival import Arrival
from gateway.bodies import ensure_announced_size, is_empty, read_body
from gateway.contract import Operation
from gateway.credentials import credential_of, shows_sign_in
from gateway.doorkeeper import Doorkeeper
from gateway.errors import NotSignedIn
from gateway.forwarding import Call, Forwarder
from gateway.headers import Pairs, of_hooks, of_operation
from gateway.routing import target_of
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.validation import check_body, check_parameters


class Operations:
    def __init__(self, settings: Settings, *, sessions: Sessions, forwarder: Forwarder, keeper: Doorkeeper) -> None:
        self._sessions, self._forwarder, self._keeper = sessions, forwarder, keeper
        self._secret = settings.internal_secret
        self._max_body, self._max_hook = settings.max_body_bytes, settings.max_hook_bytes
        self._seconds, self._hook_seconds = settings.answer_seconds, settings.hook_seconds

    async def admit(
        self, operation: Operation, values: list[str], scope: Scope, receive: Receive
    ) -> tuple[str | None, bytes | None]:
        """The token for the service, where one is asked for, and the body, where one is taken."""
        arrival: Arrival = scope["gateway"]
        self._keeper.ensure_own_page(arrival, scope["method"])
        token = await self._token(arrival, operation)
        check_parameters(operation, values, scope["query_string"], arrival.headers, arrival.language)
        if not operation.takes_body:
            return token, None  # whatever came along is nobody's
        body = await _read(arrival, receive, self._max_body)
        check_body(operation, arrival.headers.get(b"content-type"), body or b"", arrival.language)
        return token, body

    async def _token(self, arrival: Arrival, operation: Operation) -> str | None:
        credential = credential_of(arrival) if operation.secured else None
        audience = "identity" if operation.own else operation.service
        known = credential is not None and self._sessions.knows(credential, audience)
        if not known and not operation.unlimited:
            self._keeper.charge_address(arrival)
        if not operation.secured:
            return None
        if credential is None:
            if operation.by_sign_in and shows_sign_in(arrival):
                return None
            raise NotSignedIn
        prolong = not operation.polled and arrival.headers.get(b"x-polled") != b"true"
        token = await self._sessions.token(credential, audience, prolong=prolong)
        if not operation.unlimited:
            self._keeper.charge_session(credential)
        return token

    async def forward(
        self, operation: Operation, scope: Scope, send: Send, token: str | None, body: bytes | None
    ) -> None:
        arrival: Arrival = scope["gateway"]
        headers = self._told(arrival) + of_operation(arrival.headers, operation)
        if token:
            headers.append(("Authorization", f"Bearer {token}"))
        call = Call(operation.service, operation.method, target_of(scope), headers, self._seconds, body)
        call.bodiless = scope["method"] == "HEAD"
        await self._forwarder.forward(call, send)

    async def forward_hook(self, operation: Operation, scope: Scope, receive: Receive, send: Send) -> None:
        """As bytes, without session and schema: the service checks the signature over exactly what was sent."""
        arrival: Arrival = scope["gateway"]
        body = await _read(arrival, receive, self._max_hook)
        headers = self._told(arrival) + of_hooks(arrival.headers)
        call = Call(operation.service, operation.method, target_of(scope), headers, self._hook_seconds, body)
        await self._forwarder.forward(call, send)

    def _told(self, arrival: Arrival) -> Pairs:
        return [
            ("X-Correlation-ID", logs.correlation_id()),
            ("X-Internal", self._secret),
            ("X-Client-Address", arrival.client_address),
        ]


async def _read(arrival: Arrival, receive: Receive, limit: int) -> bytes | None:
    ensure_announced_size(arrival, limit)
    return None if is_empty(arrival) else await read_body(receive, limit)
