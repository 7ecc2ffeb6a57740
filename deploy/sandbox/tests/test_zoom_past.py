from urllib.parse import quote

import pytest

BEGAN, ENDED = "2027-03-01T10:00:00Z", "2027-03-01T10:30:00Z"
DELAY = 20


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def hold(zoom, people=2):
    """A meeting that is over, and its instance's uuid."""
    meeting = zoom.meeting()
    registrants = [zoom.registrant(meeting, email=f"p-{n}@alias.example") for n in range(people)]
    for registrant in registrants:
        zoom.play(meeting, registrant, "join", at=BEGAN)
    for registrant in registrants:
        zoom.play(meeting, registrant, "leave", at=ENDED)
    items = zoom.get(f"/zoom/meetings/{meeting['id']}/attendance").json()["items"]
    return meeting, items[0]["stays"][0]["uuid"]


def in_path(uuid):
    """As careful clients do: twice as soon as there is a slash."""
    once = quote(uuid, safe="")
    return quote(once, safe="") if "/" in uuid else once


def wait(zoom, seconds):
    zoom.put("/clock", json={"offset_seconds": seconds})


def test_not_ready_then_without_durations_then_whole(zoom):
    meeting, _ = hold(zoom)
    path = f"/past_meetings/{meeting['id']}/participants"
    assert code_of(zoom.api("GET", path)) == (404, 3001)

    wait(zoom, DELAY + 1)
    assert [row["duration"] for row in zoom.api("GET", path).json()["participants"]] == [0, 0]

    wait(zoom, DELAY * 2)
    rows = zoom.api("GET", path).json()["participants"]
    assert [(row["duration"], row["join_time"], row["leave_time"]) for row in rows] == [(1800, BEGAN, ENDED)] * 2
    assert all(len(row["registrant_id"]) == 22 for row in rows)


def test_summary_and_instances(zoom):
    meeting, uuid = hold(zoom)
    wait(zoom, DELAY * 2)

    summary = zoom.api("GET", f"/past_meetings/{meeting['id']}").json()
    instances = zoom.api("GET", f"/past_meetings/{meeting['id']}/instances").json()["meetings"]

    assert (summary["uuid"], summary["duration"], summary["participants_count"]) == (uuid, 30, 2)
    assert instances == [{"uuid": uuid, "start_time": BEGAN}]


def test_report_names_registrants_only_if_asked(zoom):
    meeting, _ = hold(zoom)
    wait(zoom, DELAY * 2)
    path = f"/report/meetings/{meeting['id']}/participants"

    [plain, _] = zoom.api("GET", path).json()["participants"]
    [asked, _] = zoom.api("GET", path, include_fields="registrant_id").json()["participants"]

    assert "registrant_id" not in plain
    assert asked["registrant_id"]


def test_meeting_of_one_is_hidden(zoom):
    meeting, _ = hold(zoom, people=1)
    wait(zoom, DELAY * 2)

    assert code_of(zoom.api("GET", f"/past_meetings/{meeting['id']}/participants")) == (404, 3001)


def test_number_means_the_latest_instance(zoom):
    meeting, first = hold(zoom)
    registrants = zoom.api("GET", f"/meetings/{meeting['id']}/registrants").json()["registrants"]
    for action in ("join", "leave"):
        for one in registrants:
            zoom.play(meeting, {"registrant_id": one["id"]}, action)
    wait(zoom, DELAY * 2)

    latest = zoom.api("GET", f"/past_meetings/{meeting['id']}").json()["uuid"]

    assert latest != first
    assert zoom.api("GET", f"/past_meetings/{in_path(first)}").json()["uuid"] == first


@pytest.mark.parametrize(("times", "status"), [(1, 404), (2, 200)])
def test_awkward_uuid_must_be_encoded_twice(zoom, times, status):
    zoom.put("/zoom/switches", json={"awkward_uuids": True})
    _, uuid = hold(zoom)
    wait(zoom, DELAY * 2)
    assert uuid.startswith("//")
    for _ in range(times):
        uuid = quote(uuid, safe="")

    assert zoom.api("GET", f"/past_meetings/{uuid}").status_code == status


def test_deleted_meeting_keeps_its_past(zoom):
    meeting, _ = hold(zoom)
    zoom.api("DELETE", f"/meetings/{meeting['id']}")
    wait(zoom, DELAY * 2)

    assert zoom.api("GET", f"/past_meetings/{meeting['id']}").status_code == 200
