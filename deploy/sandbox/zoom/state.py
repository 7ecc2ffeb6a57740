"""Everything the sandbox's Zoom account holds, behind one lock."""

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.agenda import Agenda
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.settings import Settings
from sandbox.zoom.accounts import user_settings
from sandbox.zoom.errors import no_meeting, no_user
from sandbox.zoom.limits import Limits
from sandbox.zoom.model import BASIC, LICENSED, Instance, Meeting, User
from sandbox.zoom.switches import Switches
from sandbox.zoom.webhooks import Webhooks

OWNER = "owner@zoom.example"  # whose account it is: Basic, so a pool must not pick it
MEETING_LIFE = timedelta(days=30)
RECOVERABLE = timedelta(days=7)
START_LINK_LIFE = timedelta(hours=2)


@dataclass(frozen=True)
class StartLink:
    host_id: str
    expires: datetime


class Zoom:
    def __init__(self, settings: Settings, clock: Clock, agenda: Agenda, faults: Faults) -> None:
        self.settings = settings
        self.clock = clock
        self.agenda = agenda
        self.lock = threading.RLock()
        self.limits = Limits(clock, settings.sandbox_zoom_plan)
        self.webhooks = Webhooks(settings, clock, agenda, faults)
        self._secret = secrets.token_bytes(32)
        self.forget()

    def forget(self) -> None:
        with self.lock:
            self.switches = Switches()
            self.users = _read_users(self.settings.sandbox_seed_dir)
            self.meetings: dict[int, Meeting] = {}
            self.tokens: dict[str, datetime] = {}
            self.start_links: dict[str, StartLink] = {}
            self.pages: dict[str, tuple[str, int, datetime]] = {}
            self.last_user_id = 16_778_240
            self.limits.forget()
            self.webhooks.forget()

    @property
    def owner(self) -> User:
        return self.user(OWNER)

    def user(self, key: str) -> User:
        """By id or address; `me` means nothing to an app of this type."""
        wanted = key.casefold()
        for user in self.users:
            if user.id == key or user.email == wanted:
                return user
        raise no_user(key)

    def existing(self) -> Iterator[Meeting]:
        return (one for one in self.meetings.values() if one.deleted_mark is None and not self._is_expired(one))

    def meeting(self, key: int | str) -> Meeting:
        found = self.meetings.get(int(key)) if str(key).isdecimal() else None
        if found is None or found.deleted_mark is not None or self._is_expired(found):
            raise no_meeting(key)
        return found

    def deleted(self, meeting_id: int) -> Meeting:
        found = self.meetings.get(meeting_id)
        if found is None or found.deleted_mark is None or self.clock.now() - found.deleted_mark > RECOVERABLE:
            raise no_meeting(meeting_id)
        return found

    def instance(self, key: str) -> tuple[Meeting, Instance]:
        """A number means the latest finished instance, a uuid that one; deleted meetings keep their past."""
        for meeting in self.meetings.values():
            for instance in reversed(meeting.instances):
                if instance.ended_at and key in (str(meeting.id), instance.uuid):
                    return meeting, instance
        raise no_meeting(key)

    def _is_expired(self, meeting: Meeting) -> bool:
        if meeting.running or meeting.planned_end is None:
            return False
        last_use = max([meeting.planned_end, *(one.ended_at for one in meeting.instances if one.ended_at)])
        return self.clock.now() - last_use > MEETING_LIFE

    def next_user_id(self) -> str:
        self.last_user_id += 1024
        return str(self.last_user_id)

    # -- links given to browsers

    def join_url(self, meeting: Meeting) -> str:
        link = f"{self.settings.public_url}/j/{meeting.id}"
        return f"{link}?pwd={self.embedded_passcode(meeting)}" if meeting.password else link

    def embedded_passcode(self, meeting: Meeting) -> str:
        """Opaque, and another one as soon as the passcode changes."""
        digest = hmac.new(self._secret, f"{meeting.id}:{meeting.password}".encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest[:24]).decode() + ".1"

    def personal_url(self, meeting: Meeting, ticket: str) -> str:
        return f"{self.settings.public_url}/w/{meeting.id}?tk={ticket}"

    def registration_url(self, meeting: Meeting) -> str:
        return f"{self.settings.public_url}/meeting/register/{meeting.registration_key}"

    def start_url(self, meeting: Meeting) -> str:
        return f"{self.settings.public_url}/s/{meeting.id}?zak={self.issue_start_link(meeting.host)}"

    def issue_start_link(self, host: User, life: timedelta = START_LINK_LIFE) -> str:
        expires = self.clock.now() + life
        claims = json.dumps({"aud": "clientsm", "uid": host.id, "exp": int(expires.timestamp())})
        zak = ".".join(map(_part, (b'{"alg":"HS256"}', claims.encode(), secrets.token_bytes(32))))
        self.start_links[zak] = StartLink(host.id, expires)
        return zak

    def host_of_start_link(self, zak: str) -> str | None:
        link = self.start_links.get(zak)
        return link.host_id if link and link.expires > self.clock.now() else None


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read_users(seed_dir: Path) -> list[User]:
    rows: list[dict[str, Any]] = json.loads((seed_dir / "hosts.json").read_text())
    owner_id = base64.urlsafe_b64encode(hashlib.sha256(OWNER.encode()).digest()[:16]).decode().rstrip("=")
    hosts = [
        User(row["zoom_user_id"], row["email"], LICENSED, user_settings(row["capacity"], place))
        for place, row in enumerate(rows)
    ]
    return [User(owner_id, OWNER, BASIC, user_settings(100, 0)), *hosts]
