"""Asks identity what a credential is worth."""

from json import JSONDecodeError

import aiohttp

from chassis import logs
from gateway.credentials import Credential
from gateway.errors import ServiceUnavailable, SessionExpired
from gateway.sessions import Exchanged
from gateway.settings import Settings
from gateway.upstreams import Upstreams

log = logs.get_logger(__name__)


class IdentityExchange:
    def __init__(self, settings: Settings, upstreams: Upstreams) -> None:
        self._upstreams = upstreams
        self._secret = settings.internal_secret
        self._timeout = aiohttp.ClientTimeout(total=settings.exchange_seconds, sock_connect=settings.connect_seconds)

    async def __call__(self, credential: Credential, audience: str, prolong: bool) -> Exchanged:
        question = {
            "credential": {"kind": credential.kind, "value": credential.value},
            "audience": audience,
            "prolong": prolong,
        }
        try:
            try:
                return await self._ask(question)
            except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
                return await self._ask(question)  # an idle connection that just closed; asking twice changes nothing
        except (aiohttp.ClientError, TimeoutError, JSONDecodeError, KeyError) as error:
            log.warning("sessions cannot be resolved", reason=type(error).__name__)
            raise ServiceUnavailable from error

    async def _ask(self, question: dict[str, object]) -> Exchanged:
        headers = {
            "Authorization": f"Internal {self._secret}",
            "Content-Type": "application/json",  # the pool adds no header of its own: most requests are passed on
            "X-Correlation-ID": logs.correlation_id(),
        }
        url = self._upstreams.address("identity") + "/internal/token-exchange"
        with self._upstreams.pool as client:
            async with client.post(url, json=question, headers=headers, timeout=self._timeout) as answer:
                if answer.status in (400, 401):  # 400: nothing that could be a credential
                    problem = await answer.json(content_type=None)
                    if str(problem.get("type", "")).endswith(("/session-expired", "/invalid-request")):
                        raise SessionExpired
                answer.raise_for_status()
                told = await answer.json()
                return Exchanged(told["token"], told["session_id"], float(told["expires_in"]))
