"""GET /conferences: scopes, search, pages; rights as SQL equal rights as rules."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from freezegun import freeze_time
from sqlalchemy import select

from chassis.clock import now
from chassis.ids import new_id
from chassis.testing.statements import counted
from chassis.tokens import Actor
from conferences import queries
from conferences.models import Conference
from conferences.rules import permissions
from conferences.rules.periods import ATHENS
from conferences.rules.states import NOBODY
from conferences.seen import seen

from ..factories import (
    ELSEWHERE,
    HERE,
    OTHER_UNIT,
    make_collaboration,
    make_conference,
    make_participant,
    make_person,
    this_hour,
)

PATH = "/api/v1/conferences"
FAR_AWAY = UUID(int=3)


def titles(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


@pytest.fixture
def several(session, coordinator):
    hour = timedelta(hours=1)
    make_conference(session, owner=coordinator, title="τρέχουσα", starts_at=this_hour() - hour, minutes=180)
    make_conference(session, owner=coordinator, title="αυριανή", starts_at=this_hour() + 24 * hour)
    make_conference(
        session, owner=coordinator, title="λήξασα", starts_at=this_hour() - 4 * hour, state="ended", ended_at=now()
    )
    make_conference(session, owner=coordinator, title="ακυρωμένη", starts_at=this_hour() + 2 * hour, state="cancelled")
    make_conference(session, owner=coordinator, title="ξεχασμένη", starts_at=this_hour() - 30 * hour)


@pytest.mark.parametrize(("scope", "expected"), [("current", ["τρέχουσα"]), ("future", ["αυριανή"])])
def test_scopes_go_by_the_clock(client, several, coordinator, as_person, scope, expected):
    assert titles(client.get(f"{PATH}?scope={scope}", headers=as_person(coordinator))) == expected


def test_a_day_lists_whatever_touches_it_cancelled_ones_excepted(client, session, coordinator, as_person):
    def at(day: int, hour: int) -> datetime:
        return datetime(2030, 6, day, hour, tzinfo=ATHENS).astimezone(UTC)

    make_conference(session, owner=coordinator, title="της προηγουμένης", starts_at=at(14, 23), minutes=60)
    make_conference(session, owner=coordinator, title="νυχτερινή", starts_at=at(14, 23), minutes=120)
    make_conference(session, owner=coordinator, title="πρωινή", starts_at=at(15, 9))
    make_conference(session, owner=coordinator, title="ακυρωμένη", starts_at=at(15, 10), state="cancelled")
    make_conference(session, owner=coordinator, title="βραδινή", starts_at=at(15, 23), minutes=120)
    make_conference(session, owner=coordinator, title="της επομένης", starts_at=at(16, 0))

    listed = titles(client.get(f"{PATH}?scope=day&date=2030-06-15", headers=as_person(coordinator)))

    assert listed == ["νυχτερινή", "πρωινή", "βραδινή"]


def test_the_day_that_is_not_named_is_today_in_athens(client, session, coordinator, as_person):
    """Whatever the hour: two hours before midnight in UTC, Athens already counts the next day."""
    evening, noon = datetime(2030, 6, 14, 22, 30, tzinfo=UTC), datetime(2030, 6, 15, 9, tzinfo=UTC)
    make_conference(session, owner=coordinator, title="χθεσινή", starts_at=noon - timedelta(days=1))
    make_conference(session, owner=coordinator, title="σημερινή", starts_at=noon)

    with freeze_time(evening, tz_offset=0):
        assert titles(client.get(f"{PATH}?scope=day", headers=as_person(coordinator))) == ["σημερινή"]


def test_a_conference_over_midnight_belongs_to_both_days(client, session, coordinator, as_person):
    midnight = datetime(2030, 10, 27, 0, 0, tzinfo=ATHENS)  # the day whose clocks go back
    make_conference(
        session,
        owner=coordinator,
        title="νυχτερινή",
        starts_at=midnight.astimezone(UTC) - timedelta(hours=1),
        minutes=180,
    )

    for day, expected in (
        ("2030-10-25", []),
        ("2030-10-26", ["νυχτερινή"]),
        ("2030-10-27", ["νυχτερινή"]),
        ("2030-10-28", []),
    ):
        assert titles(client.get(f"{PATH}?scope=day&date={day}", headers=as_person(coordinator))) == expected


def test_pages_follow_each_other(client, session, coordinator, as_person):
    for number in range(5):
        make_conference(session, owner=coordinator, title=f"{number}", starts_at=this_hour() + timedelta(days=1))

    seen_titles, cursor = [], ""
    while cursor is not None:
        page = client.get(
            f"{PATH}?scope=future&limit=2{cursor and '&cursor=' + cursor}", headers=as_person(coordinator)
        )
        seen_titles += titles(page)
        assert page.json()["total"] == 5
        cursor = page.json()["next"]

    assert seen_titles == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=201", 400),
        ("cursor=zz", 400),
        ("scope=all", 400),
        ("date=x", 400),
        ("date=0001-01-01", 400),
        ("scope=day&date=2027-02-29", 400),
        ("date=2000-", 400),
        ("as=me", 400),
        ("search=a%00b", 400),
    ],
)
def test_what_is_not_understood_is_refused(client, coordinator, as_person, query, status):
    assert client.get(f"{PATH}?{query}", headers=as_person(coordinator)).status_code == status


def test_search_ignores_case_and_accents(client, session, coordinator, as_person):
    make_conference(session, owner=coordinator, title="Συνεδρίαση του Μαΐου 100%")
    make_conference(session, owner=coordinator, title="Άλλη")

    for term in ("ΣΥΝΕΔΡΙΑΣΗ", "μαιου", "100%"):
        assert titles(client.get(PATH, params={"scope": "future", "search": term}, headers=as_person(coordinator))) == [
            "Συνεδρίαση του Μαΐου 100%"
        ]
    assert titles(client.get(PATH, params={"scope": "future", "search": "_"}, headers=as_person(coordinator))) == []


def test_planned_is_what_runs_and_what_comes(client, several, coordinator, as_person):
    assert titles(client.get(f"{PATH}?scope=planned", headers=as_person(coordinator))) == ["τρέχουσα", "αυριανή"]


def test_what_has_no_coordinator_is_listed_for_whom_it_has_fallen_to(client, session, coordinator, lead, as_person):
    """Each owner left in another way; what is over, or has somebody, waits for nobody."""
    owners = {
        "υποβιβάστηκε": make_person(session),
        "έφυγε": make_person(session, role="institution_coordinator", institution_id=ELSEWHERE),
        "απενεργοποιήθηκε": make_person(session, role="unit_coordinator", status="disabled"),
        "συντόνιζε τον φορέα": make_person(session, role="institution_coordinator", status="disabled"),
        "διαγράφηκε": NOBODY,
    }
    for title, owner in owners.items():
        make_conference(session, owner=owner, title=title)
        make_conference(session, owner=owner, title="τρέχει", starts_at=this_hour())
        make_conference(session, owner=owner, state="ended", ended_at=now())
        make_conference(session, owner=owner, state="cancelled")
        make_conference(session, owner=owner, title="αλλού", institution_id=FAR_AWAY)
    for owner in (coordinator, lead, make_person(session, administrator=True)):
        make_conference(session, owner=owner)
    administrator = make_person(session, administrator=True, institution_id=ELSEWHERE)
    path = f"{PATH}?scope=planned&as=manager&without_coordinator=true"

    fallen = titles(client.get(path, headers=as_person(lead)))
    everywhere = titles(client.get(path, headers=as_person(administrator, mfa=True)))

    assert sorted(fallen) == sorted([*owners, *["τρέχει"] * 5])
    assert sorted(everywhere) == sorted([*fallen, *["αλλού"] * 5])
    for successor_of_none in (coordinator, owners["υποβιβάστηκε"], owners["έφυγε"]):
        assert titles(client.get(path, headers=as_person(successor_of_none))) == []
    first = client.get(path, headers=as_person(lead)).json()["items"][0]
    assert "handover" in first["may"]


def test_as_participant_and_as_manager(client, session, coordinator, lead, as_person):
    make_conference(session, owner=coordinator, title="δική μου")
    foreign = make_conference(session, owner=lead, title="ξένη")
    make_participant(session, foreign, person_id=coordinator)
    make_conference(session, owner=lead, title="κρυφή")

    headers = as_person(coordinator)
    assert titles(client.get(f"{PATH}?scope=future&as=manager", headers=headers)) == ["δική μου"]
    assert titles(client.get(f"{PATH}?scope=future&as=participant", headers=headers)) == ["ξένη"]
    assert titles(client.get(f"{PATH}?scope=future&as=coordinator", headers=headers)) == ["δική μου"]
    assert titles(client.get(f"{PATH}?scope=future&as=coordinator", headers=as_person(lead))) == ["ξένη", "κρυφή"]
    assert sorted(titles(client.get(f"{PATH}?scope=future", headers=headers))) == ["δική μου", "ξένη"]
    assert titles(client.get(f"{PATH}?scope=future", headers=as_person(new_id()))) == []


def test_rights_as_sql_equal_rights_as_rules(session, institutions):
    """Every viewer against every conference: the list's filter and the predicate say the same."""
    roles = [
        (role, place)
        for role, place in product(("institution_coordinator", "unit_coordinator", "user", None), (HERE, ELSEWHERE))
    ]
    people = [make_person(session, role=role, institution_id=place) for role, place in roles]
    people.append(make_person(session, administrator=True))
    people += [make_person(session, role=role, status="disabled") for role, place in roles if place == HERE]
    owners = [*people, make_person(session, administrator=True, status="disabled"), NOBODY]
    for (number, owner), (other, collaborator) in product(enumerate(people), repeat=2):
        if owner != collaborator and (number + 2 * other) % 3:  # some of one direction, some of both, some not accepted
            make_collaboration(session, owner=owner, collaborator=collaborator, active=(number + other) % 4 != 0)
    made = [
        make_conference(session, owner=owner, institution_id=place) for owner in owners for place in (HERE, ELSEWHERE)
    ]
    for number, conference in enumerate(made):
        make_participant(session, conference, person_id=people[(number * 5 + 3) % len(people)])
        make_participant(session, conference, person_id=people[(number * 5 + 4) % len(people)], removed_at=now())

    for person_id, mfa in product(people, (True, False)):
        viewer = queries.viewer_of(session, Actor(person_id, mfa=mfa))
        rows = [seen(row, now()) for row in session.execute(queries.conferences_of(viewer))]
        assert len(rows) == len(made)
        decided = set(session.scalars(select(Conference.id).where(queries.decides_filter(viewer))))
        assert decided == {row.conference.id for row in rows if permissions.decides(viewer, row.relation)}
        for wanted, rule in (
            ("manager", permissions.manages),
            ("coordinator", permissions.coordinates),
            ("participant", permissions.participates),
            (None, permissions.sees),
        ):
            by_sql = set(session.scalars(select(Conference.id).where(queries.seen_as(viewer, wanted))))
            assert by_sql == {row.conference.id for row in rows if rule(viewer, row.relation)}
        left = set(session.scalars(select(Conference.id).where(queries.lacks_coordinator_filter())))
        assert left == {row.conference.id for row in rows if permissions.lacks_coordinator(row.relation)}


def test_a_collaborator_finds_the_owners_conferences_among_those_they_manage(client, session, coordinator, as_person):
    helper, asked = (make_person(session, role="unit_coordinator", unit_id=OTHER_UNIT) for _ in range(2))
    collaboration = make_collaboration(session, owner=coordinator, collaborator=helper)
    make_collaboration(session, owner=coordinator, collaborator=asked, active=False)
    make_conference(session, owner=coordinator, title="της συνεργάτιδας")
    make_conference(session, owner=helper, title="δική μου")
    listed = f"{PATH}?scope=future&as=manager"

    assert titles(client.get(listed, headers=as_person(helper))) == ["της συνεργάτιδας", "δική μου"]
    assert titles(client.get(listed, headers=as_person(asked))) == []
    assert titles(client.get(listed, headers=as_person(coordinator))) == ["της συνεργάτιδας"], "one way only"
    collaboration.active = False
    session.flush()
    assert titles(client.get(listed, headers=as_person(helper))) == ["δική μου"]


def test_a_list_takes_three_statements_whatever_its_length(client, session, coordinator, as_person):
    for _ in range(12):
        make_participant(session, make_conference(session, owner=coordinator), person_id=coordinator)
        helped = make_person(session, role="unit_coordinator")
        make_collaboration(session, owner=helped, collaborator=coordinator)
    headers = as_person(coordinator)
    client.get(f"{PATH}?scope=future", headers=headers)

    with counted(session) as statements:
        assert len(titles(client.get(f"{PATH}?scope=future", headers=headers))) == 12

    assert 0 < len(statements) <= 3, statements


def test_so_does_the_list_of_those_without_coordinator(client, session, lead, as_person):
    for _ in range(12):
        make_conference(session, owner=make_person(session))
    headers = as_person(lead)
    path = f"{PATH}?scope=planned&as=manager&without_coordinator=true"
    client.get(path, headers=headers)

    with counted(session) as statements:
        assert len(titles(client.get(path, headers=headers))) == 12

    assert 0 < len(statements) <= 3, statements
