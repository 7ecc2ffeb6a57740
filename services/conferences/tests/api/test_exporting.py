"""A person downloads their places, stays and conferences, and nothing of the others there (O5)."""

from datetime import timedelta

from chassis.ids import new_id
from conferences.models import Sitting, Stay

from ..factories import make_conference, make_group, make_participant, this_hour


def test_the_part_has_places_with_stays_and_nobody_elses(session, client, as_person, user, coordinator):
    conference = make_conference(session, owner=coordinator, starts_at=this_hour() - timedelta(days=1))
    mine = make_participant(session, conference, person_id=user)
    make_participant(session, conference, email="other@elsewhere.example", name="ΑΛΛΟΣ")
    sitting = Sitting(meeting_uuid=str(new_id()), conference_id=conference.id, started_at=conference.starts_at)
    session.add(sitting)
    session.flush()
    left_at = conference.starts_at + timedelta(minutes=5)
    session.add(
        Stay(
            meeting_uuid=sitting.meeting_uuid, conference_id=conference.id, participation_id=mine.id, device="d",
            joined_at=conference.starts_at, left_at=left_at,
        )
    )  # fmt: skip
    session.flush()

    body = client.get("/internal/account-export", headers=as_person(user)).json()

    (place,) = body["participations"]
    assert (place["number"], place["title"]) == (conference.number, conference.title)
    assert len(place["stays"]) == 1
    assert body["owned_conferences"] == []
    assert [row["surname"] for row in body["person"]] == ["ΝΙΚΟΛΑΟΥ"]
    assert "ΑΛΛΟΣ" not in str(body)
    assert "other@elsewhere.example" not in str(body)


def test_what_one_planned_is_theirs(session, client, as_person, coordinator):
    conference = make_conference(session, owner=coordinator)

    body = client.get("/internal/account-export", headers=as_person(coordinator)).json()

    assert [row["number"] for row in body["owned_conferences"]] == [conference.number]


def test_groups_are_their_owners_and_a_member_learns_no_name_of_them(
    session, client, as_person, coordinator, lead, user
):
    make_group(session, coordinator, user, name="Δύσκολοι συνεργάτες", description="Έργο 1")

    def part(person_id):
        return client.get("/internal/account-export", headers=as_person(person_id)).json()

    (mine,) = part(coordinator)["groups"]
    (theirs,) = part(user)["group_memberships"]
    assert (mine["name"], mine["description"]) == ("Δύσκολοι συνεργάτες", "Έργο 1")
    assert theirs.keys() == {"email", "added_at"}
    assert "Δύσκολοι" not in str(part(user))
    assert part(lead)["groups"] == part(lead)["group_memberships"] == part(user)["groups"] == []
