"""Last night's copy comes back: who was erased since is erased again; also 100 000 people, also after a kill (R5)."""

import io
import resource
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from chassis import burials, forgetting, tombstones
from chassis.db import transaction
from conferences.models import Participation, Person, PersonAddress
from conferences.usecases.erasing import FORGETTING

from ..factories import make_conference, make_host, make_institutions, make_participant, make_person, this_hour

MANY = 100_000


def backup(engine: Engine) -> dict[str, bytes]:
    """Every table as the database itself writes it out."""
    saved: dict[str, bytes] = {}
    with engine.connect() as connection:
        raw: Any = connection.connection.driver_connection
        for table in tables(connection):
            with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
                saved[table] = b"".join(bytes(block) for block in copy)
    return saved


def tables(connection: Any) -> list[str]:
    names = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
    return [name for name in names if name != "alembic_version"]


def restore(owner: Engine, saved: dict[str, bytes]) -> None:
    with owner.begin() as connection:
        raw: Any = connection.connection.driver_connection
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        names = ", ".join(f'"{name}"' for name in saved)
        connection.execute(text(f"TRUNCATE {names} CASCADE"))
        for table, content in saved.items():
            with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" FROM STDIN') as copy:
                copy.write(content)


def count(session: Session, model: Any, *where: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_nobody_is_revived_by_last_nights_copy(database: Engine, provision: Any, settings: Any) -> None:
    with transaction() as session:
        make_institutions(session)
        owner = make_person(session, role="institution_coordinator")
        conference = make_conference(session, owner=owner, starts_at=this_hour(), state="ended", ended_at=this_hour())
        gone, stays = make_person(session, email="markaris@staff.example"), make_person(session)
        for person_id in (gone, stays):
            make_participant(session, conference, person_id=person_id)
    last_night = backup(database)
    with transaction() as session:
        tombstones.bury(session, gone, 7)
        while forgetting.erase(session, gone, FORGETTING) is not None:
            pass
    listed = io.StringIO()
    burials.export(listed)  # written away more often than backups are made; any service's serves

    restore(provision._owner, last_night)
    with Session(database) as session:
        assert count(session, Participation, Participation.person_id == gone) == 1, "the copy knows them"
        assert not tombstones.is_buried(session, gone)
    assert burials.apply(listed.getvalue().splitlines(), FORGETTING) == 1

    with Session(database) as session:
        assert count(session, Person, Person.person_id == gone) == 0
        assert count(session, Participation, Participation.email == "markaris@staff.example") == 0
        assert count(session, Participation) == 2
        assert count(session, Person, Person.person_id == stays) == 1
        assert tombstones.is_buried(session, gone)


class Killed(Exception):
    """The process is gone in the middle."""


@pytest.mark.long
def test_a_hundred_thousand_people_are_erased_in_bounded_memory_and_a_killed_run_goes_on(
    database: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction() as session:
        make_institutions(session)
        owner = make_person(session, role="institution_coordinator")
        host = make_host(session)
        conference = make_conference(
            session, owner=owner, host=host, starts_at=this_hour(), state="ended", ended_at=this_hour()
        )
        session.execute(
            text(
                """
                INSERT INTO person (person_id, sequence, surname, name, email, status, language, search)
                SELECT gen_random_uuid(), 1, 'ΕΠΩΝΥΜΟ' || n, 'ΟΝΟΜΑ', 'p' || n || '@many.example', 'active', 'el',
                       'επωνυμο' || n FROM generate_series(1, :many) AS n
                """
            ),
            {"many": MANY},
        )
        session.execute(
            text(
                """
                INSERT INTO person_address (email_folded, person_id)
                SELECT email, person_id FROM person WHERE email LIKE '%@many.example'
                """
            )
        )
        session.execute(
            text(
                """
                INSERT INTO participation (id, conference_id, person_id, email, email_folded, name, is_manager, locked,
                    ticket_digest, ticket_generation, facts, added_at)
                SELECT gen_random_uuid(), :conference, person_id, email, email, '', false, false,
                    sha256(uuid_send(gen_random_uuid())), 1, 0, now()
                FROM person WHERE email LIKE '%@many.example'
                """
            ),
            {"conference": conference.id},
        )
    with Session(database) as session:
        session.execute(text("ANALYZE participation"))
        people = session.scalars(select(Person.person_id).where(Person.email.like("%@many.example"))).all()
    when = this_hour().isoformat()

    def listed(stop_after: int | None = None) -> Iterator[str]:
        for position, person_id in enumerate(people):
            if position == stop_after:
                raise Killed
            yield f'{{"subject": "{person_id}", "sequence": 2, "buried_at": "{when}"}}'

    began = time.perf_counter()
    with pytest.raises(Killed):
        burials.apply(listed(stop_after=MANY // 10), FORGETTING)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with Session(database) as session:
        done = count(session, tombstones.TombstoneRow)
    left = burials.apply(listed(), FORGETTING)
    seconds, grown = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak

    assert (done + left, grown < 100_000) == (MANY, True)
    with Session(database) as session:
        assert count(session, Participation, Participation.erased_at.is_not(None)) == MANY
        assert count(session, Person, Person.email.like("%@many.example")) == 0
        assert count(session, PersonAddress, PersonAddress.email_folded.like("%@many.example")) == 0
    with capsys.disabled():
        sys.stdout.write(
            f"\n{MANY} people erased in {seconds:.0f} s, {MANY / seconds:.0f}/s, memory grew by {grown // 1024} MiB\n"
        )


@pytest.mark.long
def test_many_people_download_their_data_without_the_process_growing(
    database: Engine, client: Any, as_person: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction() as session:
        make_institutions(session)
        owner = make_person(session, role="institution_coordinator")
        for _ in range(20):
            conference = make_conference(
                session, owner=owner, starts_at=this_hour(), state="ended", ended_at=this_hour()
            )
            session.execute(
                text(
                    """
                    INSERT INTO participation (id, conference_id, person_id, email, email_folded, name, is_manager,
                        locked, ticket_digest, ticket_generation, facts, added_at)
                    SELECT gen_random_uuid(), :conference, ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
                        'p' || n || '@many.example', 'p' || n || '@many.example', '', false, false,
                        sha256(uuid_send(gen_random_uuid())), 1, 0, now()
                    FROM generate_series(1, 5000) AS n
                    """
                ),
                {"conference": conference.id},
            )
    with Session(database) as session:
        session.execute(text("ANALYZE participation"))

    def export(number: int) -> int:
        headers = as_person(f"00000000-0000-7000-8000-{number:012}")
        return len(client.get("/internal/account-export", headers=headers).json()["participations"])

    assert [export(number) for number in range(1, 201)] == [20] * 200
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    assert all(export(number) == 20 for number in range(201, 2201))
    seconds, grown = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before

    assert grown < 50_000
    with capsys.disabled():
        sys.stdout.write(f"\n2000 exports among 100000 rows in {seconds:.0f} s, memory grew by {grown // 1024} MiB\n")
