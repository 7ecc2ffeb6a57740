"""Lists of people cost the same among ten and among a hundred thousand, wherever the many are."""

import sys
import time
from collections import defaultdict
from itertools import count
from statistics import median
from typing import Any

import pytest
from sqlalchemy import text

from chassis.db import transaction
from chassis.testing.names import MANY_NAMED, many_named
from chassis.testing.service import Provision
from orgs.rules.memberships import Role

from ..factories import make_institution, make_member

MANY, FEW, HERE = 100_000, 10, 50
TURNS = 25
GOAL, GENEROUS = 2, 5
LEAD = Role.institution_coordinator

PEOPLE = f"""
    INSERT INTO person
        (person_id, number, surname, name, search, email, status, employment, employment_bodies, sequence)
    SELECT id, number, surname, name, search, 'p' || number || '@many.example', 'active', 'employed', '[]', 1
    FROM ({MANY_NAMED}) AS made
"""
MEMBERS = """
    INSERT INTO membership (person_id, institution_id, unit_id, role, platform_administrator, created_at, version)
    SELECT person_id, :institution, :unit, 'unit_coordinator', false, now(), 1
    FROM person WHERE number BETWEEN :known + 1 AND :known + :many AND email LIKE 'p%@many.example'
"""
INVITED = f"""
    WITH made AS ({MANY_NAMED})
    INSERT INTO coordinator_invitation (id, institution_id, unit_id, role, surname, name, search, email, address_key,
        language, state, created_at, sent_at, expires_at, version)
    SELECT id, :institution, :unit, 'unit_coordinator', surname, name, search, 'i' || number || '@many.example',
        'i' || number || '@many.example', 'el', 'pending', now(), now(), now() + interval '30 days', 1
    FROM made
"""
numbers = count(1, 1_000_000)


class Place:
    """An institution, its coordinators, a tenth as many invited to be one, and a lead who looks at them."""

    def __init__(self, provision: Provision, *, coordinators: int) -> None:
        known = next(numbers)
        with transaction() as session:
            session.execute(text(PEOPLE), many_named(coordinators, known=known))
        provision.settle()  # each membership looks its person up
        with transaction() as session:
            institution = make_institution(session)
            called = {"surname": "ΑΑΡΩΝ", "name": "ΑΝΝΑ"}
            self.id, self.lead = institution.id, make_member(session, institution, role=LEAD, **called)
            place = {"institution": institution.id, "unit": institution.general_unit_id}
            session.execute(text(MEMBERS), {"known": known, "many": coordinators, **place})
            session.execute(text(INVITED), {**many_named(coordinators // 10, known=known), **place})


SEARCHES = {
    "a surname": "Παπαδοπούλου",
    "part of a word": "αδοπουλ",
    "two words, other order": "μαρία παπαδ",
    "an address": "p1000004@many.example",
    "nobody": "ζζζζ",
}


def asked_of(client: Any, headers: dict[str, str], path: str) -> dict[str, dict[str, Any]]:
    """Each way of asking; the deep page begins at a name near the end of the alphabet."""
    late = client.get(path, params={"search": "ψαρρ", "limit": 1}, headers=headers).json()  # a place in the same order
    return {
        "first page": {"limit": 20},
        "deep page": {"limit": 20, "cursor": late["next"]},
        **{what: {"limit": 20, "search": words} for what, words in SEARCHES.items()},
    }


def measured(client: Any, as_person: Any, provision: Provision, place: Place) -> dict[str, float]:
    """Medians in milliseconds, every way in every turn."""
    provision.settle()
    took: defaultdict[str, list[float]] = defaultdict(list)
    headers = as_person(place.lead)
    for what in ("coordinators", "people"):
        path = f"/api/v1/institutions/{place.id}/{what}"
        asked = asked_of(client, headers, path)
        for _ in range(TURNS):
            for how, params in asked.items():
                began = time.perf_counter()
                answer = client.get(path, params=params, headers=headers)
                took[f"{what}: {how}"].append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, answer.text
    return {how: median(times) for how, times in took.items()}


@pytest.mark.long
def test_lists_take_the_same_time_among_ten_and_among_a_hundred_thousand(
    provision: Provision, database: Any, client: Any, as_person: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    few = measured(client, as_person, provision, Place(provision, coordinators=FEW))
    Place(provision, coordinators=MANY)
    among_many = measured(client, as_person, provision, Place(provision, coordinators=HERE))
    many = measured(client, as_person, provision, Place(provision, coordinators=MANY))

    with capsys.disabled():
        sys.stdout.write(f"\nms (goal {GOAL}×){'':23}{FEW:>6}{f'{HERE} of {MANY}':>20}{f'{MANY} here':>20}\n")
        for how, least in few.items():
            ratios = (f"{them[how]:10.1f}{them[how] / least:8.2f}×" for them in (among_many, many))
            sys.stdout.write(f"{how:36}{least:6.1f} {' '.join(ratios)}\n")
    for them in (among_many, many):
        assert {how for how, least in few.items() if them[how] > GENEROUS * least} == set()
