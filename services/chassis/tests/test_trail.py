"""The audit trail as an API shows it, verified in portions, and by a command with a head kept elsewhere."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from chassis import audit, audit_command, trail
from chassis.audit import Act
from chassis.clock import now
from chassis.db import transaction
from chassis.ids import new_id
from chassis.trail import Wanted

ANA, BEN, DOOR = new_id(), new_id(), new_id()


def fill(session: Session) -> None:
    for act in (
        Act("door.opened", ANA, DOOR, {"with": "key"}),
        Act("door.closed", BEN, DOOR),
        Act("doorbell.rung", ANA),
        Act("door.opened", None, BEN),
    ):
        audit.record(session, act)
    audit.write(session)


def positions(session: Session, **filters: Any) -> list[int]:
    return [item["position"] for item in trail.page(session, Wanted(**filters), limit=10, cursor=None)["items"]]


def test_the_newest_comes_first_and_filters_narrow(session: Session) -> None:
    fill(session)

    assert positions(session) == [4, 3, 2, 1]
    assert positions(session, act="door.opened") == [4, 1]
    assert positions(session, act="door") == [4, 2, 1], "the thing alone, not what its name begins another with"
    assert positions(session, actor_id=ANA) == [3, 1]
    assert positions(session, object_id=DOOR, act="door.closed") == [2]
    assert positions(session, since=now() - timedelta(minutes=1), until=now() + timedelta(minutes=1)) == [4, 3, 2, 1]
    assert positions(session, until=now() - timedelta(minutes=1)) == []


def test_details_are_shown_until_they_are_forgotten(session: Session) -> None:
    fill(session)
    before = trail.page(session, Wanted(act="door.opened", actor_id=ANA), limit=1, cursor=None)["items"][0]["details"]
    audit.forget(session, DOOR)
    after = trail.page(session, Wanted(act="door.opened", actor_id=ANA), limit=1, cursor=None)["items"][0]["details"]

    assert (before, after) == ({"with": "key"}, None)


def test_pages_hang_together(session: Session) -> None:
    fill(session)

    first = trail.page(session, Wanted(), limit=3, cursor=None)
    second = trail.page(session, Wanted(), limit=3, cursor=first["next"])

    assert [item["position"] for item in first["items"] + second["items"]] == [4, 3, 2, 1]


def test_a_long_trail_is_verified_in_portions(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(session)
    monkeypatch.setattr(trail, "PORTION", 3)

    first = trail.portion(session, after=0, previous=None)
    second = trail.portion(session, after=first["verified"], previous=first["head"])

    assert (first["verified"], first["complete"], first["rows"]) == (3, False, 4)
    assert (second["verified"], second["complete"], second["broken_at"]) == (4, True, None)
    assert second["head"] == audit.verify(session).head
    forged = trail.portion(session, after=first["verified"], previous="00" * 32)
    assert forged["broken_at"] == 4, "another digest than the portion's own leads nowhere"


def test_an_empty_trail_is_whole(session: Session) -> None:
    assert trail.portion(session, after=0, previous=None) == {
        "rows": 0,
        "verified": 0,
        "head": "00" * 32,
        "broken_at": None,
        "complete": True,
    }


def run(provision: Any, *arguments: str) -> int:
    try:
        audit_command.main(provision.settings, list(arguments))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    finally:
        provision.activate()
    return 0


@pytest.fixture
def spoil(provision: Any) -> Callable[[str], None]:
    """As somebody would who holds the owner's password: the service's own role cannot."""

    def do(statement: str) -> None:
        with provision._owner.begin() as connection:
            connection.execute(text(statement))

    return do


def test_the_command_says_what_it_found(
    database: Engine, provision: Any, capsys: pytest.CaptureFixture[str], spoil: Callable[[str], None]
) -> None:
    with transaction() as session:
        fill(session)

    assert run(provision, "verify") == 0
    said = capsys.readouterr().out
    assert said.startswith("rows 4\nbroken_at none\nhead 4 ")
    head = said.split()[-1]
    assert run(provision, "verify", "--head", "4", head) == 0
    assert run(provision, "verify", "--head", "4", "00" * 32) == 1
    assert run(provision, "prove") == 2

    spoil("UPDATE audit SET act = 'door.kept' WHERE position = 2")
    assert run(provision, "verify") == 1
    assert "broken_at 2" in capsys.readouterr().out


def test_an_end_that_was_cut_off_shows_against_a_kept_head(
    database: Engine, provision: Any, capsys: pytest.CaptureFixture[str], spoil: Callable[[str], None]
) -> None:
    with transaction() as session:
        fill(session)
    run(provision, "verify")
    head = capsys.readouterr().out.split()[-1]
    spoil("DELETE FROM audit WHERE position = 4")

    assert run(provision, "verify") == 0, "what is left is whole"
    assert run(provision, "verify", "--head", "4", head) == 1
    assert "cut off" in capsys.readouterr().out
