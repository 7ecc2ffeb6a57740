"""How a person can be reached: kept up by themselves (S5)."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from identity.models import Person
from identity.parts import Parts
from identity.rules.accounts import Status

from ..factories import make_person


@pytest.fixture
def person(session: Session, joined: Parts) -> Person:
    return make_person(session, joined)


@pytest.fixture
def edit(client: Any, as_person: Callable, person: Person) -> Callable:
    """PATCH with the version just read, unless told otherwise."""

    def call(body: dict[str, Any], *, etag: str | None = "", language: str = "el") -> Any:
        headers = {**as_person(person.id), "Accept-Language": language}
        if etag == "":
            etag = client.get("/api/v1/account", headers=headers).headers["etag"]
        return client.patch("/api/v1/account", json=body, headers=headers | ({"If-Match": etag} if etag else {}))

    return call


def test_phone_and_other_contact_are_kept_and_read_again(
    edit: Callable, person: Person, client: Any, as_person: Callable
) -> None:
    answer = edit({"phone": "210 123-4567", "other_contact": "  Εσωτερικό 12\n3ος όροφος "})

    assert answer.status_code == 200
    assert (answer.json()["phone"], answer.json()["other_contact"]) == ("+302101234567", "Εσωτερικό 12\n3ος όροφος")
    read = client.get("/api/v1/account", headers=as_person(person.id))
    assert (read.json(), read.headers["etag"]) == (answer.json(), answer.headers["etag"])


def test_what_is_left_out_stays_and_what_is_blank_goes(edit: Callable) -> None:
    edit({"phone": "2101234567", "other_contact": "Εσωτερικό 12"})

    left = edit({"phone": None}).json()
    blank = edit({"other_contact": "  "}).json()

    assert (left["phone"], left["other_contact"]) == (None, "Εσωτερικό 12")
    assert blank["other_contact"] is None


def test_the_others_hear_of_a_new_phone_and_of_nothing_else(
    edit: Callable, session: Session, published: Callable, person: Person
) -> None:
    edit({"phone": "2101234567"})
    edit({"phone": "+30 210 123 4567"})
    edit({"other_contact": "Εσωτερικό 12"})

    (fact,) = published(session, "identity.person.changed.v1")
    assert (fact.data["phone"], fact.data["person_id"]) == ("+302101234567", str(person.id))
    assert "other_contact" not in fact.data


@pytest.mark.parametrize("body", [{"phone": "2101234567"}, {"other_contact": "Εσωτερικό 12"}])
def test_without_the_version_read_nothing_is_changed(edit: Callable, person: Person, body: dict[str, Any]) -> None:
    missing, stale = edit(body, etag=None), edit(body, etag='"999"')

    assert [(answer.status_code, answer.json()["type"]) for answer in (missing, stale)] == [
        (428, "/problems/precondition-required"),
        (412, "/problems/precondition-failed"),
    ]
    assert (person.phone, person.other_contact) == (None, None)


@pytest.mark.parametrize("body", [{"phone": "2101234567"}, {"other_contact": "Εσωτερικό 12"}])
def test_each_change_makes_the_version_read_before_stale(edit: Callable, body: dict[str, Any]) -> None:
    before = edit({"phone": "6971234567"}).headers["etag"]
    edit(body)

    assert edit(body, etag=before).status_code == 412


@pytest.mark.parametrize("phone", ["12", "210123456", "τηλέφωνο", "+30 510 123 4567", "x" * 40])
def test_what_can_be_no_phone_is_refused_at_its_field(edit: Callable, person: Person, phone: str) -> None:
    greek, english = (edit({"phone": phone}, language=language).json() for language in ("el", "en"))

    assert (greek["type"], greek["status"]) == ("/problems/phone-invalid", 422)
    assert [error["pointer"] for error in greek["errors"]] == ["/phone"]
    assert "δέκα ψηφία" in greek["errors"][0]["detail"]
    assert "ten digits" in english["errors"][0]["detail"]
    assert person.phone is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"phone": 1},
        {"phone": "2" * 41},
        {"other_contact": "x" * 1001},
        {"other_contact": "a\x00b"},
        {"surname": "ΑΛΛΟ"},
        {"name": "ΑΛΛΟ"},
        {"email": "other@example.org"},
        {"unit_id": "01930000-0000-7000-8000-000000000003"},
        {"phone": "2101234567", "status": "active"},
    ],
)
def test_nothing_else_can_be_changed_here(edit: Callable, body: dict[str, Any]) -> None:
    assert edit(body).status_code == 400


def test_before_activation_there_is_nothing_to_edit(
    session: Session, joined: Parts, client: Any, as_person: Callable
) -> None:
    newcomer = make_person(session, joined, status=Status.awaiting_activation)
    headers = {**as_person(newcomer.id, state="awaiting_activation"), "If-Match": '"1"'}

    answer = client.patch("/api/v1/account", json={"phone": "2101234567"}, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/account-not-active")
