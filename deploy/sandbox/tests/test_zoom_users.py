import pytest


def test_pool_is_licensed_and_its_owner_is_not(zoom):
    users = zoom.api("GET", "/users", page_size=2000).json()["users"]

    assert [user["type"] for user in users] == [1] + [2] * 20
    assert all(len(user["id"]) == 22 for user in users)


def test_list_pages_by_opaque_tokens_that_die(zoom):
    first = zoom.api("GET", "/users", page_size=12).json()
    token = first["next_page_token"]
    second = zoom.api("GET", "/users", page_size=12, next_page_token=token).json()

    assert (len(first["users"]), len(second["users"]), second["next_page_token"]) == (12, 9, "")
    zoom.put("/clock", json={"offset_seconds": 901})
    expired = zoom.api("GET", "/users", page_size=12, next_page_token=token)
    assert (expired.status_code, expired.json()["code"]) == (400, 300)


def test_user_is_found_by_id_or_address_in_any_case(zoom):
    by_email = zoom.api("GET", "/users/HOST01@zoom.example").json()

    assert zoom.api("GET", f"/users/{by_email['id']}").json() == by_email


@pytest.mark.parametrize("key", ["me", "nobody@zoom.example"])
def test_unknown_user(zoom, key):
    refused = zoom.api("GET", f"/users/{key}")

    assert (refused.status_code, refused.json()["code"]) == (404, 1001)
    assert key in refused.json()["message"]


@pytest.mark.parametrize(("host", "large"), [("host14", (False, 0)), ("host15", (True, 500)), ("host20", (True, 1000))])
def test_capacity_stands_in_the_settings(zoom, host, large):
    feature = zoom.api("GET", f"/users/{host}@zoom.example/settings").json()["feature"]

    assert feature["meeting_capacity"] == 300
    assert (feature["large_meeting"], feature["large_meeting_capacity"]) == large


def test_settings_change_in_part(zoom):
    path = "/users/host01@zoom.example/settings"

    assert zoom.api("PATCH", path, {"in_meeting": {"waiting_room": False, "unknown": 1}}).status_code == 204
    inside = zoom.api("GET", path).json()["in_meeting"]
    assert inside["waiting_room"] is False
    assert "unknown" not in inside


def test_every_answer_carries_tracking_and_limits(zoom):
    answer = zoom.api("GET", "/users")

    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert answer.headers["x-zm-trackingid"].startswith("v=2.0;clid=")
    assert answer.headers["X-RateLimit-Category"] == "Medium"
    assert int(answer.headers["X-RateLimit-Remaining"]) < int(answer.headers["X-RateLimit-Limit"])


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("PUT", "/users")])
def test_unknown_address(zoom, method, path):
    answer = zoom.api(method, path)

    assert (answer.status_code, answer.json()["code"]) == (404, 2300)
