"""What exists at Zoom: users who host, meetings, registrants, instances of a meeting and the stays in them."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

BASIC, LICENSED = 1, 2
SCHEDULED, NO_FIXED_TIME = 2, 3
NO_REGISTRATION = 2  # of `approval_type`

Place = Literal["in_meeting", "in_waiting_room", "waiting_for_host"]


@dataclass(eq=False)
class User:
    id: str
    email: str
    type: int
    settings: dict[str, dict[str, Any]]
    forces_pmi: bool = False

    @property
    def capacity(self) -> int:
        """Decided when people come to the door: what the licences say now."""
        feature = self.settings["feature"]
        large = feature["large_meeting_capacity"] if feature["large_meeting"] else 0
        return max(int(feature["meeting_capacity"]), int(large))

    @property
    def parallel_meetings(self) -> int:
        return 1 if self.type == BASIC else 2


@dataclass(eq=False)
class Registrant:
    id: str
    email: str
    first_name: str
    last_name: str
    status: Literal["approved", "pending", "denied", "cancelled"]
    ticket: str
    created_at: datetime
    added_on: list[date] = field(default_factory=list)
    decided_on: list[date] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(eq=False)
class Stay:
    """One person's presence from coming in to going out; each has a new `user_id`."""

    user_id: str
    name: str
    email: str
    participant_uuid: str
    place: Place
    came_at: datetime
    registrant_id: str = ""
    zoom_user_id: str = ""
    left_at: datetime | None = None

    @property
    def is_host(self) -> bool:
        return bool(self.zoom_user_id)


@dataclass(eq=False)
class Instance:
    """A meeting from its start to its end; a restart is another one."""

    meeting: "Meeting"
    uuid: str
    started_at: datetime
    ended_at: datetime | None = None
    ended_mark: datetime | None = None  # on the sandbox's clock: reports count from here
    stays: list[Stay] = field(default_factory=list)
    removed: set[str] = field(default_factory=set)  # registrants thrown out do not come back

    def present(self, place: Place = "in_meeting") -> list[Stay]:
        return [stay for stay in self.stays if stay.left_at is None and stay.place == place]


@dataclass(eq=False)
class Meeting:
    id: int
    uuid: str
    host: User
    type: int
    topic: str
    agenda: str
    start_time: datetime | None
    duration: int
    timezone: str
    password: str
    created_at: datetime
    settings: dict[str, Any]
    tracking_fields: list[dict[str, Any]] = field(default_factory=list)
    registration_key: str = ""
    registrants: dict[str, Registrant] = field(default_factory=dict)
    instances: list[Instance] = field(default_factory=list)
    waiting_for_host: list[Stay] = field(default_factory=list)
    deleted_mark: datetime | None = None

    @property
    def running(self) -> Instance | None:
        return self.instances[-1] if self.instances and self.instances[-1].ended_at is None else None

    @property
    def has_registration(self) -> bool:
        return bool(self.settings["approval_type"] != NO_REGISTRATION)

    @property
    def planned_end(self) -> datetime | None:
        return self.start_time + timedelta(minutes=self.duration) if self.start_time else None

    def registrant_by_email(self, email: str) -> Registrant | None:
        wanted = email.casefold()
        return next((one for one in self.registrants.values() if one.email.casefold() == wanted), None)
