"""The world outside the suite as a test sees it: mailbox, meeting rooms, faults and clock of the sandbox."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import icalendar
import requests

TIMEOUT_SECONDS = 30
Seen = TypeVar("Seen")


def eventually(look: Callable[[], Seen], *, within: float = 30, every: float = 0.2, what: str = "it") -> Seen:
    """Look until the answer is truthy; work after an answer takes its time, but not longer than `within` seconds."""
    end = time.monotonic() + within
    while True:
        seen = look()
        if seen:
            return seen
        assert time.monotonic() < end, f"{what} did not happen within {within} s; last seen: {seen!r}"
        time.sleep(every)


class Outside:
    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str, **query: Any) -> Any:
        response = requests.get(
            self.address + path, params=query, headers={"Accept": "application/json"}, timeout=TIMEOUT_SECONDS
        )
        response.raise_for_status()
        return response.json()

    def put(self, path: str, **body: Any) -> None:
        requests.put(self.address + path, json=body, timeout=TIMEOUT_SECONDS).raise_for_status()

    def personas(self) -> dict[str, dict[str, Any]]:
        return {persona["id"]: persona for persona in self.get("/personas")["items"]}

    def mails_to(self, address: str) -> list[dict[str, Any]]:
        return list(self.get("/mail/messages", to=address)["items"])

    def mail_with(self, address: str, words: str, *, within: float = 30) -> dict[str, Any]:
        """The newest mail to this address whose text holds these words."""
        return eventually(
            lambda: next((mail for mail in reversed(self.mails_to(address)) if words in mail["text"]), None),
            within=within,
            what=f"a mail with «{words}»",
        )

    def meetings(self) -> list[dict[str, Any]]:
        return list(self.get("/zoom/meetings")["items"])

    def meeting_of(self, number: int) -> dict[str, Any] | None:
        return next((meeting for meeting in self.meetings() if meeting["topic"].endswith(f" {number}")), None)

    def move(self, meeting_id: Any, registrant_id: str, action: str, at: datetime | None = None) -> dict[str, Any]:
        body = {"registrant_id": registrant_id, "action": action}
        if at:
            body["at"] = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        response = requests.post(
            f"{self.address}/zoom/meetings/{meeting_id}/participants", json=body, timeout=TIMEOUT_SECONDS
        )
        assert response.ok, response.text
        return dict(response.json()) if response.content else {}

    def attendance(self, meeting_id: Any) -> list[dict[str, Any]]:
        return list(self.get(f"/zoom/meetings/{meeting_id}/attendance")["items"])


def link_in(mail: dict[str, Any], path: str) -> str:
    """The first link in a mail's text that leads to this path."""
    found = re.search(rf"https?://\S+{re.escape(path)}\S+", mail["text"])
    assert found, f"no {path} link in «{mail['subject']}»"
    return found.group(0).rstrip(".,)>")


def calendar_entries(mail: dict[str, Any]) -> list[icalendar.Calendar]:
    """The calendar parts of a mail, parsed."""
    return [
        icalendar.Calendar.from_ical(part["content"])
        for part in mail["attachments"]
        if part["content_type"].startswith("text/calendar")
    ]
