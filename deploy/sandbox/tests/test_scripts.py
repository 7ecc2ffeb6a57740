import time

import pytest
import requests

AUTH = ("suite", "hrms-secret")
EMPLOYEE = "/hrms/employees/102345676"


def test_personas_tell_what_scripts_need(sandbox):
    items = sandbox.get("/personas").json()["items"]

    assert {"id", "title", "taxid", "surname", "name", "email", "employment", "role"} <= set(items[0])
    assert "wire" not in items[0]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/faults/hrms", {"mode": "nonsense"}, 400),
        ("/faults/hrms", {"mode": "drop_webhooks"}, 400),
        ("/faults/hrms", {"mode": "error", "rate": 2}, 400),
        ("/faults/hrms", {}, 400),
        ("/faults/moon", {"mode": "off"}, 404),
        ("/clock", {"offset": 1}, 400),
        ("/personas/user-1/employment", {"employment": "perhaps"}, 400),
        ("/personas/nobody/employment", {"employment": "none"}, 404),
        ("/zoom/switches", {"colour": "red"}, 400),
    ],
)
def test_mistakes_of_scripts_are_told(sandbox, path, body, status):
    answer = sandbox.put(path, json=body)

    assert answer.status_code == status
    assert answer.json()["error"]


def test_count_says_how_many_calls_fail(sandbox):
    sandbox.put("/faults/hrms", json={"mode": "error", "count": 2})

    assert [sandbox.get(EMPLOYEE, auth=AUTH).status_code for _ in range(3)] == [503, 503, 200]


def test_rate_nought_fails_nobody(sandbox):
    sandbox.put("/faults/hrms", json={"mode": "error", "rate": 0})

    assert sandbox.get(EMPLOYEE, auth=AUTH).status_code == 200


def test_off_ends_calls_and_webhooks_mischief(sandbox):
    for mode in ("error", "drop_webhooks"):
        sandbox.put("/faults/zoom", json={"mode": mode})
    assert set(sandbox.get("/faults").json()) == {"zoom", "zoom:webhooks"}

    sandbox.put("/faults/zoom", json={"mode": "off"})

    assert sandbox.get("/faults").json() == {}


def test_slow_answers_late_but_well(sandbox):
    sandbox.put("/faults/hrms", json={"mode": "slow", "delay_seconds": 0.3})
    began = time.monotonic()

    assert sandbox.get(EMPLOYEE, auth=AUTH).status_code == 200
    assert time.monotonic() - began >= 0.3


def test_timeout_answers_nothing(sandbox):
    sandbox.put("/faults/hrms", json={"mode": "timeout"})

    with pytest.raises(requests.ReadTimeout):
        sandbox.get(EMPLOYEE, auth=AUTH, timeout=0.3)


def test_clock_is_told_and_moved(sandbox):
    assert sandbox.put("/clock", json={"offset_seconds": 3600}).json()["offset_seconds"] == 3600
    sandbox.post("/reset")
    assert sandbox.get("/clock").json()["offset_seconds"] == 0


def test_reset_forgets_all_but_personas_and_hosts(zoom):
    zoom.meeting()
    zoom.put("/faults/hrms", json={"mode": "error"})

    assert zoom.post("/reset").status_code == 204

    assert zoom.get("/zoom/meetings").json() == {"items": []}
    assert zoom.get("/faults").json() == {}
    assert zoom.api("GET", "/users").status_code == 401
    zoom.renew()
    assert len(zoom.api("GET", "/users").json()["users"]) == 21
    assert zoom.get("/personas").json()["items"]
