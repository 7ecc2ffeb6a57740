"""Groups, many at once, with real commits: the database ends as if they had come one after the other (S30)."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from chassis import db
from chassis.clock import now
from conferences.models import Conference, Group, GroupMember, Membership, Participation, Person
from conferences.rules.groups import KEPT_OUT_OF_REACH, MOST_GROUPS, MOST_MEMBERS
from conferences.usecases import left_groups

from ..factories import make_conference, make_group, make_host, make_person, this_hour
from .test_races import PATH, at_once, owner

__all__ = ["owner"]
GROUPS = "/api/v1/groups"


def rows(model: type[db.Base]) -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_one_person_added_at_once_is_in_the_group_once(client, database, owner, as_person):
    with db.transaction() as session:
        address = session.get_one(Person, make_person(session)).email
        path = f"{GROUPS}/{make_group(session, owner).id}/members"
    headers = as_person(owner)

    answers = at_once(lambda _: client.post(path, json={"email": address}, headers=headers), 24)

    assert Counter(answer.status_code for answer in answers) == {200: 23, 201: 1}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert rows(GroupMember) == 1


def test_the_last_place_of_a_group_is_taken_once(client, database, owner, as_person):
    with db.transaction() as session:
        group = make_group(session, owner, *(make_person(session) for _ in range(MOST_MEMBERS - 1)))
        wanted = [session.get_one(Person, make_person(session)).email for _ in range(12)]
        path = f"{GROUPS}/{group.id}/members"
    headers = as_person(owner)

    answers = at_once(lambda number: client.post(path, json={"email": wanted[number]}, headers=headers), 12)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 11}
    assert rows(GroupMember) == MOST_MEMBERS


def test_the_last_group_one_may_have_is_made_once(client, database, owner, as_person):
    begin = this_hour() - timedelta(days=1)
    with db.transaction() as session:
        for _ in range(MOST_GROUPS - 1):
            make_group(session, owner)
        over = {"starts_at": begin, "state": "ended", "ended_at": begin + timedelta(hours=1), "room": "closed"}
        path = f"{PATH}/{make_conference(session, owner=owner, **over).id}/report/group"
    headers = as_person(owner)

    answers = at_once(lambda _: client.post(path, json={"name": "Α"}, headers=headers), 12)

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 11}
    assert rows(Group) == MOST_GROUPS


@pytest.mark.parametrize("turn", range(5))
def test_a_group_deleted_while_a_conference_is_planned_with_it(client, database, owner, as_person, turn):
    """Everybody or nobody: never a conference with half of a group, nor a booking without the answer saying so."""
    with db.transaction() as session:
        for _ in range(11):
            make_host(session)
        group = make_group(session, owner, *(make_person(session) for _ in range(20)))
        id_ = str(group.id)
    start = this_hour() + timedelta(days=1)
    wanted = {"title": "Α", "starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    headers = as_person(owner)

    def act(number: int) -> int:
        if number == turn:
            return int(client.delete(f"{GROUPS}/{id_}", headers=headers).status_code)
        return int(client.post(PATH, json=wanted | {"group_ids": [id_]}, headers=headers).status_code)

    said = Counter(at_once(act, 11))

    assert said[204] == 1
    assert said[201] + said[422] == 10
    with db.transaction() as session:
        assert set(session.scalars(select(Conference.participant_count))) <= {20}
        assert session.scalar(select(func.count()).select_from(Conference)) == said[201]
        assert session.scalar(select(func.count()).select_from(Participation)) == 20 * said[201]
        assert session.scalar(select(func.count()).select_from(GroupMember)) == 0


def test_members_come_and_go_while_the_group_is_used(client, database, owner, as_person):
    """Nobody waits in a circle: adding to a conference keeps no one from changing the group."""
    with db.transaction() as session:
        group = make_group(session, owner, make_person(session))
        extra = [session.get_one(Person, make_person(session)).email for _ in range(12)]
        conference = make_conference(session, owner=owner)
        places, here = f"{PATH}/{conference.id}/participants", f"{GROUPS}/{group.id}"
        ids = {"group_ids": [str(group.id)]}
    headers = as_person(owner)

    def act(number: int) -> int:
        if number % 3 == 0:
            return int(client.post(f"{here}/members", json={"email": extra[number]}, headers=headers).status_code)
        if number % 3 == 1:
            return int(client.post(places, json=ids, headers=headers).status_code)
        return int(client.patch(here, json={"name": f"{number}"}, headers=headers | {"If-Match": "*"}).status_code)

    assert set(at_once(act, 12)) == {200, 201}


def test_groups_whose_owner_gets_the_role_back_at_that_moment_stay(database, owner):
    long_ago = now() - 2 * KEPT_OUT_OF_REACH
    with db.transaction() as session:
        make_group(session, owner).out_of_reach_since = long_ago
        make_group(session, owner)
        session.get_one(Membership, owner).role = "user"

    def look() -> int:
        with db.transaction() as session:
            return left_groups.delete_due(session, now())

    with ThreadPoolExecutor(1) as elsewhere, db.transaction() as session:
        session.get_one(Membership, owner).role = "unit_coordinator"
        session.flush()
        left_groups.keep_time(session, now(), owner)
        meanwhile = elsewhere.submit(look).result(timeout=10)

    assert (meanwhile, look()) == (0, 0)
    assert rows(Group) == 2
