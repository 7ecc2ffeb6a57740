"""What notifications needs to know of its surroundings, typed."""

import hashlib
import hmac
import json
from datetime import timedelta
from email.headerregistry import Address
from functools import cached_property

from pydantic import Field, SecretStr, field_validator

from chassis.settings import Current, ServiceSettings


class Settings(ServiceSettings):
    service: str = "notifications"

    smtp_url: SecretStr = Field(description="smtp[s]://user:password@host:port?starttls=1")
    smtp_timeout_seconds: float = Field(10, gt=0, description="for each step of the conversation")
    smtp_data_timeout_seconds: float = Field(
        20, gt=0, description="for the answer to the text, which servers first look into"
    )
    mail_from: str = Field(description="«Name <address>»: From, envelope sender and organiser of calendar entries")
    mail_reply_to: str | None = Field(None, description="where answers go, usually support")
    mail_days: float = Field(3, gt=0, description="a mail the server will not take is given up after so long")
    mail_batch: int = Field(50, ge=1, description="mails claimed at once and sent over one connection")

    coordinator_messages_a_day: int = Field(3, ge=1, description="to all coordinators of one institution")
    coordinator_message_days: float = Field(90, gt=0, description="their text is erased after so long; counts stay")

    sealing_private_key: SecretStr = Field(description="JWK or set: opens what others seal for us")

    @field_validator("mail_from", "mail_reply_to")
    @classmethod
    def has_an_address(cls, value: str | None) -> str | None:
        if value is not None:
            mailbox(value)
        return value

    @property
    def sender(self) -> Address:
        return mailbox(self.mail_from)

    @property
    def reply_to(self) -> Address | None:
        return mailbox(self.mail_reply_to) if self.mail_reply_to else None

    @property
    def patience(self) -> timedelta:
        return timedelta(days=self.mail_days)

    @property
    def coordinator_text_kept(self) -> timedelta:
        return timedelta(days=self.coordinator_message_days)

    @cached_property
    def message_id_key(self) -> bytes:
        """Derived, so that Message-IDs need no secret of their own and tell nothing about what they are made of."""
        jwk = json.loads(self.sealing_private_key.get_secret_value())
        newest = jwk.get("keys", [jwk])[0]
        return hmac.new(newest["d"].encode(), b"message ids", hashlib.sha256).digest()


def mailbox(value: str) -> Address:
    """«Name <address>» or an address. Not by the standard grammar: «e:Presence <…>» would be a group called «e»."""
    name, opened, address = value.rpartition("<")
    return Address(display_name=name.strip(), addr_spec=address.removesuffix(">") if opened else value)


_current = Current(Settings)
use, current = _current.use, _current.get
