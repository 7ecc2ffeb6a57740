"""Whose request it is, by address: the peer's, or what somebody we trust says of it."""

import ipaddress
from functools import lru_cache

from gateway.arrival import Listener
from gateway.settings import Settings


class Addresses:
    def __init__(self, settings: Settings) -> None:
        self._proxies = [
            ipaddress.ip_network(part.strip()) for part in settings.trusted_proxies.split(",") if part.strip()
        ]
        self._is_proxy = lru_cache(maxsize=1_000)(self._within)

    def client_of(self, peer: str, headers: dict[bytes, bytes], listener: Listener) -> str:
        if listener is Listener.INTERNAL:
            return _address(headers.get(b"x-client-address", b"")) or peer
        if not self._proxies or not self._is_proxy(peer):
            return peer
        # Read from the right: each proxy adds whom it saw, and what stands further left anybody may have written.
        for hop in reversed(headers.get(b"x-forwarded-for", b"").split(b",")):
            address = _address(hop)
            if not address:
                break
            if not self._is_proxy(address):
                return address
        return peer

    def _within(self, address: str) -> bool:
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._proxies)


def _address(text: bytes) -> str:
    try:
        return str(ipaddress.ip_address(text.decode("ascii").strip()))
    except ValueError:
        return ""
