from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from orgs.rules.institutions import State

from ..factories import make_institution, make_unit

LIST = "/api/v1/institutions"


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


@pytest.mark.parametrize("search", ["εσωτερικών", "ΕΣΩΤΕΡΙΚΩΝ", "εσωτερικων", "υπουργειο εσ"])
def test_institutions_are_found_without_accents_or_case(session: Session, client, as_person, search: str) -> None:
    make_institution(session, name="Υπουργείο Εσωτερικών")
    make_institution(session, name="Δήμος Αθηναίων")

    answer = client.get(LIST, params={"search": search}, headers=as_person(uuid4()))

    assert names(answer) == ["Υπουργείο Εσωτερικών"]


def test_signs_of_the_search_language_are_plain_letters(session: Session, client, as_person) -> None:
    make_institution(session, name="Δήμος 100% Αθηναίων")
    make_institution(session, name="Δήμος 100 Αθηναίων")

    answer = client.get(LIST, params={"search": "100%"}, headers=as_person(uuid4()))

    assert names(answer) == ["Δήμος 100% Αθηναίων"]


def test_pages_follow_each_other_by_name_whatever_the_accents(session: Session, client, as_person) -> None:
    for name in ("Ωμέγα", "Άλφα", "ΒΗΤΑ", "αλφάδι"):
        make_institution(session, name=name)
    headers = as_person(uuid4())

    first = client.get(LIST, params={"limit": 3}, headers=headers)
    second = client.get(LIST, params={"limit": 3, "cursor": first.json()["next"]}, headers=headers)

    assert names(first) == ["Άλφα", "αλφάδι", "ΒΗΤΑ"]
    assert names(second) == ["Ωμέγα"]
    assert second.json()["next"] is None


def test_a_closed_institution_is_read_but_not_listed(session: Session, client, as_person) -> None:
    institution = make_institution(session, name="Παλαιό Υπουργείο")
    institution.state = State.closed
    headers = as_person(uuid4())

    assert names(client.get(LIST, headers=headers)) == []
    answer = client.get(f"{LIST}/{institution.id}", headers=headers)

    assert answer.json() == {
        "id": str(institution.id),
        "name": "Παλαιό Υπουργείο",
        "state": "closed",
        "general_unit_id": str(institution.general_unit_id),
        "may": [],
    }
    assert answer.headers["ETag"] == f'"{institution.version}"'


def test_units_of_an_institution_say_which_is_the_general_one(session: Session, client, as_person) -> None:
    institution, other = make_institution(session), make_institution(session)
    unit = make_unit(session, institution, name="Αρχείο")
    make_unit(session, other)

    answer = client.get(f"{LIST}/{institution.id}/units", headers=as_person(uuid4()))

    shared = {"institution_id": str(institution.id), "state": "active", "may": []}
    assert answer.json()["items"] == [
        {**shared, "id": str(unit.id), "name": "Αρχείο", "general": False},
        {**shared, "id": str(institution.general_unit_id), "name": "Γενικό Τμήμα", "general": True},
    ]


@pytest.mark.parametrize("path", [f"{LIST}/{uuid4()}", f"{LIST}/{uuid4()}/units"])
def test_an_unknown_institution_is_not_found(session: Session, client, as_person, path: str) -> None:
    answer = client.get(path, headers=as_person(uuid4()))

    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize(
    ("path", "params"),
    [(LIST, {"limit": "0"}), (LIST, {"cursor": "forged"}), (LIST, {"search": "\0"}), (f"{LIST}/not-an-id", {})],
)
def test_malformed_parameters_are_refused(session: Session, client, as_person, path: str, params) -> None:
    answer = client.get(path, params=params, headers=as_person(uuid4()))

    assert answer.status_code == 400


@pytest.mark.parametrize("path", [LIST, f"{LIST}/{uuid4()}", f"{LIST}/{uuid4()}/units", "/api/v1/membership"])
def test_only_active_people_read(session: Session, client, as_person, path: str) -> None:
    stranger = client.get(path)
    newcomer = client.get(path, headers=as_person(uuid4(), state="awaiting_activation"))

    assert (stranger.status_code, stranger.json()["type"]) == (401, "/problems/not-signed-in")
    assert (newcomer.status_code, newcomer.json()["type"]) == (403, "/problems/account-not-active")
