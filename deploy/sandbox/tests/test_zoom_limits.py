import pytest

from sandbox.clock import Clock
from sandbox.zoom.errors import ZoomError
from sandbox.zoom.limits import Limits


def test_hundred_writes_a_day_per_host_and_the_refusal_shows_the_accounts_headers(zoom):
    host = zoom.world.zoom.user("host01@zoom.example")
    meeting = zoom.meeting()
    for _ in range(99):
        zoom.world.zoom.limits.spend_host(host.id)

    refused = zoom.api("PATCH", f"/meetings/{meeting['id']}", {"topic": "x"})

    assert (refused.status_code, refused.json()["code"]) == (429, 429)
    assert int(refused.headers["X-RateLimit-Remaining"]) > 0
    assert "X-RateLimit-Type" not in refused.headers
    assert "Retry-After" not in refused.headers
    assert zoom.meeting(host="host02@zoom.example")

    zoom.put("/clock", json={"offset_seconds": 86_400})
    zoom.renew()
    assert zoom.api("PATCH", f"/meetings/{meeting['id']}", {"topic": "x"}).status_code == 204


def test_deleting_and_ending_do_not_count(zoom):
    limits = zoom.world.zoom.limits
    host = zoom.world.zoom.user("host01@zoom.example")
    meeting = zoom.meeting()
    for _ in range(99):
        limits.spend_host(host.id)

    assert zoom.api("PUT", f"/meetings/{meeting['id']}/status", {"action": "end"}).status_code == 204
    assert zoom.api("DELETE", f"/meetings/{meeting['id']}").status_code == 204


def test_a_second_holds_so_many_calls(zoom):
    answers = [zoom.api("GET", "/users") for _ in range(5)]
    zoom.world.zoom.limits._buckets["Medium"].tokens = -30.0

    refused = zoom.api("GET", "/users")

    assert all(answer.status_code == 200 for answer in answers)
    assert refused.status_code == 429
    assert refused.headers["X-RateLimit-Type"] == "QPS"
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert int(refused.headers["X-RateLimit-Reset"]) > 0
    assert zoom.meeting(), "categories are counted apart"


def test_day_of_the_account_ends_with_an_iso_time_to_come_back():
    limits = Limits(Clock(), "free")
    limits._days["Light", limits.clock.now().date()] = 6_000

    with pytest.raises(ZoomError) as refused:
        limits.spend("Light")

    assert refused.value.headers["X-RateLimit-Type"] == "Daily-limit"
    assert refused.value.headers["Retry-After"].endswith("T00:00:00Z")


def test_bucket_fills_again_with_time():
    clock = Clock()
    limits = Limits(clock, "free")

    for _ in range(4):
        limits.spend("Light")
    with pytest.raises(ZoomError):
        limits.spend("Light")
    clock.offset += type(clock.offset)(seconds=1)
    limits.spend("Light")
