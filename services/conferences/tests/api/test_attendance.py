"""From the provider's messages to the live list, the report and the workbook (S27, S28, S29)."""

import io
import json
import random
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from sqlalchemy import select

from chassis import timers
from chassis.clock import now
from chassis.ids import new_id
from chassis.timers import TimerRow
from conferences.models import Booking, Hook, Host, Registrant, Sitting, Stay
from conferences.rules.states import Room

from ..factories import due, make_conference, make_participant, this_hour
from ..provider import HOSTS, signed

MEETING_ID = 81234567890
UUID_ = "q1Rz0uX2T7mB5n8Kx4d3Aw=="
START = this_hour() - timedelta(hours=1)


@pytest.fixture
def conference(session, coordinator):
    return make_conference(
        session,
        owner=coordinator,
        starts_at=START,
        minutes=240,
        room="ready",
        meeting_id=MEETING_ID,
        description="Θέματα",
    )


@pytest.fixture
def enrolled(session, conference, user):
    """A user, a guest called =1+1 and somebody who never came; the first two known to the provider."""
    booking = session.scalars(select(Booking)).one()
    rows = [
        make_participant(session, conference, person_id=user),
        make_participant(session, conference, email="g@elsewhere.example", name="=1+1"),
        make_participant(session, conference, email="absent@elsewhere.example", name="Απών"),
    ]
    for number, row in enumerate(rows[:2], start=1):
        session.add(
            Registrant(
                participation_id=row.id, booking_id=booking.id, turn=1, alias=f"p-{row.short_id}.1@alias.example",
                display_name="x", registrant_id=f"registrant{number}",
            )
        )  # fmt: skip
    session.flush()
    return rows


def stamp(second: int) -> str:
    return (START + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%SZ")


def message(event: str, second: int, device: str = "", registrant: str | None = None, **more):
    about = {"id": str(MEETING_ID), "uuid": UUID_, "host_id": "the-host", "topic": "x", "start_time": stamp(0)}
    if event in ("joined", "left"):
        person = {"user_id": device, "user_name": "Όνομα", "email": "", "public_ip": "203.0.113.9", **more}
        person |= {"registrant_id": registrant} if registrant else {}
        person["join_time" if event == "joined" else "leave_time"] = stamp(second)
        about["participant"], event = person, f"participant_{event}"
    elif event == "ended":
        about["end_time"] = stamp(second)
    return {"event": f"meeting.{event}", "payload": {"account_id": "a", "object": about}, "event_ts": 1}


@pytest.fixture
def tell(client, run_timer):
    def post(*messages):
        for one in messages:
            assert client.post("/hooks/zoom", **signed(one)).status_code == 204
        run_timer("hooks.apply", UUID_)

    return post


@pytest.fixture
def here(conference):
    return f"/api/v1/conferences/{conference.id}"


@pytest.fixture
def report(client, session, conference, here, coordinator, as_person):
    def read():
        if conference.state != "ended":
            conference.state, conference.ended_at = "ended", START + timedelta(seconds=3000)
            session.flush()
        answer = client.get(f"{here}/report", headers=as_person(coordinator))
        assert answer.status_code == 200, answer.text
        return answer.json()

    return read


def durations(report) -> dict[str, int]:
    return {one["name"]: one["duration_seconds"] for one in report["participants"]}


STORY = [
    message("started", 0),
    message("joined", 10, "d1", "registrant1"),
    message("joined", 15, "d2", "registrant2"),
    message("joined", 30, "d3", "registrant1"),  # a second device
    message("left", 70, "d1", "registrant1"),
    message("left", 100, "d3", "registrant1"),
    message("joined", 200, "d4", "registrant1"),  # back again
    message("left", 260, "d4", "registrant1"),
    message("joined", 300, "d5"),  # a telephone
    message("left", 310, "d5"),
    message("joined", 5, "d6", id="the-host"),
    message("ended", 900),  # the guest's departure is never told
]
TRUTH = {"ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ": 150, "=1+1": 885, "Απών": 0}


@pytest.mark.parametrize("seed", range(5))
def test_order_and_repetition_do_not_matter(tell, report, enrolled, seed):
    told = STORY * 2
    random.Random(seed).shuffle(told)

    tell(*told[:9])
    tell(*told[9:])

    assert durations(report()) == TRUTH


def test_the_report_says_who_was_there(tell, report, enrolled):
    tell(*STORY)

    said = report()

    assert (said["ended_early"], said["description"], said["coordinator"]["name"]) == (
        True,
        "Θέματα",
        "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ",
    )
    assert said["devices"] == {"desktop_mobile": 2, "phone_or_room": 1}
    assert [(one["name"], one["guest"], one["state"]) for one in said["participants"]] == [
        ("=1+1", True, "connected"),
        ("ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ", False, "connected"),
        ("Απών", True, "not_connected"),
    ]
    intervals = said["participants"][1]["intervals"]
    assert [datetime.fromisoformat(one["joined_at"]) for one in intervals] == [
        START + timedelta(seconds=10),
        START + timedelta(seconds=200),
    ]


def test_without_registrant_id_the_alias_decides(tell, report, enrolled):
    alias = f"P-{enrolled[1].short_id}.1@alias.example"

    tell(message("joined", 10, "d1", email=alias), message("left", 25, "d1", email=alias))

    assert durations(report())["=1+1"] == 15


def test_nothing_of_people_or_machines_is_kept_from_messages(session, tell, enrolled):
    tell(*STORY)

    kept = "".join(str(vars(row)) for table in (Hook, Stay, Sitting) for row in session.scalars(select(table)))
    assert "203.0.113.9" not in kept
    assert "Όνομα" not in kept


def test_the_live_list_is_polled_cheaply(client, here, tell, enrolled, coordinator, as_person):
    headers = as_person(coordinator)
    tell(message("started", 0), message("joined", 10, "d1", "registrant1"), message("joined", 12, "d9"))

    first = client.get(f"{here}/live", headers=headers)
    same = client.get(f"{here}/live", headers=headers | {"If-None-Match": first.headers["ETag"]})
    tell(message("left", 20, "d1", "registrant1"))
    changed = client.get(f"{here}/live", headers=headers | {"If-None-Match": first.headers["ETag"]})

    body = first.json()
    assert [(one["name"], one["connected"]) for one in body["items"]] == [
        ("ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ", True), ("=1+1", False), ("Απών", False),
    ]  # fmt: skip
    assert (body["connected_count"], body["unidentified_count"], body["next_interval_seconds"]) == (1, 1, 5)
    assert (same.status_code, same.content) == (304, b"")
    assert (changed.status_code, changed.json()["connected_count"]) == (200, 0)


def test_the_end_of_a_sitting_empties_the_live_list(client, here, tell, enrolled, coordinator, as_person):
    tell(message("joined", 10, "d1", "registrant1"), message("ended", 50))

    assert client.get(f"{here}/live", headers=as_person(coordinator)).json()["connected_count"] == 0


@pytest.mark.parametrize(
    ("language", "state", "kind"), [("el", "Δεν συνδέθηκε", "Χρήστης"), ("en", "Did not connect", "User")]
)
def test_the_workbook_holds_text_as_text(
    client, here, tell, report, enrolled, coordinator, as_person, language, state, kind
):
    tell(*STORY)
    report()

    answer = client.get(f"{here}/report.xlsx", headers=as_person(coordinator) | {"Accept-Language": language})

    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = {row[0].value: row for row in sheet.iter_rows()}
    assert rows["=1+1"][0].data_type == "s"
    assert rows["=1+1"][4].value == timedelta(seconds=885)
    assert rows["Απών"][3].value == state
    assert rows["ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ"][2].value == kind


def test_a_report_waits_for_the_end(client, here, coordinator, as_person, enrolled):
    answer = client.get(f"{here}/report", headers=as_person(coordinator))

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conference-not-ended")


@pytest.mark.parametrize("spoil", ["signature", "timestamp", "body", "none"])
def test_only_the_providers_own_messages_are_stored(client, session, enrolled, spoil):
    arguments = signed(STORY[1], at=datetime.now(UTC) - timedelta(seconds=400 if spoil == "timestamp" else 0))
    if spoil == "signature":
        arguments["headers"]["x-zm-signature"] = "v0=" + "0" * 64
    if spoil == "body":
        arguments["content"] = json.dumps(STORY[2]).encode()
    if spoil == "none":
        arguments["headers"] = {"content-type": "application/json"}

    answer = client.post("/hooks/zoom", **arguments)

    assert (answer.status_code, answer.json()["type"]) == (401, "/problems/signature-invalid")
    assert session.scalars(select(Hook)).all() == []


def test_the_address_proves_itself_and_other_events_are_let_pass(client, session):
    proof = {"event": "endpoint.url_validation", "payload": {"plainToken": "plainTokenExample"}, "event_ts": 1}

    answer = client.post("/hooks/zoom", **signed(proof))
    other = client.post("/hooks/zoom", **signed({"event": "meeting.created", "payload": {"x": "😀"}, "event_ts": 1}))

    assert (answer.status_code, answer.json()["encryptedToken"][:8]) == (200, "b684183e")
    assert other.status_code == 204
    assert due(session) == []


def test_messages_about_meetings_that_are_not_ours_change_nothing(client, session, run_timer):
    client.post("/hooks/zoom", **signed(STORY[1]))

    run_timer("hooks.apply", UUID_)

    assert session.scalars(select(Stay)).all() == []


# ------------------------------------------------------------------------ with the real sequence at the provider
@pytest.fixture
def played(session, client, provider, coordinator, user, run_timer):
    """A room at the provider, two people registered there, everything they did told to nobody yet."""
    host = Host(id=new_id(), email=HOSTS[0]["email"], zoom_user_id=HOSTS[0]["zoom_user_id"], capacity=300)
    session.add(host)
    conference = make_conference(session, owner=coordinator, starts_at=START, minutes=240, host=host)
    make_participant(session, conference, person_id=user)
    make_participant(session, conference, email="g@elsewhere.example", name="=1+1")
    booking = session.scalars(select(Booking)).one()
    timers.schedule(session, "room.make", booking.id, now())
    run_timer("room.make", booking.id)
    run_timer("room.register", conference.id)
    return conference


def play(session, provider) -> dict[str, int]:
    """Both come and go; answers the provider's own truth in seconds."""
    (meeting,) = provider.meetings()
    first, second = (one["id"] for one in meeting["registrants"])
    began = datetime.now(UTC).replace(microsecond=0)
    for registrant, action, second_ in (
        (first, "join", 0), (second, "join", 3), (first, "join", 20), (first, "leave", 40),
        (second, "leave", 98), (second, "join", 120), (second, "leave", 130), (first, "leave", 150),
    ):  # fmt: skip
        provider.act(meeting["id"], registrant, action, began + timedelta(seconds=second_))
    provider.act(meeting["id"], "", "end", began + timedelta(seconds=200))
    return {
        one["name"].strip(): one["seconds"]
        for one in provider.ask("GET", f"/zoom/meetings/{meeting['id']}/attendance")["items"]
    }


@pytest.mark.parametrize("awkward", [False, True])
@pytest.mark.parametrize("told", ["all", "none", "half"])
def test_the_providers_list_completes_what_was_told(
    session, client, provider, played, coordinator, as_person, run_timer, told, awkward
):
    provider.switch(awkward_uuids=awkward)
    truth = play(session, provider)
    bodies = [delivery.body for delivery in provider.zoom.webhooks.deliveries]
    for body in {"all": bodies, "none": [], "half": bodies[::2]}[told]:
        client.post("/hooks/zoom", **signed(json.loads(body)))
    for subject in session.scalars(select(TimerRow.subject).where(TimerRow.name == "hooks.apply")).all():
        run_timer("hooks.apply", subject)
    here = f"/api/v1/conferences/{played.id}"
    assert client.post(f"{here}/end", headers=as_person(coordinator)).status_code == 200
    run_timer("room.close", played.id)

    run_timer("attendance.reconcile", played.id)  # not ready yet
    assert [timer.name for timer in due(session)] == ["attendance.reconcile"]
    provider.ask("PUT", "/clock", offset_seconds=25)
    run_timer("attendance.reconcile", played.id)  # rows, their durations zero
    provider.ask("PUT", "/clock", offset_seconds=60)
    run_timer("attendance.reconcile", played.id)

    assert due(session) == []
    report = client.get(f"{here}/report", headers=as_person(coordinator)).json()
    assert durations(report) == truth == {"ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ": 150, "=1+1": 105}
    assert session.scalars(select(Booking.room)).one() == Room.closed


def test_a_meeting_of_one_is_in_no_list_and_what_was_told_stands(
    session, tell, report, enrolled, provider, run_timer, conference
):
    tell(message("joined", 10, "d1", "registrant1"), message("left", 70, "d1", "registrant1"), message("ended", 80))
    assert durations(report())["ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ"] == 60
    timers.schedule(session, "attendance.reconcile", conference.id, now())

    run_timer("attendance.reconcile", conference.id)

    assert durations(report())["ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ"] == 60
