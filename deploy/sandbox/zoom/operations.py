"""Each operation's rate category and the scopes that allow it: the classic one or the granular one."""

from dataclasses import dataclass

LIGHT, MEDIUM, HEAVY = "Light", "Medium", "Heavy"


@dataclass(frozen=True)
class Operation:
    category: str
    classic: str
    granular: str


USER_READ, MEETING_READ, MEETING_WRITE = "user:read:admin", "meeting:read:admin", "meeting:write:admin"

OPERATIONS = {
    "users.list": Operation(MEDIUM, USER_READ, "user:read:list_users:admin"),
    "users.get": Operation(LIGHT, USER_READ, "user:read:user:admin"),
    "users.settings": Operation(MEDIUM, USER_READ, "user:read:settings:admin"),
    "users.update_settings": Operation(MEDIUM, "user:write:admin", "user:update:settings:admin"),
    "users.token": Operation(LIGHT, USER_READ, "user:read:token:admin"),
    "meetings.create": Operation(LIGHT, MEETING_WRITE, "meeting:write:meeting:admin"),
    "meetings.list": Operation(MEDIUM, MEETING_READ, "meeting:read:list_meetings:admin"),
    "meetings.get": Operation(LIGHT, MEETING_READ, "meeting:read:meeting:admin"),
    "meetings.update": Operation(LIGHT, MEETING_WRITE, "meeting:update:meeting:admin"),
    "meetings.delete": Operation(LIGHT, MEETING_WRITE, "meeting:delete:meeting:admin"),
    "meetings.status": Operation(LIGHT, MEETING_WRITE, "meeting:update:status:admin"),
    "meetings.live_events": Operation(LIGHT, MEETING_WRITE, "meeting:update:in_meeting_controls:admin"),
    "registrants.add": Operation(LIGHT, MEETING_WRITE, "meeting:write:registrant:admin"),
    "registrants.batch": Operation(HEAVY, MEETING_WRITE, "meeting:write:batch_registrants:admin"),
    "registrants.list": Operation(MEDIUM, MEETING_READ, "meeting:read:list_registrants:admin"),
    "registrants.get": Operation(LIGHT, MEETING_READ, "meeting:read:registrant:admin"),
    "registrants.status": Operation(MEDIUM, MEETING_WRITE, "meeting:update:registrant_status:admin"),
    "registrants.delete": Operation(LIGHT, MEETING_WRITE, "meeting:delete:registrant:admin"),
    "past.meeting": Operation(LIGHT, MEETING_READ, "meeting:read:past_meeting:admin"),
    "past.instances": Operation(MEDIUM, MEETING_READ, "meeting:read:list_past_instances:admin"),
    "past.participants": Operation(MEDIUM, MEETING_READ, "meeting:read:list_past_participants:admin"),
    "report.participants": Operation(HEAVY, "report:read:admin", "report:read:list_meeting_participants:admin"),
}

GRANULAR = frozenset(operation.granular for operation in OPERATIONS.values())
