from datetime import UTC, datetime, timedelta

import pytest

HOST = "/users/host01@zoom.example/meetings"


def in_hours(hours):
    return (datetime.now(UTC) + timedelta(hours=hours)).replace(microsecond=0)


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def test_empty_body_is_a_meeting_that_starts_now(zoom):
    meeting = zoom.api("POST", HOST, {}).json()

    assert (meeting["type"], meeting["duration"], meeting["status"]) == (2, 60, "waiting")
    assert 80_000_000_000 <= meeting["id"] < 100_000_000_000
    assert abs(datetime.fromisoformat(meeting["start_time"]) - in_hours(0)) < timedelta(seconds=5)


def test_created_meeting_reads_back_the_same_but_for_its_start_link(zoom):
    created = zoom.meeting(agenda="marker-1")
    read = zoom.api("GET", f"/meetings/{created['id']}").json()

    assert created.pop("start_url") != read.pop("start_url")
    assert read == created


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2027-01-15T10:00:00Z", "2027-01-15T10:00:00Z"),
        ("2027-01-15T10:00:00", "2027-01-15T08:00:00Z"),
        ("2027-07-15T10:00:00", "2027-07-15T07:00:00Z"),
    ],
)
def test_start_is_kept_in_utc(zoom, sent, stored):
    assert zoom.meeting(start_time=sent, timezone="Europe/Athens")["start_time"] == stored


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"topic": "x" * 201}, "topic"),
        ({"agenda": "x" * 2001}, "agenda"),
        ({"duration": 0}, "duration"),
        ({"duration": 1441}, "duration"),
        ({"duration": "60"}, "duration"),
        ({"type": 8}, "type"),
        ({"start_time": "2027-01-15T10:00:00+02:00"}, "start_time"),
        ({"start_time": "2027-01-15T10:00:00.5Z"}, "start_time"),
        ({"start_time": "2027-02-30T10:00:00Z"}, "start_time"),
        ({"timezone": "Athens"}, "timezone"),
        ({"password": "12345678901"}, "password"),
        ({"settings": {"jbh_time": 7}}, "settings.jbh_time"),
        ({"settings": {"waiting_room": "true"}}, "settings.waiting_room"),
        ({"settings": {"alternative_hosts": "x@y.example"}}, "settings.alternative_hosts"),
    ],
)
def test_wrong_fields_are_named_by_dotted_path(zoom, body, field):
    refused = zoom.api("POST", HOST, body)

    assert code_of(refused) == (400, 300)
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_unknown_fields_are_ignored(zoom):
    assert zoom.api("POST", HOST, {"colour": "red", "settings": {"colour": "red"}}).status_code == 201


def test_broken_json(zoom):
    refused = zoom.post(f"/zoom/v2{HOST}", data=b"{", headers={"Content-Type": "application/json"})

    assert refused.json() == {"code": 300, "message": "Request Body should be a valid JSON object."}


def test_what_is_not_said_follows_the_host(zoom):
    left_out = [zoom.api("POST", f"/users/host0{n}@zoom.example/meetings", {}).json()["settings"] for n in (1, 2)]

    assert [settings["meeting_authentication"] for settings in left_out] == [False, True]
    assert all(settings["waiting_room"] for settings in left_out)


def test_waiting_room_switches_joining_before_the_host_off(zoom):
    meeting = zoom.meeting(settings={"waiting_room": True, "join_before_host": True})

    assert meeting["settings"]["join_before_host"] is False


@pytest.mark.parametrize("case", ["basic host", "no fixed time", "personal room forced"])
def test_registration_is_dropped_without_a_word(zoom, case):
    host = "owner@zoom.example" if case == "basic host" else "host01@zoom.example"
    if case == "personal room forced":
        zoom.put(f"/zoom/users/{host}", json={"forces_pmi": True})

    meeting = zoom.meeting(host=host, type=3 if case == "no fixed time" else 2)

    assert meeting["settings"]["approval_type"] == 2
    assert "registration_url" not in meeting


def test_overlaps_are_never_refused_and_a_repeated_create_makes_another(zoom):
    start = in_hours(2).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert len({zoom.meeting(start_time=start)["id"] for _ in range(4)}) == 4


def test_update_merges_and_ignores_a_start_in_the_past(zoom):
    meeting = zoom.meeting(start_time=in_hours(3).strftime("%Y-%m-%dT%H:%M:%SZ"))
    path = f"/meetings/{meeting['id']}"

    answer = zoom.api("PATCH", path, {"start_time": "2020-01-01T00:00:00Z", "settings": {"join_before_host": False}})

    assert (answer.status_code, answer.content) == (204, b"")
    assert "Content-Type" not in answer.headers
    read = zoom.api("GET", path).json()
    assert read["start_time"] == meeting["start_time"]
    assert read["settings"] == meeting["settings"] | {"join_before_host": False}


def test_new_passcode_changes_the_join_link(zoom):
    meeting = zoom.meeting()
    zoom.api("PATCH", f"/meetings/{meeting['id']}", {"password": "other1"})

    assert zoom.api("GET", f"/meetings/{meeting['id']}").json()["join_url"] != meeting["join_url"]


def test_deleted_meeting_is_gone_and_comes_back_within_a_week(zoom):
    meeting = zoom.meeting()
    path = f"/meetings/{meeting['id']}"

    assert zoom.api("DELETE", path).status_code == 204
    assert code_of(zoom.api("GET", path)) == (404, 3001)
    assert code_of(zoom.api("DELETE", path)) == (404, 3001)
    assert zoom.api("PUT", f"{path}/status", {"action": "recover"}).status_code == 204
    assert zoom.api("GET", path).json()["join_url"] == meeting["join_url"]


def test_running_meeting_cannot_be_deleted(zoom):
    meeting = zoom.meeting()
    zoom.play(meeting, zoom.registrant(meeting), "join")

    assert code_of(zoom.api("DELETE", f"/meetings/{meeting['id']}")) == (400, 3002)


def test_meeting_expires_thirty_days_after_its_last_use(zoom):
    meeting = zoom.meeting()
    zoom.put("/clock", json={"offset_seconds": 31 * 86_400})
    zoom.renew()

    assert code_of(zoom.api("GET", f"/meetings/{meeting['id']}")) == (404, 3001)


def test_ending_what_does_not_run_is_unknown_so_both_ways_exist(zoom):
    path = f"/meetings/{zoom.meeting()['id']}/status"

    assert zoom.api("PUT", path, {"action": "end"}).status_code == 204
    zoom.put("/zoom/switches", json={"idle_end": "refuse"})
    assert code_of(zoom.api("PUT", path, {"action": "end"})) == (400, 3000)
    assert code_of(zoom.api("PUT", path, {"action": "close"})) == (400, 300)


def test_live_list_names_what_runs(zoom):
    idle, running = zoom.meeting(), zoom.meeting(agenda="x" * 300)
    zoom.play(running, zoom.registrant(running), "join")

    live = zoom.api("GET", HOST, type="live").json()["meetings"]
    scheduled = zoom.api("GET", HOST).json()["meetings"]

    assert [row["id"] for row in live] == [running["id"]]
    assert {row["id"] for row in scheduled} == {idle["id"], running["id"]}
    assert len(live[0]["agenda"]) == 250
    assert "settings" not in live[0]


def test_list_of_an_unknown_type_is_refused(zoom):
    assert code_of(zoom.api("GET", HOST, type="all")) == (400, 300)
