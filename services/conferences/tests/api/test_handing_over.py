"""Handing planned conferences over to another coordinator, and to whom (S24, S25)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from chassis import audit, crypto
from chassis.clock import now
from chassis.ids import new_id
from chassis.testing.statements import counted
from conferences import tickets
from conferences.models import Booking
from conferences.rules.states import NOBODY
from conferences.settings import current

from ..conftest import NOTIFICATIONS_KEY
from ..factories import (
    ELSEWHERE,
    HERE,
    OTHER_UNIT,
    UNIT,
    due,
    make_collaboration,
    make_conference,
    make_participant,
    make_person,
    this_hour,
)
from ..reactions.test_projections import examples

HANDOVERS = "/api/v1/handovers"
MEMBERSHIP = "orgs.membership.changed.v1"
CHANGED, DONE = "conferences.conference.changed.v1", "conferences.handover.done.v1"


@pytest.fixture
def colleague(session, institutions):
    """A coordinator of another unit of the same institution."""
    return make_person(session, role="unit_coordinator", unit_id=OTHER_UNIT, surname="ΝΙΚΟΛΑΟΥ", name="ΕΛΕΝΗ")


@pytest.fixture
def conference(session, coordinator):
    return make_conference(session, owner=coordinator, title="Σχέδιο 2027", unit_id=UNIT)


@pytest.fixture
def hand_over(client, as_person):
    def act(conference, to, by, **claims):
        path = f"/api/v1/conferences/{conference.id}/handover"
        return client.post(path, json={"person_id": str(to)}, headers=as_person(by, **claims))

    return act


@pytest.fixture
def hand_over_many(client, as_person):
    def act(by, to, *, mfa=False, **which):
        return client.post(HANDOVERS, json={"to": str(to), **which}, headers=as_person(by, mfa=mfa))

    return act


def mails(published, session):
    """To whom which part is told, of which conferences, with whose name."""
    key = NOTIFICATIONS_KEY.as_dict(private=True)
    return {
        (fact.data["person_id"], fact.data["part"]): (
            [each["number"] for each in fact.data["conferences"]],
            crypto.unseal(key, fact.data["sealed"])["other_name"],
        )
        for fact in published(session, DONE)
    }


def test_the_owner_hands_over_to_a_colleague(
    client, session, conference, coordinator, colleague, hand_over, as_person, published
):
    answer = hand_over(conference, colleague, coordinator)

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    body = answer.json()
    assert body["coordinator"] == {"id": str(colleague), "name": "ΝΙΚΟΛΑΟΥ ΕΛΕΝΗ"}
    assert (body["unit_id"], body["may"]) == (str(UNIT), [])
    (changed,) = published(session, CHANGED)
    assert (changed.sequence, changed.data["coordinator_id"]) == (2, str(colleague))
    here = f"/api/v1/conferences/{conference.id}"
    assert client.get(here, headers=as_person(coordinator)).status_code == 404
    assert "edit" in client.get(here, headers=as_person(colleague)).json()["may"]


def test_both_coordinators_are_written_to_and_nobody_else(
    session, conference, coordinator, colleague, hand_over, published
):
    guest = make_participant(session, conference, email="g@elsewhere.example", invited_at=now(), facts=1)

    hand_over(conference, colleague, coordinator)

    assert mails(published, session) == {
        (str(coordinator), "giver"): ([conference.number], "ΝΙΚΟΛΑΟΥ ΕΛΕΝΗ"),
        (str(colleague), "receiver"): ([conference.number], "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ"),
    }
    assert {fact.type for fact in published(session)} == {CHANGED, DONE}
    assert guest.facts == 1


def test_what_participants_have_stays_as_it_was(session, conference, coordinator, colleague, hand_over, client):
    guest = make_participant(session, conference, email="g@elsewhere.example", name="Άννα", invited_at=now())
    link = f"/api/v1/join/{tickets.secret_of(current().tickets, guest)}"
    booking = session.scalars(select(Booking)).one()
    before = (booking.id, booking.host_id, booking.during, booking.room, conference.calendar_sequence, guest.invited_at)

    hand_over(conference, colleague, coordinator)

    session.expire_all()
    booking = session.scalars(select(Booking)).one()
    after = (booking.id, booking.host_id, booking.during, booking.room, conference.calendar_sequence, guest.invited_at)
    assert after == before
    assert due(session) == []
    ticket = client.get(link).json()
    assert (ticket["state"], ticket["conference"]["coordinator_name"]) == ("waiting", "ΝΙΚΟΛΑΟΥ ΕΛΕΝΗ")


def test_a_running_one_is_handed_over_too(session, coordinator, colleague, hand_over):
    running = make_conference(session, owner=coordinator, starts_at=this_hour(), minutes=120, state="open")

    assert hand_over(running, colleague, coordinator).json()["state"] == "open"


@pytest.mark.parametrize("over", ["ended", "cancelled", "past"])
def test_what_is_over_stays_whose_it_was(session, coordinator, colleague, hand_over, over, published):
    if over == "past":
        gone = make_conference(session, owner=coordinator, starts_at=this_hour() - timedelta(hours=5))
    else:
        gone = make_conference(session, owner=coordinator, state=over, ended_at=now() if over == "ended" else None)

    answer = hand_over(gone, colleague, coordinator)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conference-over")
    assert published(session) == []


@pytest.mark.parametrize(
    ("receiver", "reason"),
    [
        ({"role": "user"}, "not-a-coordinator"),
        ({"role": None}, "not-a-coordinator"),
        ({"role": "user", "administrator": True}, "not-a-coordinator"),
        ({"role": "unit_coordinator", "institution_id": ELSEWHERE}, "not-a-coordinator"),
        ({"role": "institution_coordinator", "institution_id": ELSEWHERE}, "not-a-coordinator"),
        ({"role": "unit_coordinator", "status": "disabled"}, "account-not-active"),
    ],
)
def test_only_an_active_coordinator_of_its_institution_receives_it(
    session, conference, coordinator, hand_over, published, receiver, reason
):
    answer = hand_over(conference, make_person(session, **receiver), coordinator)

    assert (answer.status_code, answer.json()["type"], answer.json()["reason"]) == (
        422,
        "/problems/receiver-not-possible",
        reason,
    )
    assert (conference.coordinator_id, published(session)) == (coordinator, [])


def test_nobody_known_receives_nothing(conference, coordinator, hand_over):
    assert hand_over(conference, new_id(), coordinator).json()["reason"] == "not-a-coordinator"


def test_handing_over_to_whose_it_is_changes_nothing(session, conference, coordinator, lead, hand_over, published):
    answers = [hand_over(conference, coordinator, by) for by in (coordinator, lead)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert published(session) == []


def test_an_institution_coordinator_hands_over_what_they_oversee(
    session, conference, coordinator, lead, colleague, hand_over, published
):
    answer = hand_over(conference, colleague, lead)

    assert "handover" in answer.json()["may"]
    assert set(mails(published, session)) == {(str(coordinator), "giver"), (str(colleague), "receiver")}


def test_an_institution_coordinator_takes_over_what_was_left(session, lead, hand_over, published):
    former = make_person(session, surname="ΠΡΩΗΝ", name="ΑΝΝΑ")
    left = make_conference(session, owner=former)

    assert hand_over(left, lead, lead).status_code == 200
    assert mails(published, session) == {
        (str(former), "giver"): ([left.number], "ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ"),
        (str(lead), "receiver"): ([left.number], "ΠΡΩΗΝ ΑΝΝΑ"),
    }


@pytest.mark.parametrize("left_by", ["erased", "disabled"])
def test_who_has_no_account_any_more_is_not_written_to(session, lead, hand_over, published, left_by):
    owner = NOBODY if left_by == "erased" else make_person(session, role="unit_coordinator", status="disabled")
    left = make_conference(session, owner=owner)

    assert hand_over(left, lead, lead).status_code == 200
    assert set(mails(published, session)) == {(str(lead), "receiver")}


def test_an_administrator_hands_over_with_a_second_factor_only(session, conference, colleague, hand_over):
    administrator = make_person(session, administrator=True, institution_id=ELSEWHERE)

    assert hand_over(conference, colleague, administrator).status_code == 404
    assert hand_over(conference, colleague, administrator, mfa=True).status_code == 200


def test_a_collaborator_helps_and_hands_nothing_over(
    session, conference, coordinator, colleague, hand_over, hand_over_many
):
    make_collaboration(session, owner=coordinator, collaborator=colleague)
    other = make_person(session, role="unit_coordinator")

    one, many = (
        hand_over(conference, other, colleague),
        hand_over_many(colleague, other, conference_ids=[str(conference.id)]),
    )

    assert (one.status_code, one.json()["reason"]) == (403, "not-your-conference")
    assert (many.status_code, many.json()["count"]) == (200, 0)


def test_a_participant_is_refused(session, conference, colleague, user, hand_over):
    make_participant(session, conference, person_id=user)

    answer = hand_over(conference, colleague, user)

    assert (answer.status_code, answer.json()["reason"]) == (403, "not-your-conference")


def test_it_is_in_the_audit_trail(session, conference, coordinator, colleague, hand_over):
    hand_over(conference, colleague, coordinator)

    audit.write(session)
    (row,) = session.scalars(select(audit.AuditRow))
    assert (row.act, row.actor_id, row.object_id) == ("conference.handed_over", coordinator, conference.id)
    details = session.scalars(select(audit.AuditDetail.details)).one()
    assert details == {"from": str(coordinator), "to": str(colleague)}


def test_an_edit_that_knew_the_old_coordinator_is_told(client, conference, lead, colleague, hand_over, as_person):
    hand_over(conference, colleague, lead)

    headers = as_person(lead) | {"If-Match": '"1"'}
    answer = client.patch(f"/api/v1/conferences/{conference.id}", json={"title": "Β"}, headers=headers)

    assert answer.status_code == 412


# Who has left


@pytest.mark.parametrize(
    "now_is",
    [
        {"role": "user"},
        {"role": "unit_coordinator", "institution_id": str(ELSEWHERE)},
        {"role": "institution_coordinator", "institution_id": str(ELSEWHERE)},
    ],
    ids=["demoted", "coordinates a unit elsewhere", "leads another institution"],
)
def test_who_coordinates_here_no_more_manages_no_more_from_the_fact_on(
    client, session, conference, coordinator, lead, as_person, deliver, now_is
):
    here = f"/api/v1/conferences/{conference.id}"
    left = "/api/v1/conferences?scope=planned&as=manager&without_coordinator=true"
    membership = examples(MEMBERSHIP)[0] | {"person_id": str(coordinator), "institution_id": str(HERE)}
    assert client.get(here, headers=as_person(coordinator)).status_code == 200
    assert client.get(left, headers=as_person(lead)).json()["items"] == []

    deliver(MEMBERSHIP, {**membership, "platform_administrator": False, **now_is}, sequence=2)

    assert client.get(here, headers=as_person(coordinator)).status_code == 404
    (item,) = client.get(left, headers=as_person(lead)).json()["items"]
    assert (item["id"], item["coordinator"]["id"]) == (str(conference.id), str(coordinator))
    deliver(MEMBERSHIP, {**membership, "platform_administrator": False, "role": "unit_coordinator"}, sequence=3)
    assert client.get(here, headers=as_person(coordinator)).status_code == 200, "who comes back finds them again"
    assert client.get(left, headers=as_person(lead)).json()["items"] == []


# Many at once


def test_all_planned_ones_of_a_person(session, coordinator, colleague, hand_over_many, published):
    later, sooner = (
        make_conference(session, owner=coordinator, starts_at=this_hour() + timedelta(days=d)) for d in (2, 1)
    )
    make_conference(session, owner=coordinator, state="cancelled")
    make_conference(session, owner=coordinator, starts_at=this_hour() - timedelta(days=3))

    answer = hand_over_many(coordinator, colleague, **{"from": str(coordinator)})

    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert ([each["id"] for each in body["items"]], body["count"], body["more"]) == (
        [str(sooner.id), str(later.id)],
        2,
        False,
    )
    assert len(published(session, CHANGED)) == 2
    numbers = [sooner.number, later.number]
    assert mails(published, session) == {
        (str(coordinator), "giver"): (numbers, "ΝΙΚΟΛΑΟΥ ΕΛΕΝΗ"),
        (str(colleague), "receiver"): (numbers, "ΠΑΠΑΔΟΠΟΥΛΟΥ ΜΑΡΙΑ"),
    }
    again = hand_over_many(coordinator, colleague, **{"from": str(coordinator)}).json()
    assert again == {"count": 0, "items": [], "more": False}


def test_those_named_whoever_had_them_and_none_that_is_not_the_callers(
    session, coordinator, lead, colleague, hand_over_many, published
):
    fellow = make_person(session, role="institution_coordinator")
    first, second = make_person(session, surname="Α"), make_person(session, surname="Β")
    left = [make_conference(session, owner=owner) for owner in (first, second, second)]
    others = [
        make_conference(session, owner=fellow),
        make_conference(session, owner=first, institution_id=ELSEWHERE),
        make_conference(session, owner=first, state="cancelled"),
        make_conference(session, owner=colleague),
    ]
    ids = [str(each.id) for each in [*left, *others]] + [str(new_id())]

    body = hand_over_many(lead, colleague, conference_ids=ids).json()

    assert {each["id"] for each in body["items"]} == {str(each.id) for each in left}
    told = mails(published, session)
    assert {key: len(numbers) for key, (numbers, _) in told.items()} == {
        (str(first), "giver"): 1,
        (str(second), "giver"): 2,
        (str(colleague), "receiver"): 3,
    }
    assert told[str(colleague), "receiver"][1] is None, "they were several people's"


def test_the_named_ones_of_a_person(session, coordinator, colleague, hand_over_many):
    one, _other = (make_conference(session, owner=coordinator) for _ in range(2))
    which = {"from": str(coordinator), "conference_ids": [str(one.id)]}

    assert [each["id"] for each in hand_over_many(coordinator, colleague, **which).json()["items"]] == [str(one.id)]


def test_what_nobody_owns_is_handed_over_as_nobodys(session, lead, colleague, hand_over_many):
    make_conference(session, owner=NOBODY)

    assert hand_over_many(lead, colleague, **{"from": str(NOBODY)}).json()["count"] == 1


def test_an_administrator_hands_over_where_the_receiver_works(session, colleague, hand_over_many):
    administrator = make_person(session, administrator=True, institution_id=ELSEWHERE)
    mover = make_person(session, role="unit_coordinator", institution_id=ELSEWHERE)
    here, _there = (
        make_conference(session, owner=mover),
        make_conference(session, owner=mover, institution_id=ELSEWHERE),
    )

    body = hand_over_many(administrator, colleague, mfa=True, **{"from": str(mover)}).json()

    assert [each["id"] for each in body["items"]] == [str(here.id)]


def test_who_may_not_is_told(session, coordinator, colleague, user, hand_over_many):
    refused = [
        hand_over_many(colleague, colleague, **{"from": str(coordinator)}),
        hand_over_many(user, colleague, **{"from": str(user)}),
    ]

    assert [(answer.status_code, answer.json()["reason"]) for answer in refused] == [
        (403, "not-your-conference"),
        (403, "coordinators-only"),
    ]


def test_from_somebody_to_the_same_is_a_mistake(coordinator, user, hand_over_many):
    for to, reason in ((coordinator, "same-person"), (user, "not-a-coordinator")):
        answer = hand_over_many(coordinator, to, **{"from": str(coordinator)})
        assert (answer.status_code, answer.json()["reason"]) == (422, reason)


@pytest.mark.parametrize("which", [{}, {"conference_ids": []}, {"from": "x"}, {"of": str(NOBODY)}])
def test_what_is_not_understood_is_refused(coordinator, colleague, hand_over_many, which):
    assert hand_over_many(coordinator, colleague, **which).status_code == 400


def test_no_more_than_a_portion_goes_at_once(session, coordinator, colleague, hand_over_many, monkeypatch):
    monkeypatch.setattr("conferences.usecases.handing_over.AT_ONCE", 2)
    for _ in range(3):
        make_conference(session, owner=coordinator)
    which = {"from": str(coordinator)}

    portions = [hand_over_many(coordinator, colleague, **which).json() for _ in range(2)]

    assert [(each["count"], each["more"]) for each in portions] == [(2, True), (1, False)]


# To whom


@pytest.fixture
def candidates(client, as_person, conference):
    def names(by, query="", **claims):
        answer = client.get(
            f"/api/v1/conferences/{conference.id}/handover-candidates?{query}", headers=as_person(by, **claims)
        )
        assert answer.status_code == 200, answer.text
        return [each["name"] for each in answer.json()["items"]]

    return names


def test_candidates_are_the_institutions_other_active_coordinators_by_name(
    client, session, conference, coordinator, lead, colleague, user, candidates, as_person
):
    make_person(session, role="unit_coordinator", status="disabled")
    make_person(session, role="institution_coordinator", institution_id=ELSEWHERE)

    assert candidates(coordinator) == ["ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ", "ΝΙΚΟΛΑΟΥ ΕΛΕΝΗ"]
    assert candidates(lead, "search=ελένη") == ["ΝΙΚΟΛΑΟΥ ΕΛΕΝΗ"]
    assert candidates(lead, f"person_id={colleague}") == ["ΝΙΚΟΛΑΟΥ ΕΛΕΝΗ"]
    assert candidates(lead, f"person_id={user}") == []
    page = client.get(
        f"/api/v1/conferences/{conference.id}/handover-candidates?limit=1", headers=as_person(coordinator)
    ).json()
    assert page["total"] == 2
    assert candidates(coordinator, f"limit=1&cursor={page['next']}") == ["ΝΙΚΟΛΑΟΥ ΕΛΕΝΗ"]
    (first,) = page["items"]
    assert first == {"person_id": str(lead), "name": "ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ", "unit": {"id": str(UNIT), "name": "Μονάδα"}}


def test_candidates_are_nobody_elses_to_know(client, session, conference, colleague, user, as_person):
    path = f"/api/v1/conferences/{conference.id}/handover-candidates"
    make_participant(session, conference, person_id=user)

    assert client.get(path, headers=as_person(colleague)).status_code == 404
    assert client.get(path, headers=as_person(user)).json()["reason"] == "not-your-conference"


def test_candidates_take_four_statements_however_many(client, session, conference, coordinator, as_person):
    for _ in range(12):
        make_person(session, role="unit_coordinator")
    path, headers = f"/api/v1/conferences/{conference.id}/handover-candidates", as_person(coordinator)
    client.get(path, headers=headers)

    with counted(session) as statements:
        assert len(client.get(path, headers=headers).json()["items"]) == 12

    assert 0 < len(statements) <= 4, statements
