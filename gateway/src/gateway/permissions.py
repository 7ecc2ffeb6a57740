"""Whether somebody may do something (S11): asked of the service whose rights these are, and answered in its words."""

from urllib.parse import urlencode

from starlette.types import Scope, Send

from chassis import contracts
from gateway.arrival import Arrival
from gateway.credentials import credential_of
from gateway.errors import NotSignedIn, ServiceUnavailable
from gateway.parts import Parts, pass_on
from gateway.validation import fields_of

PATH = "/internal/permissions"


class PermissionReader:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._services = {name: section["service"] for name, section in contracts.rights().items() if "acts" in section}

    async def answer(self, scope: Scope, _values: list[str], send: Send) -> None:
        """The contract has let only acts through that there are."""
        arrival: Arrival = scope["gateway"]
        credential = credential_of(arrival)
        if credential is None:
            raise NotSignedIn
        asked = {name: values[-1] for name, values in fields_of(scope["query_string"]).items()}
        service = self._services[asked["act"].partition(".")[0]]
        said = await self._parts.read(service, f"{PATH}?{urlencode(asked)}", credential, arrival)
        if said is None:
            raise ServiceUnavailable
        await pass_on(send, said, arrival)
