"""What a request may say. Fields unknown to Zoom are ignored, wrong ones are refused by their dotted name."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sandbox.zoom.api import json_body
from sandbox.zoom.errors import invalid

START_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?")
ZONES = available_timezones()


def _checked_time(value: str) -> str:
    """Neither fractions nor offsets are documented."""
    if value and not START_TIME.fullmatch(value):
        raise ValueError("must be yyyy-MM-ddTHH:mm:ss, with Z for UTC")
    datetime.fromisoformat(value or "2026-01-01T00:00:00")
    return value


def _checked_zone(value: str) -> str:
    if value and value not in ZONES:
        raise ValueError("must be a name of the time zone database")
    return value


def _checked_email(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ValueError("must be an e-mail address")
    return value


Email = Annotated[str, Field(max_length=128), AfterValidator(_checked_email)]


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)


class MeetingSettings(Body):
    host_video: bool | None = None
    participant_video: bool | None = None
    join_before_host: bool | None = None
    jbh_time: Literal[0, 5, 10, 15] | None = None
    mute_upon_entry: bool | None = None
    watermark: bool | None = None
    use_pmi: bool | None = None
    approval_type: Literal[0, 1, 2] | None = None
    registration_type: Literal[1, 2, 3] | None = None
    audio: Literal["both", "telephony", "voip", "thirdParty"] | None = None
    auto_recording: Literal["local", "cloud", "none"] | None = None
    alternative_hosts: str | None = None
    close_registration: bool | None = None
    show_share_button: bool | None = None
    show_join_info: bool | None = None
    allow_multiple_devices: bool | None = None
    registrants_confirmation_email: bool | None = None
    registrants_email_notification: bool | None = None
    waiting_room: bool | None = None
    meeting_authentication: bool | None = None
    encryption_type: Literal["enhanced_encryption", "e2ee"] | None = None
    private_meeting: bool | None = None
    internal_meeting: bool | None = None
    email_in_attendee_report: bool | None = None
    focus_mode: bool | None = None
    auto_start_meeting_summary: bool | None = None
    auto_start_ai_companion_questions: bool | None = None
    request_permission_to_unmute_participants: bool | None = None
    allow_host_control_participant_mute_state: bool | None = None
    global_dial_in_countries: list[str] | None = None
    meeting_invitees: list[dict[str, Any]] | None = None


class TrackingField(Body):
    field: str
    value: str = ""


class MeetingBody(Body):
    """Types 1, 2 and 3; the sandbox plays neither series with fixed times nor screen-share rooms."""

    topic: Annotated[str, Field(max_length=200)] | None = None
    agenda: Annotated[str, Field(max_length=2000)] | None = None
    type: Literal[1, 2, 3] | None = None
    start_time: Annotated[str, AfterValidator(_checked_time)] | None = None
    timezone: Annotated[str, AfterValidator(_checked_zone)] | None = None
    duration: Annotated[int, Field(ge=1, le=1440)] | None = None
    password: Annotated[str, Field(max_length=10, pattern=r"^[A-Za-z0-9@_*-]*$")] | None = None
    default_password: bool = True
    tracking_fields: list[TrackingField] | None = None
    settings: MeetingSettings = MeetingSettings()

    def start(self, zone: str) -> datetime | None:
        """In UTC; without `Z` it is local to the zone named."""
        if not self.start_time:
            return None
        local = datetime.fromisoformat(self.start_time)
        return (local if local.tzinfo else local.replace(tzinfo=ZoneInfo(self.timezone or zone))).astimezone(UTC)


class Person(Body):
    email: Email
    first_name: Annotated[str, Field(min_length=1, max_length=64)]
    last_name: Annotated[str, Field(max_length=64)] = ""


class Registration(Person):
    auto_approve: bool = False
    language: str | None = None


class Batch(Body):
    registrants: Annotated[list[Person], Field(min_length=1, max_length=30)]
    auto_approve: bool = False
    registrants_confirmation_email: bool = False


class Named(Body):
    id: str = ""
    email: str = ""


class Decision(Body):
    action: Literal["approve", "cancel", "deny"]
    registrants: Annotated[list[Named], Field(max_length=30)] = Field(default_factory=list)


class StatusChange(Body):
    action: Literal["end", "recover"]


class Removal(Body):
    participant_uuid: str = ""
    waiting_room: bool | None = None


class LiveEvent(Body):
    method: Literal["participant.remove", "waiting_room.update"]
    params: Removal = Removal()


T = TypeVar("T", bound=Body)


def body_of(form: type[T]) -> T:
    try:
        return form.model_validate(json_body())
    except ValidationError as wrong:
        raise invalid(*((".".join(map(str, error["loc"])), error["msg"]) for error in wrong.errors())) from wrong
