"""Zoom as this service uses it: calls, pages, limits. What a meeting must be like stands in rules/meetings.py."""

import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import requests

from chassis import logs
from chassis.http import Client
from conferences.clients.zoom_errors import INVALID_TOKEN, ZoomLimited, ZoomRefused, ZoomUnavailable
from conferences.clients.zoom_token import Tokens
from conferences.settings import Settings, current

log = logs.get_logger(__name__)
PAGE_SIZE = 300
MOST_PAGES = 40
BATCH = 30
MOMENT_TRIES = 3


class Pace:
    """Spreads the calls of this process, so that a full minute of starts does not hit the account's limit at once."""

    def __init__(self, per_second: float) -> None:
        self._pause = 1 / per_second
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        with self._lock:
            now = time.monotonic()
            turn = max(now, self._next)
            self._next = turn + self._pause
        if turn > now:
            time.sleep(turn - now)


class Zoom:
    def __init__(self, settings: Settings) -> None:
        self._http = Client("zoom", timeout=settings.zoom_timeout_seconds, retries=0)
        self._tokens = Tokens(settings, self._http)
        self._pace = Pace(settings.zoom_calls_per_second)

    # ------------------------------------------------------------------ meetings
    def create_meeting(self, user_id: str, body: Mapping[str, Any]) -> dict[str, Any]:
        return self._call("POST", f"/users/{_step(user_id)}/meetings", "create-meeting", json=body)

    def meetings_of(self, user_id: str) -> Iterator[dict[str, Any]]:
        return self._pages(f"/users/{_step(user_id)}/meetings", "list-meetings", "meetings", {"type": "scheduled"})

    def read_meeting(self, meeting_id: int) -> dict[str, Any]:
        return self._call("GET", f"/meetings/{meeting_id}", "read-meeting")

    def change_meeting(self, meeting_id: int, body: Mapping[str, Any]) -> None:
        self._call("PATCH", f"/meetings/{meeting_id}", "change-meeting", json=body)

    def end_meeting(self, meeting_id: int) -> None:
        """What an idle meeting answers differs; whoever asks reads the state afterwards."""
        self._call("PUT", f"/meetings/{meeting_id}/status", "end-meeting", json={"action": "end"})

    def delete_meeting(self, meeting_id: int) -> None:
        silent = {"schedule_for_reminder": "false", "cancel_meeting_reminder": "false"}
        self._call("DELETE", f"/meetings/{meeting_id}", "delete-meeting", params=silent)

    # --------------------------------------------------------------- registrants
    def add_registrant(self, meeting_id: int, alias: str, name: str) -> dict[str, Any]:
        body = {"email": alias, "first_name": name, "auto_approve": True}
        return self._call("POST", f"/meetings/{meeting_id}/registrants", "add-registrant", json=body)

    def add_registrants(self, meeting_id: int, people: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        """At most 30 (alias, name). Some may be missing in the answer: compare."""
        rows = [{"email": alias, "first_name": name} for alias, name in people]
        body = {"registrants": rows, "auto_approve": True, "registrants_confirmation_email": False}
        answer = self._call("POST", f"/meetings/{meeting_id}/batch_registrants", "add-registrants", json=body)
        return list(answer.get("registrants") or [])

    def registrants_of(self, meeting_id: int) -> Iterator[dict[str, Any]]:
        path, approved = f"/meetings/{meeting_id}/registrants", {"status": "approved"}
        return self._pages(path, "list-registrants", "registrants", approved)

    def cancel_registrants(self, meeting_id: int, people: Sequence[tuple[str, str]]) -> None:
        """At most 30 (registrant id, alias). Whoever is inside stays there."""
        body = {"action": "cancel", "registrants": [{"id": id_, "email": alias} for id_, alias in people]}
        self._call("PUT", f"/meetings/{meeting_id}/registrants/status", "cancel-registrants", json=body)

    # ---------------------------------------------------------------- afterwards
    def past_sittings(self, meeting_id: int) -> list[dict[str, Any]]:
        return list(self._call("GET", f"/past_meetings/{meeting_id}/instances", "past-instances").get("meetings") or [])

    def past_participants(self, meeting_uuid: str) -> list[dict[str, Any]]:
        # A uuid is base64 and may hold «/»: encoded twice, or the provider's router takes it for two steps.
        key = quote(quote(meeting_uuid, safe=""), safe="") if "/" in meeting_uuid else quote(meeting_uuid, safe="")
        found = self._pages(f"/past_meetings/{key}/participants", "past-participants", "participants", {})
        return list(found)

    # ------------------------------------------------------------------- calling
    def _pages(self, path: str, operation: str, key: str, query: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        token = ""
        for _ in range(MOST_PAGES):
            parameters = {**query, "page_size": str(PAGE_SIZE), **({"next_page_token": token} if token else {})}
            answer = self._call("GET", path, operation, params=parameters)
            yield from answer.get(key) or []
            token = answer.get("next_page_token") or ""
            if not token:
                return

    def _call(self, method: str, path: str, operation: str, **arguments: Any) -> dict[str, Any]:
        for attempt in range(1, MOMENT_TRIES + 1):
            token = self._tokens.current()
            self._pace.wait()
            try:
                answer = self._http.request(
                    method, token.api_url + path, operation=operation,
                    headers={"Authorization": f"Bearer {token.value}"}, **arguments,
                )  # fmt: skip
            except requests.RequestException as error:
                raise ZoomUnavailable(operation) from error
            content, code = _content(answer)
            last = attempt == MOMENT_TRIES
            if answer.ok and content is not None:
                return content
            if code == INVALID_TOKEN and not last:
                self._tokens.drop(token)
                continue
            if answer.status_code == 429 and not last and answer.headers.get("X-RateLimit-Type") == "QPS":
                time.sleep(1 + random.random())  # noqa: S311 - only so that several do not come back together
                continue
            raise _error(answer, code, operation)
        raise AssertionError("unreachable")


def _step(user_id: str) -> str:
    return quote(user_id, safe="")


def _content(answer: requests.Response) -> tuple[dict[str, Any] | None, int | None]:
    """The object answered and the code in it; no object when it is something else."""
    if not answer.content:
        return {}, None
    try:
        content = answer.json()
    except ValueError:
        return None, None
    if not isinstance(content, dict):
        return None, None
    code = content.get("code")
    return content, code if isinstance(code, int) else None


def _error(answer: requests.Response, code: int | None, operation: str) -> Exception:
    # The tracking id is what the provider's support asks for; it says nothing about anybody.
    log.warning(
        "provider refused", operation=operation, status=answer.status_code, code=code,
        tracking=answer.headers.get("x-zm-trackingid"),
    )  # fmt: skip
    if answer.status_code == 429:
        moment = answer.headers.get("X-RateLimit-Type") == "QPS"
        return ZoomLimited(operation, None if moment else _next_utc_day())
    if answer.ok or answer.status_code >= 500:
        return ZoomUnavailable(operation)
    return ZoomRefused(answer.status_code, code, operation)


def _next_utc_day() -> datetime:
    """Daily counters fall back at 00:00 UTC; the header that should say so is missing where it matters."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


_clients: dict[int, Zoom] = {}


def client() -> Zoom:
    """One per process and settings: token, connections and pace are shared."""
    settings = current()
    return _clients.setdefault(id(settings), Zoom(settings))
