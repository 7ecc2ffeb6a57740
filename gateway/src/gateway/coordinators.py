"""A coordinator's details (S14): where they stand, from orgs; how to reach them, from identity."""

import asyncio

from starlette.types import Scope, Send

from chassis import problems
from gateway.answers import send_bytes
from gateway.arrival import Arrival
from gateway.credentials import credential_of
from gateway.errors import NotSignedIn, ServiceUnavailable
from gateway.parts import Parts, object_in, pass_on

PATH = "/internal/coordinators/{}"


class CoordinatorReader:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def answer(self, scope: Scope, values: list[str], send: Send) -> None:
        """Orgs decides whether there is an answer. What identity withholds or cannot say just now is null."""
        arrival: Arrival = scope["gateway"]
        credential = credential_of(arrival)
        if credential is None:
            raise NotSignedIn
        path = PATH.format(*values)
        place, account = await asyncio.gather(
            *(self._parts.read(service, path, credential, arrival) for service in ("orgs", "identity"))
        )
        if place is None:
            raise ServiceUnavailable
        if not place.fine:
            await pass_on(send, place, arrival)
            return
        body = object_in(place.body)
        body["account"] = object_in(account.body) if account is not None and account.fine else None
        await send_bytes(send, problems.dump(body).encode(), headers=[(b"cache-control", b"no-store")])
