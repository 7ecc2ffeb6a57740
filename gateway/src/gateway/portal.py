"""Everything that is no API: the portal's pages and files, streamed both ways."""

from starlette.types import Receive, Scope, Send

from chassis import logs
from gateway.arrival import Arrival
from gateway.bodies import Stream, ensure_announced_size, is_empty
from gateway.errors import TooLarge
from gateway.forwarding import Call, Forwarder
from gateway.headers import of_pages
from gateway.routing import target_of
from gateway.settings import Settings


class Portal:
    def __init__(self, settings: Settings, forwarder: Forwarder) -> None:
        self._forwarder = forwarder
        self._max_bytes = settings.max_upload_bytes
        self._host = settings.public_origin.partition("://")[2]
        self._seconds = settings.portal_seconds

    async def forward(self, arrival: Arrival, scope: Scope, receive: Receive, send: Send) -> None:
        """The portal needs the browser's cookies and address to speak for it at the internal listener."""
        ensure_announced_size(arrival, self._max_bytes)
        headers = [
            ("Host", self._host),
            ("X-Correlation-ID", logs.correlation_id()),
            ("X-Client-Address", arrival.client_address),
            *of_pages(scope["headers"]),
        ]
        body = None if is_empty(arrival) else Stream(receive, self._max_bytes)
        try:
            await self._forwarder.forward(
                Call("portal", scope["method"], target_of(scope), headers, self._seconds, body), send
            )
        except Exception as error:
            if body is not None and body.too_large:
                raise TooLarge from error
            raise
