import pytest
import requests

HOST = "/users/host01@zoom.example/meetings"


def put(zoom, **fault):
    assert zoom.put("/faults/zoom", json=fault).status_code == 200


def test_errors_come_with_and_without_json(zoom):
    put(zoom, mode="error", count=3)

    answers = [zoom.api("GET", "/users") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {500, 502, 503}
    assert {answer.headers["Content-Type"].partition(";")[0] for answer in answers} == {"application/json", "text/html"}


def test_rate_limited_looks_like_the_real_refusal(zoom):
    put(zoom, mode="rate_limited", count=1)

    refused = zoom.api("GET", "/users")

    assert (refused.status_code, refused.json()["code"]) == (429, 429)
    assert refused.headers["X-RateLimit-Type"] == "QPS"


def test_malformed_is_no_json(zoom):
    put(zoom, mode="malformed", count=1)

    with pytest.raises(ValueError, match=r"."):
        zoom.api("GET", "/users").json()


def test_lost_answer_leaves_the_meeting_made(zoom):
    put(zoom, mode="lost_answer", operation="meetings.create", count=1)

    with pytest.raises(requests.ConnectionError):
        zoom.api("POST", HOST, {"agenda": "marker-1"})

    assert [item["agenda"] for item in zoom.get("/zoom/meetings").json()["items"]] == ["marker-1"]


def test_dropped_call_does_nothing(zoom):
    put(zoom, mode="drop", operation="meetings.create", count=1)

    with pytest.raises(requests.ConnectionError):
        zoom.api("POST", HOST, {})

    assert zoom.get("/zoom/meetings").json()["items"] == []


def test_fault_of_one_operation_spares_the_others(zoom):
    put(zoom, mode="error", operation="meetings.create")

    assert zoom.api("GET", "/users").status_code == 200
    assert zoom.api("POST", HOST, {}).status_code >= 500
