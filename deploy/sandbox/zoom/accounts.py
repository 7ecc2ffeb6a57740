"""A user's settings tree, and what a meeting inherits of it when its creator is silent."""

from typing import Any


def user_settings(capacity: int, place: int) -> dict[str, dict[str, Any]]:
    """Hosts of one pool differ, as they do in real accounts: every second one demands a Zoom sign-in by default,
    and all have a waiting room. Whoever leaves a setting out learns it here."""
    return {
        "schedule_meeting": {
            "host_video": True,
            "participants_video": True,
            "audio_type": "both",
            "join_before_host": False,
            "jbh_time": 0,
            "meeting_authentication": place % 2 == 1,
            "use_pmi_for_scheduled_meetings": False,
            "require_password_for_scheduling_new_meetings": True,
            "mute_upon_entry": False,
        },
        "in_meeting": {
            "waiting_room": True,
            "e2e_encryption": False,
            "chat": True,
            "allow_participants_to_rename": True,
            "auto_start_meeting_summary": True,
            "auto_start_ai_companion_questions": False,
        },
        "email_notification": {"jbh_reminder": True, "cancel_meeting_reminder": True},
        "recording": {"local_recording": True, "cloud_recording": True, "auto_recording": "none"},
        "telephony": {"third_party_audio": False},
        "feature": {
            "meeting_capacity": min(capacity, 300),
            "large_meeting": capacity > 300,
            "large_meeting_capacity": capacity if capacity > 300 else 0,
            "concurrent_meeting": "None",
            "webinar": False,
            "webinar_capacity": 0,
            "zoom_phone": False,
        },
    }


def inherited(settings: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Every meeting setting, as it is when a request does not name it."""
    schedule, inside = settings["schedule_meeting"], settings["in_meeting"]
    return {
        "host_video": schedule["host_video"],
        "participant_video": schedule["participants_video"],
        "join_before_host": schedule["join_before_host"],
        "jbh_time": schedule["jbh_time"],
        "mute_upon_entry": schedule["mute_upon_entry"],
        "watermark": False,
        "use_pmi": schedule["use_pmi_for_scheduled_meetings"],
        "approval_type": 2,
        "registration_type": 1,
        "audio": schedule["audio_type"],
        "auto_recording": settings["recording"]["auto_recording"],
        "alternative_hosts": "",
        "close_registration": False,
        "show_share_button": False,
        "show_join_info": False,
        "allow_multiple_devices": False,
        "registrants_confirmation_email": True,
        "registrants_email_notification": True,
        "waiting_room": inside["waiting_room"],
        "meeting_authentication": schedule["meeting_authentication"],
        "encryption_type": "enhanced_encryption",
        "private_meeting": False,
        "internal_meeting": False,
        "email_in_attendee_report": False,
        "focus_mode": False,
        "auto_start_meeting_summary": inside["auto_start_meeting_summary"],
        "auto_start_ai_companion_questions": inside["auto_start_ai_companion_questions"],
        "request_permission_to_unmute_participants": False,
        "allow_host_control_participant_mute_state": False,
        "global_dial_in_countries": [],
        "meeting_invitees": [],
    }
