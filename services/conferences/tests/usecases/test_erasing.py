"""Somebody's account was deleted: no name, no address, no right and no ticket is left; what was measured is (S6)."""

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import func, select, text, update

from chassis import clock, crypto, forgetting, tombstones
from chassis.db import registry_of
from chassis.ids import new_id
from chassis.timers import TimerRow
from conferences import tickets
from conferences.models import (
    Booking,
    Collaboration,
    Group,
    GroupMember,
    Membership,
    Participation,
    Person,
    PersonAddress,
    Registrant,
    Sitting,
    Stay,
)
from conferences.rules.states import NOBODY
from conferences.settings import current
from conferences.usecases import erasing

from ..factories import (
    HERE,
    UNIT,
    make_collaboration,
    make_conference,
    make_group,
    make_participant,
    make_person,
    this_hour,
)

ERASED = "identity.person.erased.v1"
ADDRESS = "markaris@staff.example"


@pytest.fixture
def marker(session, institutions) -> UUID:
    return make_person(session, role="unit_coordinator", surname="ΜΑΡΚΑΡΗΣ", name="ΜΑΡΚΟΣ", email=ADDRESS)


@pytest.fixture
def erase(session, deliver, run_timer):
    """Told, and looked at again when requests of before are over."""

    def run(person_id: UUID) -> None:
        data = {
            "person_id": str(person_id), "erased_at": "2026-11-25T06:00:00+00:00", "reason": "requested",
            "language": "el", "withdrawn_ids": [], "sealed": None,
        }  # fmt: skip
        assert deliver(ERASED, data, subject=person_id, sequence=9) == "done"
        past = clock.now() - forgetting.QUIET
        mine = TimerRow.name == forgetting.TIMER
        session.execute(update(TimerRow).where(mine).values(payload={"since": past.isoformat()}))
        while run_timer(forgetting.TIMER, person_id):
            pass

    return run


def past_conference(session, owner, **values):
    begin = this_hour() - timedelta(days=1)
    ended_at = begin + timedelta(hours=1)
    return make_conference(
        session, owner=owner, starts_at=begin, state="ended", ended_at=ended_at, room="closed", **values
    )


def attended(session, conference, row, seconds=600):
    sitting = Sitting(
        meeting_uuid=str(new_id()), conference_id=conference.id, started_at=conference.starts_at,
        ended_at=conference.ends_at,
    )  # fmt: skip
    session.add(sitting)
    session.flush()
    session.add(
        Stay(
            meeting_uuid=sitting.meeting_uuid, conference_id=conference.id, participation_id=row.id, device="d",
            joined_at=conference.starts_at, left_at=conference.starts_at + timedelta(seconds=seconds),
        )
    )  # fmt: skip
    session.flush()


def everything(session) -> str:
    return "\n".join(
        str(row)
        for table in registry_of("conferences").metadata.sorted_tables + registry_of("chassis").metadata.sorted_tables
        for row in session.execute(text(f'SELECT "{table.name}"::text FROM "{table.name}"'))
    )


def test_a_report_still_adds_up_and_names_nobody(session, client, as_person, marker, lead, user, erase):
    conference = past_conference(session, user)
    for person_id, seconds in ((marker, 600), (user, 300)):
        attended(session, conference, make_participant(session, conference, person_id=person_id), seconds)
    booking = session.scalars(select(Booking)).one()
    row = session.scalars(select(Participation).where(Participation.person_id == marker)).one()
    session.add(
        Registrant(
            participation_id=row.id, booking_id=booking.id, turn=1, alias="p-1.1@alias.example",
            display_name="ΜΑΡΚΑΡΗΣ ΜΑΡΚΟΣ", registrant_id="r1", join_url=current().join_links.encrypt("https://z/1"),
        )
    )  # fmt: skip
    session.flush()
    path = f"/api/v1/conferences/{conference.id}/report"
    before = client.get(path, headers=as_person(lead)).json()

    erase(marker)

    after = client.get(path, headers={**as_person(lead), "Accept-Language": "en"}).json()
    greek = client.get(path, headers=as_person(lead)).json()
    assert "Διαγραμμένος χρήστης" in [line["name"] for line in greek["participants"]]
    measured = [(line["state"], line["duration_seconds"], line["guest"]) for line in after["participants"]]
    assert sorted(measured) == sorted(
        (line["state"], line["duration_seconds"], line["guest"]) for line in before["participants"]
    )
    assert after["devices"] == before["devices"]
    gone = next(line for line in after["participants"] if line["deleted"])
    assert (gone["name"], gone["email"], gone["guest"]) == ("Deleted user", "", False)
    assert client.get(f"{path}.xlsx", headers=as_person(lead)).status_code == 200
    rows = everything(session).casefold()
    assert not [word for word in ("markaris", "μαρκαρησ", "μαρκαρης", "z/1") if word in rows]
    assert session.scalars(select(Registrant.join_url)).all() == [None]


def test_a_place_to_come_is_given_up_and_the_list_shows_it(session, client, as_person, marker, lead, user, erase):
    conference = make_conference(session, owner=lead)
    row = make_participant(session, conference, person_id=marker)
    make_participant(session, conference, person_id=user)
    path = f"/api/v1/conferences/{conference.id}"

    erase(marker)

    listed = client.get(f"{path}/participants", headers=as_person(lead)).json()["items"]
    assert [line["person_id"] for line in listed] == [str(user)]
    assert client.get(path, headers=as_person(lead)).json()["participant_count"] == 1
    assert session.get(TimerRow, ("registrant.withdraw", str(row.id))) is not None
    again = [{"email": ADDRESS}]  # as a guest, or as the new person they may become
    added = client.post(f"{path}/participants", json={"people": again}, headers=as_person(lead)).json()
    assert added["results"][0]["outcome"] == "added"


def test_tickets_open_no_door_any_more(session, client, marker, lead, erase):
    conference = make_conference(session, owner=lead, starts_at=this_hour(), room="ready", meeting_id=1)
    row = make_participant(session, conference, person_id=marker)
    secret = tickets.issue(current().tickets, row.id, 1)
    assert client.get(f"/api/v1/join/{secret}").status_code == 200

    erase(marker)

    assert client.get(f"/api/v1/join/{secret}").status_code == 404
    session.refresh(row)
    assert row.ticket_digest != crypto.digest(secret)


def test_rights_and_the_search_end_with_the_fact_itself(session, client, as_person, marker, lead, deliver):
    data = {
        "person_id": str(marker), "erased_at": "2026-11-25T06:00:00+00:00", "reason": "inactive", "language": "el",
        "withdrawn_ids": [], "sealed": None,
    }  # fmt: skip
    deliver(ERASED, data, subject=marker)

    body = {
        "title": "Συνεδρίαση",
        "starts_at": (this_hour() + timedelta(days=1)).isoformat(),
        "ends_at": (this_hour() + timedelta(days=1, hours=1)).isoformat(),
    }
    assert client.post("/api/v1/conferences", json=body, headers=as_person(marker)).status_code == 403
    assert client.get("/api/v1/people", params={"search": "μαρκαρης"}, headers=as_person(lead)).json()["items"] == []


def test_what_they_planned_meanwhile_falls_to_the_institution(
    session, client, as_person, marker, lead, user, erase, published
):
    planned, past = make_conference(session, owner=marker), past_conference(session, marker)
    make_participant(session, planned, person_id=user)

    erase(marker)

    seen = client.get(f"/api/v1/conferences/{planned.id}", headers=as_person(lead)).json()
    assert (seen["coordinator"], seen["state"]) == ({"id": str(NOBODY), "name": "Χωρίς συντονιστή"}, "scheduled")
    assert "cancel" in seen["may"]
    over = client.get(f"/api/v1/conferences/{past.id}", headers=as_person(lead)).json()
    assert over["coordinator"]["name"] == "Διαγραμμένος χρήστης"
    (told,) = published(session, "conferences.conference.changed.v1")
    assert (told.subject, told.data["coordinator_id"]) == (str(planned.id), None)
    assert client.get(f"/api/v1/conferences/{planned.id}", headers=as_person(user)).status_code == 200


def test_facts_that_come_late_revive_nobody(session, marker, erase, deliver):
    erase(marker)
    data = {
        "person_id": str(marker), "number": 100001, "surname": "ΜΑΡΚΑΡΗΣ", "name": "ΜΑΡΚΟΣ", "email": ADDRESS,
        "emails": [{"email": ADDRESS, "primary": True, "proof": "link"}], "status": "active", "disabled_reason": None,
        "employment": "employed", "employment_flagged_at": None, "phone": None, "language": "el",
    }  # fmt: skip
    membership = {
        "person_id": str(marker), "institution_id": str(HERE), "unit_id": str(UNIT), "role": "unit_coordinator",
        "platform_administrator": False,
    }  # fmt: skip

    outcomes = [
        deliver("identity.person.changed.v1", data, subject=marker, sequence=99),
        deliver("identity.person.activated.v1", data, subject=marker, sequence=99),
        deliver("identity.person.email_proven.v1", {"person_id": str(marker), "email": ADDRESS}, subject=marker),
        deliver("orgs.membership.changed.v1", membership, subject=marker, sequence=99),
    ]

    assert outcomes == ["done"] * 4
    assert [session.scalar(select(func.count()).select_from(model)) for model in (Person, PersonAddress)] == [0, 0]
    assert session.get(Membership, marker) is None
    assert "markaris" not in everything(session)


def test_what_a_request_wrote_after_the_burial_is_found_by_the_second_look(session, marker, lead, erase, published):
    erase(marker)
    conference = make_conference(session, owner=marker)  # its transaction began before
    row = make_participant(session, conference, email=ADDRESS, person_id=None)
    row.person_id = marker
    session.flush()

    forgetting.begin(session, marker, 9)
    while erasing.erase(session, marker) is not None:
        pass

    session.refresh(conference)
    session.refresh(row)
    assert (conference.coordinator_id, row.person_id, row.email) == (NOBODY, None, "")
    assert tombstones.is_buried(session, marker)


def test_many_places_are_left_in_portions(session, marker, lead, monkeypatch):
    monkeypatch.setattr(erasing, "PORTION", 2)
    for _ in range(5):
        make_participant(session, past_conference(session, lead), person_id=marker)

    left = []
    while erasing.erase(session, marker) is not None:
        mine = select(func.count()).select_from(Participation).where(Participation.person_id == marker)
        left.append(session.scalar(mine))

    assert left == [3, 1, 0]


def test_two_deleted_people_of_one_conference_stay_two(session, client, as_person, marker, lead, user, erase):
    conference = past_conference(session, lead)
    for person_id in (marker, user):
        make_participant(session, conference, person_id=person_id)

    erase(marker)
    erase(user)

    report = client.get(f"/api/v1/conferences/{conference.id}/report", headers=as_person(lead)).json()
    assert [line["deleted"] for line in report["participants"]] == [True, True]


def test_groups_end_with_their_owner_and_forget_their_members(session, marker, lead, user, erase, deliver):
    make_group(session, marker, user, name="Η ομάδα του Μάρκαρη")
    kept = make_group(session, lead, marker, user)

    erase(marker)

    assert session.scalars(select(Group.id)).all() == [kept.id]
    assert session.scalars(select(GroupMember.person_id)).all() == [user]
    assert "Μάρκαρη" not in everything(session)
    assert "markaris" not in everything(session)


def test_nobody_is_offered_whose_account_is_just_being_deleted(session, client, as_person, marker, lead, deliver):
    group = make_group(session, lead, marker)
    data = {
        "person_id": str(marker), "erased_at": "2026-11-25T06:00:00+00:00", "reason": "inactive", "language": "el",
        "withdrawn_ids": [], "sealed": None,
    }  # fmt: skip

    deliver(ERASED, data, subject=marker)

    shown = client.get(f"/api/v1/groups/{group.id}", headers=as_person(lead)).json()
    assert (shown["member_count"], shown["members"]) == (0, [])


def test_every_table_that_names_a_person_is_thought_of():
    thought_of = {"person", "person_address", "membership", "participation", "collaboration", "group_member"}
    naming = {
        table.name
        for table in registry_of("conferences").metadata.sorted_tables
        if any(column.name.endswith("person_id") or column.name == "email_folded" for column in table.columns)
    }

    assert naming == thought_of
    owners = {
        (table.name, column.name)
        for table in registry_of("conferences").metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("coordinator_id", "owner_id"))
    }
    assert owners == {("conference", "coordinator_id"), ("user_group", "owner_id")}


def test_who_helped_whom_is_forgotten_and_what_comes_late_refused(session, deliver, marker, lead, coordinator, erase):
    make_collaboration(session, owner=marker, collaborator=lead)
    make_collaboration(session, owner=lead, collaborator=marker)
    stays = make_collaboration(session, owner=coordinator, collaborator=lead).collaboration_id

    erase(marker)
    late = {
        "collaboration_id": str(new_id()), "institution_id": str(HERE), "state": "active", "because": None,
    }  # fmt: skip
    for kind, (owner, collaborator) in product(("changed", "snapshot"), ((marker, lead), (lead, marker))):
        data = late | {"owner_person_id": str(owner), "collaborator_person_id": str(collaborator)}
        assert deliver(f"orgs.collaboration.{kind}.v1", data) == "done"

    assert session.scalars(select(Collaboration.collaboration_id)).all() == [stays]


def test_a_row_says_since_when_it_is_nobodys(session, marker, lead, erase):
    row = make_participant(session, past_conference(session, lead), person_id=marker)

    erase(marker)

    session.refresh(row)
    assert row.erased_at is not None
    assert datetime.now(UTC) - row.erased_at < timedelta(minutes=1)
