"""Participants: added one by one or many, invited, removed, searched for."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from chassis import crypto
from chassis.clock import now
from chassis.ids import new_id
from chassis.testing.statements import counted
from chassis.timers import TimerRow
from conferences import tickets
from conferences.models import Participation, Person, PersonAddress
from conferences.settings import current

from ..conftest import NOTIFICATIONS_KEY
from ..factories import make_conference, make_participant, make_person, this_hour


@pytest.fixture
def conference(session, coordinator):
    return make_conference(session, owner=coordinator)


@pytest.fixture
def here(conference):
    return f"/api/v1/conferences/{conference.id}"


@pytest.fixture
def add(client, here, coordinator, as_person):
    def post(*people, **headers):
        answer = client.post(
            f"{here}/participants", json={"people": list(people)}, headers=as_person(coordinator) | headers
        )
        assert answer.status_code == 200, answer.text
        return answer.json()["results"]

    return post


def outcomes(results) -> list[str]:
    return [result["outcome"] for result in results]


def test_each_line_has_its_outcome_and_nobody_is_added_twice(
    client, session, here, conference, coordinator, user, add, as_person
):
    address = session.get_one(Person, user).email

    results = add(
        {"email": address}, {"email": address.upper()}, {"person_id": str(user)}, {"email": "Ελένη"},
        {"email": "eleni@elsewhere.example", "name": "Ελένη\nΝικολάου"}, {"email": "ELENI@elsewhere.example"}, {},
        {"person_id": str(new_id())},
    )  # fmt: skip

    assert outcomes(results) == ["added", "already", "already", "invalid", "added", "already", "invalid", "invalid"]
    assert results[0]["participant_id"] == results[1]["participant_id"] == results[2]["participant_id"]
    people = client.get(f"{here}/participants", headers=as_person(coordinator)).json()
    assert [(one["name"], one["email"], one["guest"], one["locked"]) for one in people["items"]] == [
        ("ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ", address, False, False),
        ("Ελένη Νικολάου", "eleni@elsewhere.example", True, False),
    ]
    assert people["total"] == 2
    assert conference.participant_count == 2


def test_capacity_holds_within_one_request(session, conference, add):
    conference.participant_count = 298
    session.flush()

    results = add(*({"email": f"g{n}@elsewhere.example"} for n in range(4)))

    assert outcomes(results) == ["added", "added", "over_capacity", "over_capacity"]
    assert results[2]["participant_id"] is None
    assert conference.participant_count == 300


def test_the_same_key_adds_once(session, conference, add):
    first = add({"email": "g@elsewhere.example"}, {"email": "?"}, **{"Idempotency-Key": "k"})
    session.scalars(select(Participation)).one().removed_at = now()

    second = add({"email": "g@elsewhere.example"}, {"email": "?"}, **{"Idempotency-Key": "k"})

    assert (outcomes(first), outcomes(second)) == (["added", "invalid"], ["over_capacity", "invalid"])
    assert session.scalars(select(Participation)).one().removed_at is not None


@pytest.mark.parametrize("state", ["ended", "cancelled"])
def test_nobody_is_added_to_what_is_over(client, session, coordinator, as_person, state):
    over = make_conference(session, owner=coordinator, state=state, **({"ended_at": now()} if state == "ended" else {}))

    answer = client.post(
        f"/api/v1/conferences/{over.id}/participants",
        json={"people": [{"email": "g@x.gr"}]},
        headers=as_person(coordinator),
    )

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conference-over")


@pytest.mark.parametrize(
    ("method", "rest"),
    [
        ("GET", "participants"),
        ("POST", "participants"),
        ("POST", "invitations"),
        ("GET", "live"),
        ("GET", "report"),
        ("GET", "report.xlsx"),
        ("POST", "end"),
        ("POST", "host-start"),
    ],
)
def test_a_participant_manages_nothing_and_a_stranger_sees_nothing(
    client, session, conference, here, user, as_person, method, rest
):
    body = {"json": {"people": [{"email": "g@x.gr"}]}} if (method, rest) == ("POST", "participants") else {}
    make_participant(session, conference, person_id=user)

    refused = client.request(method, f"{here}/{rest}", headers=as_person(user), **body)
    hidden = client.request(method, f"{here}/{rest}", headers=as_person(new_id()), **body)

    assert (refused.status_code, hidden.status_code) == (403, 404)


def test_invitations_go_to_whoever_has_none_with_a_ticket_that_opens_the_door(
    client, session, here, conference, coordinator, user, add, as_person, published
):
    add({"person_id": str(user)}, {"email": "g@elsewhere.example", "name": "Ελένη"})

    answer = client.post(f"{here}/invitations", json={}, headers=as_person(coordinator))
    again = client.post(f"{here}/invitations", json={}, headers=as_person(coordinator))

    assert (answer.status_code, answer.json(), again.json()) == (202, {"queued": 2}, {"queued": 0})
    facts = published(session, "conferences.participant.invited.v1")
    sealed = [crypto.unseal(NOTIFICATIONS_KEY.as_dict(private=True), fact.data["sealed"]) for fact in facts]
    assert [(one["name"], one["email"]) for one in sealed] == [
        ("ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ", session.get_one(Person, user).email),
        ("Ελένη", "g@elsewhere.example"),
    ]
    assert [(fact.data["guest"], fact.data["person_id"]) for fact in facts] == [(False, str(user)), (True, None)]
    assert facts[0].data["coordinator"]["name"] == "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ"
    assert facts[0].data["conference"]["title"] == conference.title
    for one in sealed:
        seen = client.get(f"/api/v1/join/{one['ticket']}")
        assert (seen.status_code, seen.json()["state"], seen.json()["name"]) == (200, "waiting", one["name"])
    assert all(one["ticket"] not in str(fact.data) for one, fact in zip(sealed, facts, strict=True))


def test_somebody_named_is_written_to_again_with_the_same_ticket(
    client, session, here, coordinator, add, as_person, published
):
    (result,) = add({"email": "g@elsewhere.example"})
    body = {"participant_ids": [result["participant_id"]]}

    for _ in range(2):
        assert client.post(f"{here}/invitations", json=body, headers=as_person(coordinator)).json() == {"queued": 1}

    first, second = published(session, "conferences.participant.invited.v1")
    opened = [crypto.unseal(NOTIFICATIONS_KEY.as_dict(private=True), fact.data["sealed"]) for fact in (first, second)]
    assert opened[0]["ticket"] == opened[1]["ticket"]
    assert first.sequence < second.sequence


def test_each_participant_shows_what_became_of_the_mail(
    client, session, here, coordinator, add, as_person, published, deliver
):
    add({"email": "a@elsewhere.example"}, {"email": "b@elsewhere.example"}, {"email": "c@elsewhere.example"})
    client.post(f"{here}/invitations", json={}, headers=as_person(coordinator))
    add({"email": "d@elsewhere.example"})
    first, second, _ = published(session, "conferences.participant.invited.v1")
    for fact, outcome in ((first, "sent"), (second, "failed")):
        told = {"message_id": str(new_id()), "template": "conference_invitation", "about": fact.subject}
        told |= {"about_sequence": fact.sequence, "occurred_at": "2026-11-25T06:00:01Z", "reason": "refused"}
        deliver(f"notifications.message.{outcome}.v1", told)

    headers = as_person(coordinator)
    with counted(session) as statements:
        items = client.get(f"{here}/participants", headers=headers).json()["items"]

    assert [one["mail"] and one["mail"]["state"] for one in items] == ["sent", "failed", "queued", None]
    assert items[0]["mail"]["at"].startswith("2026-11-25T06:00:01")
    assert items[2]["mail"]["at"] == items[2]["invited_at"]
    assert 0 < len(statements) <= 4, statements

    again = {"participant_ids": [items[1]["id"]]}
    client.post(f"{here}/invitations", json=again, headers=headers)
    client.delete(f"{here}/participants/{items[0]['id']}", headers=headers)
    add({"email": "a@elsewhere.example"})

    items = client.get(f"{here}/participants", headers=headers).json()["items"]
    assert [one["mail"] and one["mail"]["state"] for one in items] == [None, "queued", "queued", None]


def test_the_same_key_invites_once(client, session, here, coordinator, add, as_person, published):
    add({"email": "g@elsewhere.example"})
    headers = as_person(coordinator) | {"Idempotency-Key": "k"}

    answers = [client.post(f"{here}/invitations", headers=headers).json() for _ in range(2)]

    assert answers == [{"queued": 1}, {"queued": 1}]
    assert len(published(session, "conferences.participant.invited.v1")) == 1


def test_a_removed_participant_is_told_and_the_link_is_spent(
    client, session, here, conference, coordinator, add, as_person, published
):
    (result,) = add({"email": "g@elsewhere.example"})
    client.post(f"{here}/invitations", json={}, headers=as_person(coordinator))
    row = session.get_one(Participation, UUID(result["participant_id"]))
    ticket = tickets.secret_of(current().tickets, row)

    for _ in range(2):
        answer = client.delete(f"{here}/participants/{row.id}", headers=as_person(coordinator))
        assert answer.status_code == 204

    assert conference.participant_count == 0
    (fact,) = published(session, "conferences.participant.uninvited.v1")
    assert (fact.data["reason"], fact.data["conference"]["sequence"]) == ("removed", 1)
    assert (client.get(f"/api/v1/join/{ticket}").status_code, client.post(f"/api/v1/join/{ticket}").status_code) == (
        410,
        410,
    )
    assert client.get(f"{here}/participants", headers=as_person(coordinator)).json()["items"] == []
    assert session.scalars(select(TimerRow.subject).where(TimerRow.name == "registrant.withdraw")).all() == [
        str(row.id)
    ]


def test_somebody_added_again_gets_the_same_place_back(client, session, here, conference, coordinator, add, as_person):
    (first,) = add({"email": "g@elsewhere.example"})
    client.delete(f"{here}/participants/{first['participant_id']}", headers=as_person(coordinator))

    (second,) = add({"email": "g@elsewhere.example"})

    assert second == {**first, "outcome": "added"}
    assert conference.participant_count == 1


def test_participants_of_other_conferences_are_not_removed_here(client, session, here, coordinator, as_person):
    other = make_participant(session, make_conference(session, owner=coordinator))

    assert client.delete(f"{here}/participants/{other.id}", headers=as_person(coordinator)).status_code == 404


def test_participants_are_searched_by_name_and_address(client, session, here, conference, coordinator, user, as_person):
    make_participant(session, conference, person_id=user)
    make_participant(session, conference, email="anna@elsewhere.example", name="Άννα")

    def found(term: str) -> list[str]:
        answer = client.get(f"{here}/participants", params={"search": term}, headers=as_person(coordinator))
        return [one["name"] for one in answer.json()["items"]]

    assert (found("νικος"), found("ANNA@"), found("Άννα"), found("%")) == (["ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ"], ["Άννα"], ["Άννα"], [])


# -------------------------------------------------------------- addresses that nobody who plans knows
@pytest.fixture
def listed(client, here, coordinator, as_person):
    def read(**params):
        answer = client.get(f"{here}/participants", params=params, headers=as_person(coordinator))
        return [(one["email"], one["masked"]) for one in answer.json()["items"]]

    return read


def test_adding_somebody_found_by_name_tells_no_more_of_the_address_than_the_search(session, user, add, listed, search):
    address = session.get_one(Person, user).email
    (found,) = search("νίκος νικολάου").json()["items"]

    (result,) = add({"person_id": str(user)})

    assert (result["outcome"], result["email"]) == ("added", None)
    assert listed() == [(found["email"], True)]
    assert found["email"] != address


def test_a_masked_address_cannot_be_guessed_letter_by_letter(session, user, add, listed):
    address = session.get_one(Person, user).email
    add({"person_id": str(user)})

    assert {len(listed(search=address[:length])) for length in range(1, len(address) + 1)} == {0}
    add({"email": "known@elsewhere.example"})
    assert listed(search="known@") == [("known@elsewhere.example", False)]


def test_whoever_writes_the_address_sees_it(session, user, add, listed):
    address = session.get_one(Person, user).email
    add({"person_id": str(user)})

    (result,) = add({"email": address.upper()})

    assert (result["outcome"], listed()) == ("already", [(address, False)])


def test_another_of_their_addresses_does_not_show_the_first(session, user, add, listed):
    session.add(PersonAddress(email_folded="other@elsewhere.example", person_id=user))
    session.flush()
    add({"person_id": str(user)})

    (result,) = add({"email": "other@elsewhere.example"})

    assert (result["outcome"], listed()[0][1]) == ("already", True)


def test_what_was_known_stays_known(client, session, here, user, add, listed, coordinator, as_person):
    address = session.get_one(Person, user).email
    (first,) = add({"email": address})
    client.delete(f"{here}/participants/{first['participant_id']}", headers=as_person(coordinator))

    add({"person_id": str(user)})

    assert listed() == [(address, False)]


def test_a_report_shows_the_address_as_the_list_did(
    client, session, here, conference, user, add, coordinator, as_person
):
    address = session.get_one(Person, user).email
    add({"person_id": str(user)}, {"email": "known@elsewhere.example"})
    conference.starts_at, conference.ends_at = this_hour() - timedelta(hours=4), this_hour() - timedelta(hours=1)
    conference.state, conference.ended_at, conference.room = "ended", conference.ends_at, "closed"
    session.flush()

    lines = client.get(f"{here}/report", headers=as_person(coordinator)).json()["participants"]

    assert {(line["email"] == address, line["masked"]) for line in lines} == {(False, True), (False, False)}


# ------------------------------------------------------------------------- search for people
@pytest.fixture
def search(client, coordinator, as_person):
    return lambda term: client.get("/api/v1/people", params={"search": term}, headers=as_person(coordinator))


def test_people_are_found_by_words_of_the_name_in_any_order(session, user, search):
    (found,) = search("νίκος ΝΙΚΟΛΆΟΥ").json()["items"]

    address = session.get_one(Person, user).email
    assert (found["person_id"], found["name"], found["institution"]["name"]) == (
        str(user),
        "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ",
        "Υπουργείο",
    )
    assert found["masked"] is True
    assert found["email"] != address
    assert found["email"].endswith("@staff.example")


def test_an_address_is_found_in_full_only(session, user, search):
    address = session.get_one(Person, user).email

    assert search(address[:-1]).json()["items"] == []
    (found,) = search(address.upper()).json()["items"]
    assert (found["masked"], found["email"]) == (False, address.upper())


def test_few_letters_find_nobody_and_few_are_found(session, institutions, search):
    for _ in range(15):
        make_person(session, surname="ΣΥΝΩΝΥΜΟΣ")
    make_person(session, surname="ΣΥΝΩΝΥΜΟΣ", status="disabled")

    assert search("συ").status_code == 400
    assert search("  σ  ").json()["items"] == []
    assert len(search("συνωνυμος").json()["items"]) == 10


def test_only_coordinators_search(client, user, as_person):
    assert client.get("/api/v1/people?search=νικος", headers=as_person(user)).status_code == 403


def test_a_disabled_person_gets_no_guest_place_by_the_back_door(client, session, conference, add, institutions):
    disabled = make_person(session, status="disabled")
    conference.starts_at, conference.ends_at = this_hour(), this_hour() + timedelta(hours=4)

    (by_id,) = add({"person_id": str(disabled)})
    (by_address,) = add({"email": session.get_one(Person, disabled).email})

    assert (by_id["outcome"], by_address["outcome"]) == ("invalid", "added")
    row = session.get_one(Participation, UUID(by_address["participant_id"]))
    answer = client.post(f"/api/v1/join/{tickets.secret_of(current().tickets, row)}", json={"name": "Ξένος"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "account-disabled")
