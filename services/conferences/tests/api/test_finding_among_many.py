"""The search for people to invite takes the same time among ten people and among a hundred thousand."""

import sys
import time
from collections import defaultdict
from statistics import median
from typing import Any

import pytest
from sqlalchemy import text

from chassis.db import transaction
from chassis.testing.names import MANY_NAMED, many_named
from chassis.testing.service import Provision

from ..factories import HERE, UNIT, make_institutions, make_person

FEW, MANY = 10, 100_000
TURNS = 25
GOAL, GENEROUS = 2, 5

PEOPLE = f"""
    WITH made AS ({MANY_NAMED}), members AS (
        INSERT INTO membership (person_id, sequence, institution_id, unit_id, role, platform_administrator)
        SELECT id, 1, :institution, :unit, 'user', false FROM made
    ), addresses AS (
        INSERT INTO person_address (email_folded, person_id) SELECT 'p' || number || '@many.example', id FROM made
    )
    INSERT INTO person (person_id, sequence, surname, name, email, status, language, search)
    SELECT id, 1, surname, name, 'p' || number || '@many.example', 'active', 'el', search FROM made
"""
SEARCHES = {
    "a surname": "Παπαδοπούλου",
    "part of a word": "αδοπουλ",
    "two words, other order": "μαρία παπαδ",
    "a common first name": "Μαρία",
    "an address": "p3@many.example",
    "nobody": "ζζζζ",
}


def fill(known: int, many: int) -> None:
    with transaction() as session:
        session.execute(text(PEOPLE), {**many_named(many, known=known), "institution": HERE, "unit": UNIT})


def measured(client: Any, headers: dict[str, str]) -> dict[str, float]:
    """Medians in milliseconds, every search in every turn."""
    took: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(TURNS):
        for how, words in SEARCHES.items():
            began = time.perf_counter()
            answer = client.get("/api/v1/people", params={"search": words}, headers=headers)
            took[how].append((time.perf_counter() - began) * 1000)
            assert (answer.status_code, bool(answer.json()["items"])) == (200, how != "nobody")
    return {how: median(times) for how, times in took.items()}


@pytest.mark.long
def test_a_search_takes_the_same_time_among_ten_and_among_a_hundred_thousand(
    provision: Provision, database: Any, client: Any, as_person: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with transaction() as session:
        make_institutions(session)
        headers = as_person(make_person(session, role="unit_coordinator"))
    fill(0, FEW)
    provision.settle()
    few = measured(client, headers)
    fill(FEW, MANY)
    provision.settle()
    many = measured(client, headers)

    with capsys.disabled():
        sys.stdout.write(f"\n{'GET /people, ms (goal 2×)':28}{FEW:>8}{MANY:>10}\n")
        for how, least in few.items():
            ratio = many[how] / least
            verdict = "reached" if ratio <= GOAL else "missed"
            sys.stdout.write(f"{how:28}{least:8.1f}{many[how]:10.1f}{ratio:8.2f}×  {verdict}\n")
    assert {how for how, least in few.items() if many[how] > GENEROUS * least} == set()
