"""POST /conferences."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from chassis.timers import TimerRow
from conferences.models import Booking

from ..factories import UNIT, this_hour

PATH = "/api/v1/conferences"


def planned(**values: Any) -> dict[str, Any]:
    start = this_hour() + timedelta(days=1)
    return {
        "title": "Συνεδρίαση 14",
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(hours=1)).isoformat(),
        **values,
    }


def test_a_coordinator_plans_a_conference_and_a_host_is_booked(
    client, session, coordinator, hosts, as_person, published
):
    answer = client.post(PATH, json=planned(unit_id=str(UNIT)), headers=as_person(coordinator))

    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"{PATH}/{body['id']}"
    assert (body["state"], body["room"], body["capacity"], body["participant_count"]) == (
        "scheduled",
        "pending",
        300,
        0,
    )
    assert body["coordinator"] == {"id": str(coordinator), "name": "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ"}
    assert body["may"] == ["edit", "cancel", "participants", "invite"]
    assert client.get(answer.headers["Location"], headers=as_person(coordinator)).json() == {
        key: value for key, value in body.items() if key != "results"
    }
    booking = session.scalars(select(Booking)).one()
    start = datetime.fromisoformat(body["starts_at"])
    assert (booking.during.lower, booking.during.upper) == (
        start - timedelta(minutes=10),
        start + timedelta(minutes=65),
    )
    (fact,) = published(session)
    assert (fact.type, fact.public, fact.sequence) == ("conferences.conference.scheduled.v1", True, 1)
    assert "title" not in fact.data
    assert {row.name for row in session.scalars(select(TimerRow))} == {"conference.open", "room.make"}
