"""Copies that were lost are made anew by a command: the same rows, no mail, everything works, nobody comes back."""

import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from runner.running import Running
from tests.journeys import copies
from tests.journeys.collaborating import accepted, ended_before
from tests.journeys.copies import COPIES
from tests.journeys.listening import EXCHANGES, ear
from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import coordinates
from tests.journeys.test_main_job import activated, plan_now
from tests.journeys.test_roles import REQUESTS, options_of, wish
from tests.journeys.visitor import Addresses, Visitor

LEAVER, APPLICANT, HELPER = "user-2", "user-3", "unit-coordinator-2"
MANY = 100_000
PERSON = "identity.person.changed.v1"


def mails(outside: Outside) -> int:
    return len(outside.get("/mail/messages")["items"])


def told(row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """What the owner tells others; its version rises for changes that are nobody else's business, too."""
    return row and {name: value for name, value in row.items() if name != "sequence"}


def deleted(at: Addresses, running: Running, outside: Outside) -> str:
    """Somebody who was in every copy and is no more; returns the id."""
    person, address = activated(at, outside, LEAVER)
    person_id = str(person.get("/api/v1/session")["person"]["id"])
    eventually(lambda: person_id in copies.rows(running)["conferences", "membership"], what="the person in the copies")
    person.post("/api/v1/account/deletion", {"email": address}, expect=202)
    eventually(lambda: person_id not in str(copies.rows(running)), what="the end of the person in the copies")
    return person_id


def test_copies_that_were_lost_come_back_as_they_were(
    running: Running, at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    gone_id = deleted(at, running, outside)
    guest = f"g.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"
    starts_at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=1)  # not in between: it opens
    period = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + timedelta(hours=1)).isoformat()}
    conference = plan_now(coordinator, participants=[{"email": guest}], **period)
    helper, _ = activated(at, outside, HELPER)
    ended_before(helper)
    accepted(coordinator, helper)
    coordinator.post(f"/api/v1/conferences/{conference['id']}/invitations", {}, expect=202)
    outside.mail_with(guest, str(conference["title"]))
    eventually(lambda: copies.rows(running)["conferences", "invitation_mail"], what="the mail's end")
    eventually(lambda: copies.quiet(running), what="the end of what is on its way")
    before, sent = copies.rows(running), mails(outside)

    with ear(running.processes.service("identity", "web").environment["AMQP_URL"]) as others:
        copies.empty(running, *COPIES)
        copies.rebuild(running, *COPIES)
        heard = [key for _, key, _ in others.listen() if ".snapshot" in key or ".projection." in key]

    after = copies.rows(running)
    for table, known in before.items():
        assert {key: told(after[table].get(key)) for key in known} == {key: told(known[key]) for key in known}, table
        assert all(row.get("owner_id", "") is None for key, row in after[table].items() if key not in known), table
    assert gone_id not in str(after)
    assert before["conferences", "collaboration"]
    assert "edit" in helper.get(f"/api/v1/conferences/{conference['id']}")["may"]
    assert mails(outside) == sent
    assert heard == [], f"snapshots are on {EXCHANGES}"
    assert plan_now(coordinator)["number"] > conference["number"]


def test_what_orgs_forgot_of_people_works_again(
    running: Running, at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    person, _ = activated(at, outside, APPLICANT)
    wanted = wish(person)
    eventually(lambda: copies.quiet(running), what="the end of what is on its way")
    copies.empty(running, "orgs", "conferences")
    try:
        assert person.get("/api/v1/role-request-options")["reason"] == "employment-pending"
        assert person.call("POST", REQUESTS, json=wanted).json()["type"] == "/problems/employment-pending"
        assert not coordinates(coordinator)
    finally:  # whatever is wrong here, other tests need what was emptied
        copies.rebuild(running, "orgs", "conferences")

    asked = person.post(REQUESTS, wanted, expect=201)
    person.call("DELETE", f"{REQUESTS}/{asked['id']}", expect=204)
    assert coordinates(coordinator)
    assert options_of(person)["institutions"]


@pytest.fixture
def many_people(running: Running) -> Iterator[str]:
    """Far more than there are; the name tells them. Gone afterwards, here and where they were copied to."""
    mark = f"ΠΟΛΛΟΙ{datetime.now(UTC):%H%M%S}"
    with copies.database(running, "identity") as connection:
        connection.execute(
            """
            WITH people AS (
                INSERT INTO person (id, tax_id, tax_lookup, surname, name, search, status, employment,
                                    employment_bodies, language, created_at, changed_at, version)
                SELECT gen_random_uuid(), 'made up', decode(md5(%(mark)s || n), 'hex'), %(mark)s, 'Ν' || n, 'πολλοι',
                       'active', 'employed', '["2047"]', 'el', now(), now(), 3
                FROM generate_series(1, %(many)s) AS n RETURNING id
            )
            INSERT INTO person_email (id, person_id, email, address_key, "primary", proof, proven_at, created_at)
            SELECT gen_random_uuid(), id, id || '@many.example', id || '@many.example', true, 'link', now(), now()
            FROM people
            """,
            {"mark": mark, "many": MANY},
        )
    yield mark
    for service in ("identity", "orgs"):
        with copies.database(running, service) as connection:
            connection.execute("DELETE FROM person WHERE surname = %s", [mark])


@pytest.mark.long
def test_a_hundred_thousand_people_are_told_again_and_news_pass_them(
    running: Running, many_people: str, capsys: pytest.CaptureFixture[str]
) -> None:
    began, waits = time.monotonic(), []
    copies.command(running, "orgs", "rebuild", "identity")
    while not copies.is_rebuilt(running, "orgs"):
        waits.append(seconds_until_heard(running, many_people))
        time.sleep(5)
        assert time.monotonic() - began < 1200
    took = time.monotonic() - began

    with copies.database(running, "orgs") as connection:
        (found,) = connection.execute("SELECT count(*) AS n FROM person WHERE surname = %s", [many_people])
    assert found["n"] == MANY
    peaks = {name: peak_megabytes(running, name) for name in ("identity.worker", "orgs.worker")}
    assert max(waits) < 10
    assert max(peaks.values()) < 400
    with capsys.disabled():
        print(
            f"\n{MANY} people told again in {took:.0f} s ({MANY / took:.0f}/s);"
            f" ordinary facts meanwhile took {min(waits):.1f} to {max(waits):.1f} s; peak memory, MB: {peaks}"
        )


def seconds_until_heard(running: Running, mark: str) -> float:
    """Of an ordinary fact, from identity's outbox to orgs' copy."""
    with copies.database(running, "identity") as connection:
        (person,) = connection.execute(
            "UPDATE person SET version = version + 1 WHERE id = (SELECT id FROM person WHERE surname = %s"
            " ORDER BY random() LIMIT 1) RETURNING id, number, version",
            [mark],
        )
        began, person_id = time.monotonic(), str(person["id"])
        fact = {
            "person_id": person_id, "number": person["number"], "surname": mark, "name": "ΝΕΟ", "email": None,
            "emails": [], "status": "active", "employment": "employed", "phone": None, "language": "el",
        }  # fmt: skip
        connection.execute(
            "INSERT INTO outbox (id, type, subject, sequence, data, public, correlation_id, occurred_at)"
            " VALUES (%s, %s, %s, %s, %s, false, '', now())",
            (uuid4(), PERSON, person_id, person["version"], json.dumps(fact)),
        )

    def heard() -> bool:
        with copies.database(running, "orgs") as connection:
            known = "SELECT 1 FROM person WHERE person_id = %s AND sequence >= %s"
            return connection.execute(known, [person_id, person["version"]]).fetchone() is not None

    eventually(heard, every=0.05, within=60, what="the ordinary fact")
    return time.monotonic() - began


def peak_megabytes(running: Running, name: str) -> int:
    status = Path(f"/proc/{running.state()[name]['pid']}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) // 1024
