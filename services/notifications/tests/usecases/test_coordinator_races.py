"""Many at once, with real commits: a day has as many messages as it may (S15)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from chassis import db
from chassis.clock import now
from notifications.models import CoordinatorMessage, Message
from notifications.rules.coordinator_messages import day_of

from .. import facts
from ..facts import INSTITUTION, MEMBERSHIP, PERSON

TEXT = {"subject": "Νέες οδηγίες", "body": "Από Δευτέρα."}


@pytest.fixture
def lead(database: Engine, deliver) -> UUID:
    person_id, here = uuid4(), uuid4()
    deliver(INSTITUTION, facts.example(INSTITUTION) | {"institution_id": str(here)}, subject=here)
    deliver(PERSON, facts.person(person_id, "lead@example.org"), subject=person_id)
    deliver(MEMBERSHIP, facts.member(person_id, here, "institution_coordinator"), subject=person_id)
    with db.transaction() as session:
        session.add(
            CoordinatorMessage(  # what was sent yesterday takes no place of today
                institution_id=here, created_at=now(), day=day_of(now()) - timedelta(days=1), place=1
            )
        )
    return person_id


def institution() -> UUID:
    with db.transaction() as session:
        return session.scalars(select(CoordinatorMessage.institution_id)).first() or uuid4()


def test_of_ten_posted_at_once_three_are_sent(database: Engine, client, as_person, lead: UUID) -> None:
    path, headers = f"/api/v1/institutions/{institution()}/coordinator-message", as_person(lead)
    assert client.get(f"{path}-options", headers=headers).json()["left"] == 3  # the application is up before the race

    with ThreadPoolExecutor(10) as pool:
        statuses = list(pool.map(lambda _: client.post(f"{path}s", json=TEXT, headers=headers).status_code, range(10)))

    assert Counter(statuses) == {202: 3, 429: 7}
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 3


def test_the_database_itself_gives_no_place_of_a_day_twice(database: Engine, lead: UUID) -> None:
    yesterday = day_of(now()) - timedelta(days=1)

    with pytest.raises(IntegrityError), db.transaction() as session:
        session.add(CoordinatorMessage(institution_id=institution(), created_at=now(), day=yesterday, place=1))
