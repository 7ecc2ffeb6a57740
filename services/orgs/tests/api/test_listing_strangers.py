"""Whatever is typed into a search or taken from another list, nobody is shown people of another institution."""

from typing import Any
from uuid import UUID

import pytest

from orgs.rules.memberships import Role

from ..factories import make_institution, make_member

TRIED = (
    *("", "α", "αα", "ααα", "αντωνιου", "a@", "@", "%", "_", "*", "%%%", "___", "α%", "_ντωνιου", "\\", "' OR true --"),
    *("aa.1@elsewhere.example", "aa.%@elsewhere.example", "aa."),
)
LISTS = ("people", "coordinators")


@pytest.fixture
def elsewhere(session):
    return make_institution(session)


@pytest.fixture
def strangers(session, elsewhere) -> set[str]:
    called = {"surname": "ΑΑΑΝΤΩΝΙΟΥ", "name": "ΑΝΑΣΤΑΣΙΑ"}
    return {
        str(
            make_member(
                session, elsewhere, role=Role.unit_coordinator, email=f"aa.{number}@elsewhere.example", **called
            )
        )
        for number in range(5)
    }


@pytest.fixture
def here(session):
    return make_institution(session)


@pytest.fixture
def lead(session, here) -> UUID:
    make_member(session, here, surname="ΑΑΑΝΤΩΝΙΟΥ", name="ΑΝΑΣΤΑΣΙΑ")
    return make_member(session, here, role=Role.institution_coordinator, surname="ΩΝΑΣΗΣ", name="ΑΡΗΣ")


def asked(client: Any, headers: Any, institution: Any, what: str, **params: Any) -> Any:
    return client.get(f"/api/v1/institutions/{institution.id}/{what}", params=params, headers=headers)


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("search", TRIED)
def test_no_search_reaches_into_another_institution(
    client, as_person, here, lead, elsewhere, strangers, what, search
) -> None:
    refused = asked(client, as_person(lead), elsewhere, what, search=search)
    own = asked(client, as_person(lead), here, what, search=search)

    assert (refused.status_code, refused.json()["reason"]) == (403, "not-your-institution")
    assert own.status_code == 200
    assert not strangers & {item["id"] for item in own.json()["items"]}
    assert own.json()["total"] == len(own.json()["items"])


@pytest.mark.parametrize("what", LISTS)
@pytest.mark.parametrize("search", ["%", "_", "*", "%%%", "___", "ααα%", "_ααντωνιου", "\\", "ααα*"])
def test_wildcards_are_letters(client, as_person, here, lead, what, search) -> None:
    assert asked(client, as_person(lead), here, what, search=search).json()["items"] == []


@pytest.mark.parametrize("what", LISTS)
def test_a_cursor_of_another_list_is_a_place_in_ones_own(
    session, client, as_person, here, lead, elsewhere, strangers, what
) -> None:
    theirs = make_member(session, elsewhere, role=Role.institution_coordinator, surname="ΩΝΑΣΗΣ", name="ΓΗΣ")
    stolen = asked(client, as_person(theirs), elsewhere, what, limit=1).json()["next"]

    refused = asked(client, as_person(lead), elsewhere, what, cursor=stolen)
    own = asked(client, as_person(lead), here, what, cursor=stolen)

    assert (refused.status_code, refused.json()["reason"]) == (403, "not-your-institution")
    assert str(lead) in {item["id"] for item in own.json()["items"]}
    assert not (strangers | {str(theirs)}) & {item["id"] for item in own.json()["items"]}
