"""What other parts rely on in deploy/seed."""

import json
from pathlib import Path

SEED = Path(__file__).parents[2] / "seed"
PERSONAS, INSTITUTIONS, HOSTS = (
    json.loads((SEED / f"{name}.json").read_text()) for name in ("personas", "institutions", "hosts")
)


def check_digit_is_right(taxid):
    return sum(int(digit) * 2 ** (8 - place) for place, digit in enumerate(taxid[:8])) % 11 % 10 == int(taxid[8])


def test_tax_numbers_are_valid_but_one_and_differ():
    wrong = [persona["id"] for persona in PERSONAS if not check_digit_is_right(persona["taxid"])]

    assert wrong == ["invalid-taxid"]
    assert len({persona["taxid"] for persona in PERSONAS}) == len(PERSONAS)


def test_enough_people_of_each_kind():
    def of(role, institution="digital-governance"):
        return [p for p in PERSONAS if p["role"] == role and p["institution"] == institution]

    assert len([p for p in PERSONAS if p["role"] == "user" and isinstance(p["employment"], list)]) >= 5
    assert len(of("unit_coordinator")) == 3
    assert len(of("institution_coordinator")) == 2
    assert len(of("institution_coordinator", "interior")) == 1
    assert len(of("platform_administrator")) == 1


def test_memberships_name_bodies_and_units_that_exist():
    units = {body["key"]: {unit["key"] for unit in body["units"]} for body in INSTITUTIONS}

    for persona in PERSONAS:
        if persona["institution"]:
            assert persona["unit"] in units[persona["institution"]]


def test_every_body_has_one_general_unit_and_one_body_catches_all():
    for body in INSTITUTIONS:
        assert [unit["name"] for unit in body["units"] if unit["general"]] == ["Γενικό Τμήμα"]
    assert [body["name"] for body in INSTITUTIONS if body["catch_all"]] == ["Δημόσια Διοίκηση"]


def test_host_pool():
    capacities = [host["capacity"] for host in HOSTS]

    assert {size: capacities.count(size) for size in set(capacities)} == {300: 14, 500: 4, 1000: 2}
    assert all(len(host["zoom_user_id"]) == 22 for host in HOSTS)
