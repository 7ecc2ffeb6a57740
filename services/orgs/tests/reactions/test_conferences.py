"""What conferences says of the use of institutions and units, and for how long it is kept."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.clock import now
from orgs import queries
from orgs.models import PlannedConference

from ..factories import make_institution, make_planned_conference, make_unit

EVENTS = Path(__file__).parents[4] / "contracts" / "events"
STATES = {
    "scheduled": "scheduled",
    "changed": "scheduled",
    "opened": "open",
    "ended": "ended",
    "cancelled": "cancelled",
}


def example_of(what: str) -> dict[str, Any]:
    schema = json.loads((EVENTS / f"conferences.conference.{what}.v1.json").read_text("utf-8"))
    return dict(schema["examples"][0])


@pytest.mark.parametrize("what", STATES)
def test_what_is_planned_where_is_remembered(session: Session, deliver, what: str) -> None:
    data = example_of(what)

    outcomes = [deliver(f"conferences.conference.{what}.v1", data, subject=data["conference_id"]) for _ in range(2)]

    known = session.get_one(PlannedConference, UUID(data["conference_id"]))
    assert outcomes == ["done", "done"]
    assert (known.institution_id, known.unit_id, known.state) == (UUID(data["institution_id"]), None, STATES[what])
    assert known.ends_at == datetime.fromisoformat(data["ends_at"])


def test_what_was_said_last_counts_whatever_comes_last(session: Session, deliver) -> None:
    institution = make_institution(session)
    unit, other = make_unit(session, institution), make_unit(session, institution)
    ahead = (now() + timedelta(days=1)).isoformat()
    about = {"institution_id": str(institution.id), "ends_at": ahead}
    planned = {**example_of("scheduled"), **about, "unit_id": str(unit.id)}
    moved = {**example_of("changed"), **about, "unit_id": str(other.id)}

    deliver("conferences.conference.changed.v1", moved, subject=moved["conference_id"], sequence=2)
    deliver("conferences.conference.scheduled.v1", planned, subject=planned["conference_id"], sequence=1)

    assert queries.uses_of_unit(session, unit) == {}
    assert queries.uses_of_unit(session, other) == {"conferences": 1}
    assert queries.uses_of_institution(session, institution.id) == {"conferences": 1}


def test_a_conference_long_over_is_not_copied_again(session: Session, deliver) -> None:
    data = {**example_of("ended"), "ends_at": (now() - timedelta(days=9)).isoformat()}

    deliver("conferences.conference.snapshot.v1", data, subject=data["conference_id"])

    assert session.scalars(select(PlannedConference)).all() == []


def test_conferences_long_over_are_swept(session: Session, run_timer) -> None:
    institution = make_institution(session)
    for days in (7, 9):
        make_planned_conference(session, institution, ends_at=now() - timedelta(days=days), state="ended")

    assert run_timer("sweep", "expired")

    (kept,) = session.scalars(select(PlannedConference)).all()
    assert kept.ends_at > now() - timedelta(days=8)
