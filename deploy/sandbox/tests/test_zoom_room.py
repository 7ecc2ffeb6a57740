"""Who comes in, who waits, who is turned away."""

import pytest

from .waiting import eventually

START = "2027-03-01T10:00:00Z"


def outcome(answer):
    body = answer.json()
    return body.get("reason") or body["outcome"]


def events(zoom):
    return [delivery.event.removeprefix("meeting.") for delivery in zoom.world.zoom.webhooks.deliveries]


def join(zoom, meeting, registrant, **body):
    return outcome(zoom.play(meeting, registrant, "join", **body))


def test_first_one_in_starts_and_last_one_out_ends(zoom):
    meeting = zoom.meeting()
    registrant = zoom.registrant(meeting)

    assert join(zoom, meeting, registrant) == "joined"
    assert outcome(zoom.play(meeting, registrant, "leave")) == "left"
    assert events(zoom)[-4:] == ["started", "participant_joined", "participant_left", "ended"]


def test_closed_door_makes_people_wait_for_the_host(zoom):
    meeting = zoom.meeting(settings={"join_before_host": False})
    registrant = zoom.registrant(meeting)

    assert join(zoom, meeting, registrant) == "waiting_for_host"
    assert join(zoom, meeting, registrant) == "waiting_for_host"
    assert outcome(zoom.play(meeting, None, "start")) == "joined"
    assert events(zoom)[-4:] == ["started", "participant_joined", "participant_jbh_joined", "participant_joined"]


def test_opening_the_door_lets_in_who_waits(zoom):
    meeting = zoom.meeting(settings={"join_before_host": False})
    join(zoom, meeting, zoom.registrant(meeting))

    zoom.api("PATCH", f"/meetings/{meeting['id']}", {"settings": {"join_before_host": True}})

    assert events(zoom)[-3:] == ["started", "participant_jbh_joined", "participant_joined"]


@pytest.mark.parametrize(
    ("at", "expected"),
    [("2027-03-01T09:49:59Z", "waiting_for_host"), ("2027-03-01T09:50:00Z", "joined")],
)
def test_door_opens_some_minutes_before_the_start(zoom, at, expected):
    meeting = zoom.meeting(start_time=START, settings={"jbh_time": 10})

    assert join(zoom, meeting, zoom.registrant(meeting), at=at) == expected


def test_waiting_room_needs_admission_which_is_a_stay_of_its_own(zoom):
    meeting = zoom.meeting(settings={"waiting_room": True})
    registrant = zoom.registrant(meeting)
    zoom.play(meeting, None, "start")

    waiting = zoom.play(meeting, registrant, "join").json()
    admitted = zoom.play(meeting, registrant, "admit").json()

    assert (waiting["outcome"], admitted["outcome"]) == ("in_waiting_room", "joined")
    assert waiting["participant"]["user_id"] != admitted["participant"]["user_id"]
    assert waiting["participant"]["participant_uuid"] == admitted["participant"]["participant_uuid"]
    assert events(zoom)[-3:] == ["participant_joined_waiting_room", "participant_admitted", "participant_joined"]


def test_denied_at_the_waiting_room_does_not_come_back(zoom):
    meeting = zoom.meeting(settings={"waiting_room": True})
    registrant = zoom.registrant(meeting)
    zoom.play(meeting, None, "start")
    zoom.play(meeting, registrant, "join")

    zoom.play(meeting, registrant, "deny")

    assert events(zoom)[-1] == "participant_left_waiting_room"
    assert join(zoom, meeting, registrant) == "removed"


def test_link_is_for_one_at_a_time(zoom):
    meeting = zoom.meeting()
    registrant = zoom.registrant(meeting)
    join(zoom, meeting, registrant)

    assert join(zoom, meeting, registrant) == "link_in_use"
    zoom.play(meeting, registrant, "leave")
    assert join(zoom, meeting, registrant) == "joined"


def test_several_devices_when_allowed_are_several_stays(zoom):
    meeting = zoom.meeting(settings={"allow_multiple_devices": True})
    registrant = zoom.registrant(meeting)

    stays = [zoom.play(meeting, registrant, "join").json()["participant"]["user_id"] for _ in range(2)]

    assert len(set(stays)) == 2
    zoom.play(meeting, registrant, "leave", user_id=stays[0])
    [item] = zoom.get(f"/zoom/meetings/{meeting['id']}/attendance").json()["items"]
    assert [stay["left_at"] is None for stay in item["stays"]] == [False, True]


def test_capacity_is_the_hosts_at_the_door(zoom):
    meeting = zoom.meeting()
    first, second = (zoom.registrant(meeting, email=f"p-{n}@alias.example") for n in (1, 2))
    zoom.put("/zoom/users/host01@zoom.example", json={"capacity": 1})

    assert join(zoom, meeting, first) == "joined"
    assert join(zoom, meeting, second) == "full"
    zoom.put("/zoom/users/host01@zoom.example", json={"capacity": 2})
    assert join(zoom, meeting, second) == "joined"


@pytest.mark.parametrize(("action", "reason"), [("deny", "registrant_denied"), ("cancel", "registrant_cancelled")])
def test_denied_link_is_dead_but_nobody_inside_is_thrown_out(zoom, action, reason):
    meeting = zoom.meeting(settings={"allow_multiple_devices": True})
    registrant = zoom.registrant(meeting)
    join(zoom, meeting, registrant)

    people = [{"id": registrant["registrant_id"]}]
    zoom.api("PUT", f"/meetings/{meeting['id']}/registrants/status", {"action": action, "registrants": people})

    assert join(zoom, meeting, registrant) == reason
    assert len(zoom.get("/zoom/meetings").json()["items"][0]["present"]) == 1


def test_sign_in_demanded_by_the_meeting_keeps_outsiders_out(zoom):
    meeting = zoom.meeting(settings={"meeting_authentication": True})
    registrant = zoom.registrant(meeting)

    assert join(zoom, meeting, registrant) == "meeting_authentication"
    assert join(zoom, meeting, registrant, signed_in=True) == "joined"


def test_licensed_host_runs_two_at_once_and_starting_a_third_ends_the_first(zoom):
    meetings = [zoom.meeting() for _ in range(3)]
    people = [zoom.registrant(meeting) for meeting in meetings]
    for meeting, registrant in zip(meetings[:2], people[:2], strict=True):
        join(zoom, meeting, registrant)

    assert join(zoom, meetings[2], people[2]) == "host_busy"
    zoom.play(meetings[2], None, "start")
    assert [item["status"] for item in zoom.get("/zoom/meetings").json()["items"]] == ["waiting", "started", "started"]


def test_end_puts_everybody_out_and_a_restart_is_another_instance(zoom):
    meeting = zoom.meeting()
    people = [zoom.registrant(meeting, email=f"p-{n}@alias.example") for n in (1, 2)]
    for registrant in people:
        join(zoom, meeting, registrant)

    zoom.api("PUT", f"/meetings/{meeting['id']}/status", {"action": "end"})
    assert events(zoom)[-3:] == ["participant_left", "participant_left", "ended"]

    assert join(zoom, meeting, people[0]) == "joined"
    first, _ = zoom.get(f"/zoom/meetings/{meeting['id']}/attendance").json()["items"]
    assert len({stay["uuid"] for stay in first["stays"]}) == 2


def test_removed_participant_does_not_come_back(zoom):
    meeting = zoom.meeting()
    first, second = (zoom.registrant(meeting, email=f"p-{n}@alias.example") for n in (1, 2))
    inside = [zoom.play(meeting, one, "join").json()["participant"] for one in (first, second)]
    path = f"/live_meetings/{meeting['id']}/events"
    body = {"method": "participant.remove", "params": {"participant_uuid": inside[0]["participant_uuid"]}}

    assert zoom.api("PATCH", path, body).status_code == 202
    assert join(zoom, meeting, first) == "removed"
    assert zoom.api("PATCH", path, body).json()["code"] == 300


def test_killed_client_is_noticed_after_a_minute_and_a_half(zoom):
    meeting = zoom.meeting(settings={"allow_multiple_devices": True})
    registrant = zoom.registrant(meeting)
    zoom.play(meeting, registrant, "join", at=START)
    zoom.play(meeting, registrant, "disconnect", at="2027-03-01T10:10:00Z")
    assert events(zoom)[-1] == "participant_joined"

    zoom.put("/clock", json={"offset_seconds": 91})

    def left():
        [item] = zoom.get(f"/zoom/meetings/{meeting['id']}/attendance").json()["items"]
        return item["stays"][0]["left_at"]

    assert eventually(left) == "2027-03-01T10:11:30Z"


def test_attendance_is_the_union_of_stays(zoom):
    meeting = zoom.meeting(settings={"allow_multiple_devices": True})
    registrant, other = (zoom.registrant(meeting, email=f"p-{n}@alias.example") for n in (1, 2))
    zoom.play(meeting, other, "join", at="2027-03-01T10:00:00Z")
    one = zoom.play(meeting, registrant, "join", at="2027-03-01T10:00:00Z").json()["participant"]["user_id"]
    two = zoom.play(meeting, registrant, "join", at="2027-03-01T10:20:00Z").json()["participant"]["user_id"]
    zoom.play(meeting, registrant, "leave", user_id=one, at="2027-03-01T10:30:00Z")
    zoom.play(meeting, registrant, "leave", user_id=two, at="2027-03-01T10:40:00Z")
    zoom.play(meeting, registrant, "join", at="2027-03-01T10:50:00Z")
    zoom.play(meeting, registrant, "leave", at="2027-03-01T10:50:07Z")

    item, _ = zoom.get(f"/zoom/meetings/{meeting['id']}/attendance").json()["items"]

    assert (item["seconds"], len(item["stays"])) == (40 * 60 + 7, 3)


def test_leaving_without_being_there_is_refused(zoom):
    meeting = zoom.meeting()

    assert outcome(zoom.play(meeting, zoom.registrant(meeting), "leave")) == "not_present"
