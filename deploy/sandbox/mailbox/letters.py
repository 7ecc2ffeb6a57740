"""A received message, taken apart the way a mail client would, and the box that keeps them."""

import base64
import itertools
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from sandbox.clock import wall

KEPT = 50_000


@dataclass(frozen=True)
class Letter:
    id: int
    recipients: list[str]
    message: EmailMessage
    raw: bytes
    received_at: datetime

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def sender(self) -> str:
        header = self.message["From"]
        return header.addresses[0].addr_spec if header and header.addresses else ""

    @property
    def text(self) -> str:
        return self._body("plain") or ""

    @property
    def html(self) -> str | None:
        return self._body("html")

    def _body(self, kind: str) -> str | None:
        part = self.message.get_body((kind,))
        return part.get_content() if part is not None else None

    @property
    def attachments(self) -> list[dict[str, str]]:
        """Calendar entries wherever they stand: iTIP puts them among the alternatives and again at the end."""
        found = []
        for part in self.message.walk():
            content_type = part.get_content_type()
            if content_type == "text/calendar":
                content = part.get_content()
            elif part.is_attachment() or (part.get_filename() and not part.is_multipart()):
                payload = part.get_payload(decode=True)
                content = base64.b64encode(payload if isinstance(payload, bytes) else b"").decode()
            else:
                continue
            found.append({"filename": part.get_filename() or "", "content_type": content_type, "content": content})
        return found

    def public(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "message_id": str(self.message["Message-ID"] or ""),
            "to": ", ".join(self.recipients),
            "from": self.sender,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "attachments": self.attachments,
            "headers": {key: str(value) for key, value in self.message.items()},
            "received_at": self.received_at.isoformat(),
        }


class Mailbox:
    """Ids rise for ever, also over a reset: `after` an id seen before never hides a new letter."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._letters: deque[Letter] = deque(maxlen=KEPT)

    def receive(self, recipients: list[str], raw: bytes) -> Letter:
        message = message_from_bytes(raw, policy=policy.default)
        assert isinstance(message, EmailMessage)  # noqa: S101 - what policy.default makes; mypy cannot see it
        with self._lock:
            letter = Letter(next(self._ids), recipients, message, raw, wall())
            self._letters.append(letter)
        return letter

    def letters(self, to: str | None = None, after_id: int = 0, after: datetime | None = None) -> list[Letter]:
        with self._lock:
            kept = list(self._letters)
        return [
            letter
            for letter in kept
            if letter.id > after_id
            and (after is None or letter.received_at > after)
            and (to is None or to.casefold() in (address.casefold() for address in letter.recipients))
        ]

    def get(self, letter_id: int) -> Letter | None:
        return next((letter for letter in self.letters() if letter.id == letter_id), None)

    def forget(self) -> None:
        with self._lock:
            self._letters.clear()
