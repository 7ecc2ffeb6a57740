"""What conferences needs to know of its surroundings, typed."""

import base64
import hashlib
import hmac
from datetime import timedelta
from functools import cached_property

from pydantic import Field, SecretStr

from chassis.crypto import KeyRing
from chassis.settings import Current, ServiceSettings
from conferences.rules.periods import Padding


class Settings(ServiceSettings):
    service: str = "conferences"

    zoom_api_url: str = Field("https://api.zoom.us/v2", description="with /v2")
    zoom_oauth_url: str = Field("https://zoom.us/oauth/token", description="the whole token address")
    zoom_follow_api_url: bool = Field(False, description="use the regional address that comes with the token")
    zoom_account_id: str = Field(description="of the server-to-server app")
    zoom_client_id: str
    zoom_client_secret: SecretStr
    zoom_webhook_secret: SecretStr = Field(description="secret token of the app's event subscription")
    zoom_timeout_seconds: float = Field(8, gt=0, description="for one call")
    zoom_calls_per_second: float = Field(
        20, gt=0, description="most calls of one process; the account's plan allows all of them together 30 or 80"
    )
    zoom_host_calls_per_day: int = Field(
        100, ge=1, description="creations and changes of meetings per host and UTC day"
    )
    zoom_alias_domain: str = Field(
        "alias.epresence.invalid", description="domain of the addresses that stand for participants"
    )

    ticket_keys: SecretStr = Field(
        description="kid:base64url32[,…] personal links are derived from, the one in use first"
    )
    sealing_public_key: SecretStr = Field(description="JWK of notifications, for what only it may read")
    identity_sealing_public_key: SecretStr = Field(description="JWK of identity, for what only it may read")

    register_ahead_minutes: int = Field(
        60, ge=10, description="personal links are made at the provider so long before the start"
    )
    booking_minutes_before: int = Field(
        10, ge=10, description="a host is booked so long before; the door opens 10 before"
    )
    booking_minutes_after: int = Field(5, ge=0, description="a host is booked so long after the end")
    guessing_failures: int = Field(
        300, ge=1, description="unknown links per source and window; a ministry sits behind one address"
    )
    guessing_window_minutes: int = Field(10, ge=1)

    @property
    def booking_padding(self) -> Padding:
        return Padding(timedelta(minutes=self.booking_minutes_before), timedelta(minutes=self.booking_minutes_after))

    @cached_property
    def tickets(self) -> KeyRing:
        return KeyRing(self.ticket_keys.get_secret_value())

    @cached_property
    def join_links(self) -> KeyRing:
        """For the provider's personal links at rest: keys of their own, derived, so that one key has one use."""
        return KeyRing(",".join(map(_derived, self.ticket_keys.get_secret_value().split(","))))


def _derived(entry: str) -> str:
    kid, _, encoded = entry.strip().partition(":")
    key = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    derived = hmac.new(key, b"join links", hashlib.sha256).digest()
    return f"{kid}:{base64.urlsafe_b64encode(derived).decode()}"


_current = Current(Settings)
use, current = _current.use, _current.get
