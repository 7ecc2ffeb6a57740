"""Who is let in at all: flood limits, and requests that a stranger's page made a browser send."""

import hashlib
import ipaddress
import math
import secrets
from functools import lru_cache

from gateway.arrival import Arrival, Listener
from gateway.credentials import Credential, cookies_of
from gateway.errors import OriginRefused, TooManyRequests
from gateway.limits import Buckets
from gateway.settings import Settings

SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
PAGES_UNLIMITED = ("join", "static")  # a link everybody opens at the same minute; files that cost nothing


class Doorkeeper:
    def __init__(self, settings: Settings) -> None:
        self._sessions = Buckets(per_minute=settings.session_per_minute, burst=settings.session_burst)
        self._addresses = Buckets(per_minute=settings.address_per_minute, burst=settings.address_burst)
        self._origin = settings.public_origin.encode()
        self._key = secrets.token_bytes(16)  # names of buckets mean nothing outside this process
        self._bucket_of = lru_cache(maxsize=10_000)(self._name)

    def charge_address(self, arrival: Arrival) -> None:
        """For who shows no session we know: a flood of invented ones counts where it comes from."""
        self._charge(self._addresses, self._bucket_of(arrival.client_address))

    def charge_session(self, credential: Credential) -> None:
        self._charge(self._sessions, credential.digest)

    def charge_page(self, arrival: Arrival, segments: list[str]) -> None:
        if segments[1] not in PAGES_UNLIMITED:
            self.charge_address(arrival)

    def ensure_own_page(self, arrival: Arrival, method: str) -> None:
        """A browser sends its cookie along whoever asks; Origin says who did. The portal vouches for its own forms."""
        if method in SAFE or arrival.listener is not Listener.PUBLIC or not cookies_of(arrival.headers):
            return
        if arrival.headers.get(b"origin", b"").lower() != self._origin:
            raise OriginRefused

    @staticmethod
    def _charge(buckets: Buckets, name: bytes) -> None:
        if seconds := buckets.wait(name):
            raise TooManyRequests(retry_after_seconds=math.ceil(seconds))

    def _name(self, address: str) -> bytes:
        """An IPv6 client owns its /64, so that is what counts."""
        try:
            parsed = ipaddress.ip_address(address)
            packed = parsed.packed[:8] if parsed.version == 6 else parsed.packed
        except ValueError:
            packed = address.encode()
        return hashlib.blake2b(packed, key=self._key, digest_size=16).digest()
