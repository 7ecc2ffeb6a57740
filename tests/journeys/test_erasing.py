"""A person takes part, owns, is invited, deletes the account: no trace is left, what was counted adds up (S6)."""

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pika
import psycopg
import pytest
from psycopg import sql

from runner.running import Running
from tests.journeys import backups, copies
from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import give_role
from tests.journeys.test_main_job import activated, plan_now
from tests.journeys.test_traces import figures, leaks, logs
from tests.journeys.visitor import Addresses, Visitor

PERSONA = "user-5"
SERVICES = ("identity", "orgs", "conferences", "notifications")
LONG_ENOUGH = 120  # the second look comes half a minute after the first


def database_of(running: Running, service: str) -> str:
    return running.processes.service(service, "web").environment["DATABASE_URL"].replace("+psycopg", "")


def dump(running: Running) -> Iterator[tuple[str, str]]:
    """Every row of every table of every service, dead letters and waiting facts among them, as a dump shows them."""
    for service in SERVICES:
        with psycopg.connect(database_of(running, service)) as connection:
            tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            for (table,) in tables:
                query = sql.SQL("SELECT {0}::text FROM {0}").format(sql.Identifier(table))
                for (row,) in connection.execute(query):
                    yield f"{service}.{table}", row


def queued(running: Running) -> Iterable[tuple[str, str]]:
    """What waits in the services' queues; looked at and put back. Each service may read its own only."""
    found = []
    for service in SERVICES:
        url = running.processes.service(service, "worker").environment["AMQP_URL"]
        with pika.BlockingConnection(pika.URLParameters(url)) as connection:
            channel = connection.channel()
            while True:
                method, _, body = channel.basic_get(f"{service}.events", auto_ack=False)
                if method is None:
                    break
                found.append((f"{service}.events", body.decode()))
            channel.close()
    return found


def publish(running: Running, type_: str, subject: str, data: dict[str, Any], sequence: int = 1) -> str:
    """Have identity tell a fact; answers it as it travels."""
    moment, correlation = datetime.now(UTC), str(uuid.uuid4())
    columns = "id, type, subject, sequence, data, public, correlation_id, occurred_at"
    row = (uuid.uuid4(), type_, subject, sequence, json.dumps(data), False, correlation, moment)
    with psycopg.connect(database_of(running, "identity")) as connection:
        connection.execute(f"INSERT INTO outbox ({columns}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row)
    envelope = {
        "specversion": "1.0", "id": str(uuid.uuid4()), "source": "/identity", "type": f"gr.epresence.{type_}",
        "subject": subject, "time": moment.isoformat(), "sequence": sequence, "correlationid": correlation,
        "datacontenttype": "application/json", "data": data,
    }  # fmt: skip
    return json.dumps(envelope)


def bury_letter(running: Running, service: str, body: str) -> None:
    """A dead letter that has lain there for days."""
    with psycopg.connect(database_of(running, service)) as connection:
        connection.execute(
            "INSERT INTO dead_letter (id, type, body, reason, died_at)"
            " VALUES (%s, %s, %s, 'a bug', now() - interval '9 days')",
            (uuid.uuid4(), json.loads(body)["type"].removeprefix("gr.epresence."), body),
        )


def run_command(running: Running, service: str, *words: str) -> None:
    environment = os.environ | dict(running.processes.service(service, "web").environment)
    done = subprocess.run(
        [sys.executable, "-m", service, *words],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr[-500:]


@dataclass
class Marker:
    """The person, and what would betray them."""

    visitor: Visitor
    id: str
    address: str
    secrets: set[str]


@pytest.fixture
def marker(running: Running, at: Addresses, outside: Outside) -> Marker:
    """Active, and a unit coordinator."""
    visitor, address = activated(at, outside, PERSONA)
    person, persona = visitor.get("/api/v1/session")["person"], outside.personas()[PERSONA]
    give_role(running, visitor, "unit_coordinator")
    secrets = {persona["taxid"], f"{persona['surname']} {persona['name']}", address}
    return Marker(visitor, person["id"], address, secrets)


def attended(outside: Outside, coordinator: Visitor, marker: Marker) -> dict[str, Any]:
    """A conference of the coordinator where the marker was for five minutes; its report before the deletion."""
    began = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=10)
    conference = plan_now(coordinator, starts_at=began.isoformat(), participants=[{"email": marker.address}])
    path = f"/api/v1/conferences/{conference['id']}"
    coordinator.post(f"{path}/invitations", {}, expect=202)

    def meeting() -> dict[str, Any] | None:
        found = outside.meeting_of(conference["number"])
        return found if found and found["registrants"] else None

    found = eventually(meeting, what="a registrant")
    registrant = found["registrants"][0]["id"]
    # Not before the meeting was made: a start in the past becomes that moment, and the door opens ten minutes earlier.
    outside.move(found["id"], registrant, "join", began + timedelta(minutes=4))
    outside.move(found["id"], registrant, "leave", began + timedelta(minutes=9))
    coordinator.post(f"{path}/end", expect=200)
    eventually(lambda: coordinator.get(path)["room"] == "closed", what="the closed room")

    def report() -> dict[str, Any] | None:
        said = coordinator.get(f"{path}/report")
        return said | {"path": path} if said["participants"][0]["duration_seconds"] == 300 else None

    return eventually(report, within=120, every=1, what="five minutes in the report")


def is_refused(marker: Marker) -> Any:
    answer = marker.visitor.call("POST", "/api/v1/account/deletion", json={"email": marker.address})
    return answer.json() if answer.status_code == 409 else None


def test_whoever_deletes_the_account_leaves_no_trace_and_no_gap(
    running: Running, at: Addresses, outside: Outside, coordinator: Visitor, marker: Marker
) -> None:
    report = attended(outside, coordinator, marker)
    own = plan_now(marker.visitor, participants=[{"email": f"guest.{uuid.uuid4().hex[:8]}@elsewhere.example"}])
    later = (datetime.now(UTC) + timedelta(days=2)).replace(second=0, microsecond=0)
    invited = coordinator.post(
        "/api/v1/conferences",
        {
            "title": "Μελλοντική", "starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=1)).isoformat(),
            "participants": [{"email": marker.address}],
        },
        expect=201,
    )  # fmt: skip
    coordinator.post(f"/api/v1/conferences/{invited['id']}/invitations", {}, expect=202)
    outside.mail_with(marker.address, "Μελλοντική")
    stale = publish(running, "identity.person.changed.v1", marker.id, person_state(marker, outside), sequence=1)
    for service in ("orgs", "conferences", "notifications"):
        bury_letter(running, service, stale)
    exported = marker.visitor.get("/api/v1/account/export")
    assert exported["complete"]
    assert not {word for word in marker.secrets if word not in json.dumps(exported, ensure_ascii=False)} - {
        secret for secret in marker.secrets if " " in secret
    }
    # while something of theirs is planned or running, the list says so; then it goes
    refused = eventually(lambda: is_refused(marker), what="the refusal")
    assert [conference["number"] for conference in refused["conferences"]] == [own["number"]]
    marker.visitor.post(f"/api/v1/conferences/{own['id']}/end", expect=200)
    certificate = eventually(lambda: deleted(marker), what="the deletion")
    gone_at = datetime.now(UTC)

    assert marker.visitor.call("GET", "/api/v1/session").status_code == 401
    path = "/api/v1/certificates/" + certificate.rpartition("/")[2]
    visitor = Visitor(at)
    eventually(lambda: visitor.get(path)["complete"], within=LONG_ENOUGH, every=1, what="everybody's confirmation")
    farewell = outside.mail_with(marker.address, certificate)

    left = [*dump(running), *queued(running), *logs(running), *figures(running)]
    assert not leaks(left, marker.secrets)
    assert marker.id in "".join(row for place, row in left if place.endswith(".tombstone"))
    later_mails = outside.get("/mail/messages", after=farewell["id"])["items"]
    heads = [(mail["id"], json.dumps({k: mail[k] for k in ("from", "to", "subject")})) for mail in later_mails]
    assert not leaks(heads, marker.secrets)

    said = coordinator.get(f"{report['path']}/report")
    (line,) = said["participants"]
    assert (line["duration_seconds"], line["state"], line["guest"]) == (300, "connected", False)
    assert (line["name"], line["email"], line["deleted"]) == ("Διαγραμμένος χρήστης", "", True)
    assert said["devices"] == report["devices"]
    assert coordinator.get(f"/api/v1/conferences/{invited['id']}")["participant_count"] == 0

    # old letters replayed, and facts told anew, revive nobody
    for service in ("orgs", "conferences", "notifications"):
        bury_letter(running, service, stale)
        run_command(running, service, "dead-letters", "replay", "--all")
    publish(running, "identity.person.changed.v1", marker.id, person_state(marker, outside), sequence=10_000)
    eventually(lambda: not leaks([*dump(running), *queued(running)], marker.secrets), within=30, what="nobody revived")
    with psycopg.connect(database_of(running, "conferences")) as connection:
        assert connection.execute("SELECT count(*) FROM person WHERE person_id = %s", (marker.id,)).fetchone() == (0,)

    again, _ = activated(at, outside, PERSONA)  # the same ΑΦΜ, as somebody new
    assert again.get("/api/v1/session")["person"]["id"] != marker.id
    assert again.get("/api/v1/session")["roles"][0]["role"] == "user"
    assert gone_at < datetime.now(UTC)


def test_last_nights_backup_and_the_restore_command_revive_nobody(
    running: Running, at: Addresses, outside: Outside, coordinator: Visitor, marker: Marker, tmp_path: Path
) -> None:
    later = (datetime.now(UTC) + timedelta(days=3)).replace(second=0, microsecond=0)
    period = {"starts_at": later.isoformat(), "ends_at": (later + timedelta(hours=1)).isoformat()}
    invited = plan_now(coordinator, participants=[{"email": marker.address}], **period)
    eventually(lambda: copies.quiet(running), what="the end of what is on its way")
    last_night = backups.taken(running)
    certificate = eventually(lambda: deleted(marker), what="the deletion")
    path = "/api/v1/certificates/" + certificate.rpartition("/")[2]
    eventually(lambda: Visitor(at).get(path)["complete"], within=LONG_ENOUGH, every=1, what="everybody's confirmation")
    listed = tmp_path / "tombstones"
    run_command(running, "orgs", "tombstones", "export", str(listed))

    backups.restore(running, last_night)
    known = {place.partition(".")[0] for place in leaks(dump(running), marker.secrets)}
    for service in SERVICES:
        run_command(running, service, "tombstones", "apply", str(listed))

    assert known == set(SERVICES), "the copy knows the person"
    assert marker.visitor.call("GET", "/api/v1/session").status_code == 401
    eventually(
        lambda: not leaks([*dump(running), *queued(running)], marker.secrets),
        within=LONG_ENOUGH,
        every=1,
        what="nobody revived",
    )
    assert coordinator.get(f"/api/v1/conferences/{invited['id']}")["participant_count"] == 0
    for service in SERVICES:
        run_command(running, service, "audit", "verify")
    again, _ = activated(at, outside, PERSONA)
    assert again.get("/api/v1/session")["person"]["id"] != marker.id
    coordinator.call("DELETE", f"/api/v1/conferences/{invited['id']}", expect=204)


def person_state(marker: Marker, outside: Outside) -> dict[str, Any]:
    persona = outside.personas()[PERSONA]
    return {
        "person_id": marker.id, "number": 100001, "surname": persona["surname"], "name": persona["name"],
        "email": marker.address, "emails": [{"email": marker.address, "primary": True, "proof": "link"}],
        "status": "active", "disabled_reason": None, "employment": "employed", "employment_bodies": [],
        "employment_flagged_at": None, "phone": None, "language": "el",
    }  # fmt: skip


def deleted(marker: Marker) -> str | None:
    answer = marker.visitor.call("POST", "/api/v1/account/deletion", json={"email": marker.address}, expect=(202, 409))
    return str(answer.json()["certificate_url"]) if answer.status_code == 202 else None


@pytest.mark.parametrize("service", SERVICES)
def test_a_planted_trace_is_found_in_any_database(running: Running, service: str) -> None:
    planted = f"ΦΥΤΕΜΕΝΟΣ{uuid.uuid4().hex[:8]}"
    with psycopg.connect(database_of(running, service)) as connection:
        connection.execute(
            "INSERT INTO dead_letter (id, type, body, reason, died_at) VALUES (%s, 'x', %s, 'planted', now())",
            (letter := uuid.uuid4(), json.dumps({"data": {"surname": planted}})),
        )
        connection.commit()
        try:
            found = leaks(dump(running), {planted})
        finally:
            connection.execute("DELETE FROM dead_letter WHERE id = %s", (letter,))
    assert [place for place in found if re.match(rf"{service}\.dead_letter", place)]
