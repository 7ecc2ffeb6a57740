"""The main job, as programs do it: sign in, plan, invite, join, report (S1–S4, S20, S22, S26, S28, S29, S33, S34)."""

import io
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import openpyxl
import requests

from tests.journeys.outside import Outside, calendar_entries, eventually, link_in
from tests.journeys.visitor import Addresses, Visitor, secret_in

ATTEMPTS = count(1)
GUEST_NAME = "=1+1"  # a spreadsheet must show it, not compute it


def plan_now(coordinator: Visitor, *, minutes: int = 60, **more: Any) -> dict[str, Any]:
    start = datetime.now(UTC).replace(second=0, microsecond=0)
    body = {
        "title": f"Συνεδρίαση της επιτροπής {datetime.now(UTC):%H%M%S%f}",  # its mails are found by it
        "description": "Ημερήσια διάταξη: <προϋπολογισμός> & προσωπικό",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(minutes=minutes)).isoformat(),
        **more,
    }
    return dict(coordinator.post("/api/v1/conferences", body, expect=201))


def activated(at: Addresses, outside: Outside, persona: str) -> tuple[Visitor, str]:
    """This persona with an active account, made on the way if this is the first visit; and the address mails go to."""
    person = Visitor(at)
    if person.sign_in(persona) == "activation":
        address = f"{persona}.{next(ATTEMPTS)}@staff.example"
        person.activate(address)
        mail = outside.mail_with(address, "/confirm?token=")
        Visitor(at).post("/api/v1/email-confirmations", {"token": secret_in(link_in(mail, "/confirm?token="))})
        for path in ("/api/v1/conferences?scope=current", "/api/v1/account/emails"):  # each has a token of its own
            eventually(lambda path=path: person.call("GET", path).status_code == 200, what="the account")
    return person, person.get("/api/v1/session")["person"]["email"]


def enter(at: Addresses, link: str, name: str | None = None) -> str:
    """Follow a personal link through our API; return the address of the meeting."""
    person = Visitor(at)
    path = f"/api/v1/join/{secret_in(link)}"
    eventually(lambda: person.get(path)["state"] == "open", what="the open door")

    def ask() -> str | None:
        answer = person.call("POST", path, json={"name": name} if name else {}, expect=(200, 503))
        return str(answer.json()["join_url"]) if answer.status_code == 200 else None

    return eventually(ask, what="the way in")


def mail_of(coordinator: Visitor, here: str, address: str) -> str | None:
    """What the coordinator is told of the invitation to this address."""
    people = {person["email"]: person for person in coordinator.get(f"{here}/participants")["items"]}
    mail = people[address]["mail"]
    return str(mail["state"]) if mail else None


def test_a_coordinator_plans_invites_and_accounts_for_a_conference(
    at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    _, user_address = activated(at, outside, "user-1")
    guest_address = f"guest.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"

    conference = plan_now(coordinator)
    here = f"/api/v1/conferences/{conference['id']}"
    added = coordinator.post(
        f"{here}/participants",
        {
            "people": [
                {"email": user_address},
                {"email": guest_address, "name": GUEST_NAME},
                {"email": "not an address"},
            ]
        },
    )["results"]
    coordinator.post(f"{here}/invitations", {}, expect=202)
    user_mail = outside.mail_with(user_address, str(conference["title"]))
    guest_mail = outside.mail_with(guest_address, str(conference["title"]))

    assert [result["outcome"] for result in added] == ["added", "added", "invalid"]
    for mail in (user_mail, guest_mail):
        (entry, *_) = calendar_entries(mail)
        assert entry["method"] == "REQUEST"
        assert "zoom" not in mail["text"].lower() + (mail["html"] or "").lower(), "no provider address in any mail"
    eventually(lambda: mail_of(coordinator, here, guest_address) == "sent", what="word of the guest's mail")

    eventually(lambda: coordinator.get(here)["room"] == "ready", what="the room")
    user_way = enter(at, link_in(user_mail, "/join/"))
    guest_way = enter(at, link_in(guest_mail, "/join/"), GUEST_NAME)
    assert GUEST_NAME in requests.get(guest_way, timeout=30).text
    assert user_way != guest_way

    meeting = outside.meeting_of(conference["number"])
    assert meeting
    assert all(address not in str(meeting) for address in (user_address, guest_address)), "Zoom never learns an address"
    people = [registrant["id"] for registrant in meeting["registrants"]]
    assert len(people) == 2
    began = datetime.now(UTC).replace(microsecond=0)
    for registrant in people:
        outside.move(meeting["id"], registrant, "join", began)
    eventually(
        lambda: sum(item["connected"] for item in coordinator.get(f"{here}/live")["items"]) == 2, what="both connected"
    )
    outside.move(meeting["id"], people[0], "leave", began + timedelta(seconds=70))
    outside.move(meeting["id"], people[1], "leave", began + timedelta(seconds=95))

    ended = coordinator.post(f"{here}/end", expect=200)
    assert ended["state"] == "ended"
    eventually(lambda: coordinator.get(here)["room"] == "closed", what="the closed room")

    truth = sorted(item["seconds"] for item in outside.attendance(meeting["id"]))
    report = eventually(
        lambda: next(
            (
                seen
                for seen in [coordinator.get(f"{here}/report")]
                if sorted(p["duration_seconds"] for p in seen["participants"]) == truth
            ),
            None,
        ),
        what=f"a report saying {truth}",
    )
    assert truth == [70, 95]
    assert {person["email"]: person["guest"] for person in report["participants"]} == {
        user_address: False,
        guest_address: True,
    }
    assert report["devices"] == {"desktop_mobile": 2, "phone_or_room": 0}

    sheet = openpyxl.load_workbook(
        io.BytesIO(coordinator.call("GET", f"{here}/report.xlsx", expect=200).content)
    ).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value == GUEST_NAME]
    assert [cell.data_type for cell in cells] == ["s"], "a guest's name is text, never a formula"
    for address in (guest_address, user_address):
        mails = [mail for mail in outside.mails_to(address) if str(conference["title"]) in mail["text"]]
        assert [len(calendar_entries(mail)) > 0 for mail in mails] == [True], "one mail each"


def test_a_refused_mail_is_told_and_sent_anew_on_request(outside: Outside, coordinator: Visitor) -> None:
    address = f"refused.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"
    conference = plan_now(coordinator)
    here = f"/api/v1/conferences/{conference['id']}"
    people = {"people": [{"email": address}]}
    (added,) = coordinator.post(f"{here}/participants", people)["results"]
    assert mail_of(coordinator, here, address) is None
    outside.put("/faults/mail", mode="rejected")
    try:
        coordinator.post(f"{here}/invitations", {}, expect=202)
        eventually(lambda: mail_of(coordinator, here, address) == "failed", what="word of the refusal")
    finally:
        outside.put("/faults/mail", mode="off")

    coordinator.post(f"{here}/invitations", {"participant_ids": [added["participant_id"]]}, expect=202)

    eventually(lambda: mail_of(coordinator, here, address) == "sent", what="word of the second mail")
    assert outside.mail_with(address, str(conference["title"]))


def test_a_cancelled_conference_takes_its_entries_back(at: Addresses, outside: Outside, coordinator: Visitor) -> None:
    address = f"cancelled.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"
    conference = plan_now(coordinator)
    here = f"/api/v1/conferences/{conference['id']}"
    coordinator.post(f"{here}/participants", {"people": [{"email": address, "name": "Άννα Δοκιμή"}]})
    coordinator.post(f"{here}/invitations", {}, expect=202)
    invitation = outside.mail_with(address, str(conference["title"]))

    coordinator.call("DELETE", here, expect=204)
    cancelled = eventually(
        lambda: next((m for m in outside.mails_to(address) if m["id"] != invitation["id"]), None),
        what="the cancellation",
    )

    (first, *_), (last, *_) = calendar_entries(invitation), calendar_entries(cancelled)
    assert last["method"] == "CANCEL"
    assert last.walk("VEVENT")[0]["uid"] == first.walk("VEVENT")[0]["uid"]
    assert last.walk("VEVENT")[0]["sequence"] > first.walk("VEVENT")[0].get("sequence", 0)
    ticket = secret_in(link_in(invitation, "/join/"))
    assert Visitor(at).get(f"/api/v1/join/{ticket}")["state"] == "cancelled"
    eventually(lambda: outside.meeting_of(conference["number"]) is None, what="the meeting gone")
