"""The pool of hosts, as the API shows it."""

from typing import Any

from flask import request

from sandbox.world import current
from sandbox.zoom.api import Result, json_body, operation
from sandbox.zoom.errors import ZoomError, invalid
from sandbox.zoom.model import BASIC, User
from sandbox.zoom.paging import page

OPTIONS: dict[str, dict[str, Any]] = {
    "meeting_authentication": {"meeting_authentication": False, "authentication_options": []},
    "recording_authentication": {"recording_authentication": False, "authentication_options": []},
    "meeting_security": {
        "meeting_security": {
            "meeting_password": True,
            "meeting_password_requirement": {
                "length": 0,
                "have_letter": False,
                "have_number": False,
                "have_special_character": False,
                "only_allow_numeric": False,
                "have_upper_and_lower_characters": False,
                "consecutive_characters_length": 0,
                "weak_enhance_detection": False,
            },
        }
    },
}


@operation("users.list", "GET", "/users")
def list_users() -> Result:
    status = request.args.get("status", "active")
    users = current().zoom.users if status == "active" else []
    return 200, page(users, "users", _row, most=2000)


@operation("users.get", "GET", "/users/<key>")
def get_user(key: str) -> Result:
    user = current().zoom.user(key)
    more = {"account_id": current().settings.zoom_account_id, "language": "en-US", "cluster": "sandbox"}
    return 200, _row(user) | more


@operation("users.settings", "GET", "/users/<key>/settings")
def get_settings(key: str) -> Result:
    user, option = current().zoom.user(key), request.args.get("option")
    if option is None:
        return 200, user.settings
    if option not in OPTIONS:
        raise invalid(("option", "Invalid field."))
    return 200, OPTIONS[option]


@operation("users.update_settings", "PATCH", "/users/<key>/settings")
def update_settings(key: str) -> Result:
    user, body = current().zoom.user(key), json_body()
    if user.type == BASIC and body.get("feature", {}).get("large_meeting"):
        raise ZoomError(400, 1108, "Large meeting can only be set for a licensed user.")
    for section, values in body.items():
        known = user.settings.get(section)
        if known is not None and isinstance(values, dict):
            known.update({name: value for name, value in values.items() if name in known})
    return 204, None


@operation("users.token", "GET", "/users/<key>/token")
def start_token(key: str) -> Result:
    zoom = current().zoom
    if request.args.get("type") != "zak":
        raise invalid(("type", "Invalid field."))
    return 200, {"token": zoom.issue_start_link(zoom.user(key))}


def _row(user: User) -> dict[str, Any]:
    name = user.email.split("@", maxsplit=1)[0]
    return {
        "id": user.id,
        "email": user.email,
        "type": user.type,
        "status": "active",
        "first_name": name,
        "last_name": "Zoom",
        "display_name": f"{name} Zoom",
        "role_id": "2",
        "pmi": 1_000_000_000 + sum(user.email.encode()),
        "timezone": "Europe/Athens",
        "verified": 1,
        "group_ids": [],
        "user_created_at": "2026-01-01T00:00:00Z",
    }
