"""Groups of users: made from a report, kept, added to conferences whole (S30)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update

from chassis.ids import new_id
from chassis.testing.statements import counted
from conferences import queries
from conferences.models import Group, GroupMember, Membership, Participation, Person, PersonAddress
from conferences.rules import groups as rules
from conferences.rules.permissions import Viewer

from ..factories import make_conference, make_group, make_participant, make_person, this_hour
from .test_create import planned

GROUPS, CONFERENCES = "/api/v1/groups", "/api/v1/conferences"


def ended(session, owner, **values):
    begin = this_hour() - timedelta(days=1)
    over = begin + timedelta(hours=1)
    return make_conference(session, owner=owner, starts_at=begin, state="ended", ended_at=over, room="closed", **values)


@pytest.fixture
def asks(client, as_person):
    """Calls in somebody's name: `asks(person, "GET", path)`."""

    def call(person, method, path, body=None, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content = {"json": body} if body is not None else {}
        return client.request(method, path, headers=as_person(person) | named, **content)

    return call


def names(answer):
    return [each["name"] for each in answer.json()["members"]]


def test_everybody_of_the_report_with_an_account_is_in_the_group_and_no_guest(
    session, asks, coordinator, lead, user, as_person
):
    conference = ended(session, coordinator)
    make_participant(session, conference, person_id=user)  # never connected
    make_participant(session, conference, person_id=lead, email="lead.other@staff.example")
    make_participant(session, conference, email="guest@elsewhere.example", name="ΕΠΙΣΚΕΠΤΗΣ")
    removed = make_participant(session, conference, person_id=make_person(session))
    removed.removed_at = conference.starts_at
    body = {"name": " Ομάδα Έργου 1 ", "description": "Συνεδρίαση"}

    made = asks(coordinator, "POST", f"{CONFERENCES}/{conference.id}/report/group", body)

    assert made.status_code == 201
    assert made.headers["Location"] == f"{GROUPS}/{made.json()['id']}"
    assert made.json() | {"id": "", "created_at": ""} == {
        "id": "", "name": "Ομάδα Έργου 1", "description": "Συνεδρίαση", "member_count": 2, "created_at": "",
    }  # fmt: skip
    shown = asks(coordinator, "GET", made.headers["Location"])
    assert names(shown) == ["ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ", "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ"]
    assert {each["state"] for each in shown.json()["members"]} == {"active"}


def test_a_group_shows_no_address_that_the_report_did_not(session, asks, coordinator, user):
    conference = ended(session, coordinator)
    make_participant(session, conference, person_id=user, masked=True)
    address = session.get_one(Person, user).email

    made = asks(coordinator, "POST", f"{CONFERENCES}/{conference.id}/report/group", {"name": "Α"})

    (member,) = asks(coordinator, "GET", made.headers["Location"]).json()["members"]
    assert (member["masked"], member["email"] == address) == (True, False)


@pytest.mark.parametrize("known", [True, False])
def test_members_added_to_a_conference_are_shown_as_in_the_group(session, asks, coordinator, user, known):
    address = session.get_one(Person, user).email
    conference = make_conference(session, owner=coordinator)
    other = make_group(session, coordinator, user, known_as="no.longer@theirs.example")
    group = make_group(session, coordinator, user, known_as=address if known else "")
    path = f"{CONFERENCES}/{conference.id}/participants"

    asks(coordinator, "POST", path, {"group_ids": [str(group.id), str(other.id)]})

    (one,) = asks(coordinator, "GET", path).json()["items"]
    assert (one["masked"], one["email"] == address) == (not known, known)


def test_a_repeat_with_the_key_is_the_same_group(session, asks, coordinator, user):
    conference = ended(session, coordinator)
    body, path = {"name": "Α"}, f"{CONFERENCES}/{conference.id}/report/group"

    answers = [asks(coordinator, "POST", path, body, Idempotency_Key="k") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(session.scalars(select(Group)).all()) == 1


def test_whose_report_it_is_not_makes_no_group(session, asks, coordinator, lead, user):
    conference = ended(session, coordinator)
    make_participant(session, conference, person_id=user)
    make_participant(session, conference, person_id=lead)
    other = make_person(session, role="unit_coordinator")
    administrator = make_person(session, administrator=True)
    path, body = f"{CONFERENCES}/{conference.id}/report/group", {"name": "Α"}

    assert (
        asks(lead, "POST", path, body).status_code == 201
    )  # sees to the unit's conferences; the group is the lead's own
    assert asks(coordinator, "GET", GROUPS).json()["items"] == []
    assert asks(other, "POST", path, body).status_code == 404
    for person in (user, administrator):
        refused = asks(person, "POST", path, body)
        assert (refused.status_code, refused.json()["reason"]) == (403, "coordinators-only")


def test_there_is_no_group_before_the_end(session, asks, coordinator):
    conference = make_conference(session, owner=coordinator)

    refused = asks(coordinator, "POST", f"{CONFERENCES}/{conference.id}/report/group", {"name": "Α"})

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/conference-not-ended")


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "  "}, {"name": "α" * 201}, {"name": "Α", "owner": "x"}])
def test_a_group_has_a_name_and_nothing_else_that_is_not_in_the_contract(session, asks, coordinator, body):
    conference = ended(session, coordinator)

    assert asks(coordinator, "POST", f"{CONFERENCES}/{conference.id}/report/group", body).status_code == 400


def test_the_list_is_ones_own_newest_first_in_pages(session, asks, coordinator, lead, user):
    for name in ("Γάμα", "Άλφα", "Βήτα"):
        make_group(session, coordinator, user, name=name)
    make_group(session, lead, name="Ξένη")

    first = asks(coordinator, "GET", f"{GROUPS}?limit=2").json()
    second = asks(coordinator, "GET", f"{GROUPS}?limit=2&cursor={first['next']}").json()

    assert [each["name"] for each in first["items"] + second["items"]] == ["Βήτα", "Άλφα", "Γάμα"]
    assert {each["member_count"] for each in first["items"]} == {1}
    assert (first["total"], second["next"]) == (3, None)


@pytest.mark.parametrize("many", [1, 30])
def test_the_list_takes_as_many_statements_for_one_group_as_for_many(session, asks, coordinator, user, many):
    for _ in range(many):
        make_group(session, coordinator, user)

    with counted(session) as statements:
        asks(coordinator, "GET", GROUPS)

    assert len(statements) == 3, statements  # who asks, the page, the total


def test_a_group_takes_three_statements_however_many_are_in_it(session, asks, coordinator):
    group = make_group(session, coordinator, *(make_person(session) for _ in range(20)))

    with counted(session) as statements:
        shown = asks(coordinator, "GET", f"{GROUPS}/{group.id}")

    assert len(shown.json()["members"]) == 20
    assert len(statements) == 3, statements


def test_nobody_else_is_told_that_there_is_such_a_group(session, asks, coordinator, lead, user, hosts):
    group = make_group(session, coordinator, user)
    (mid,) = session.scalars(select(GroupMember.id))
    administrator = make_person(session, administrator=True)
    session.execute(update(Membership).where(Membership.person_id == coordinator).values(role="user"))
    path = f"{GROUPS}/{group.id}"
    calls = [
        ("GET", path, None), ("PATCH", path, {"name": "Α"}), ("DELETE", path, None),
        ("POST", f"{path}/members", {"email": "a@x.example"}), ("DELETE", f"{path}/members/{mid}", None),
    ]  # fmt: skip

    for person in (coordinator, lead, user, administrator):  # who made it and coordinates no more, and all others
        for method, where, body in calls:
            assert asks(person, method, where, body, If_Match="*").status_code == 404, (method, where)
    for person in (coordinator, user, administrator):
        refused = asks(person, "GET", GROUPS)
        assert (refused.status_code, refused.json()["reason"]) == (403, "coordinators-only")
    refused = asks(lead, "POST", CONFERENCES, planned(group_ids=[str(group.id)]))
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/group-not-found")


def test_whoever_coordinates_again_finds_the_groups_as_they_were(session, asks, coordinator, user):
    group = make_group(session, coordinator, user)
    for role, status in (("user", 404), ("institution_coordinator", 200)):
        session.execute(update(Membership).where(Membership.person_id == coordinator).values(role=role))

        assert asks(coordinator, "GET", f"{GROUPS}/{group.id}").status_code == status


@pytest.mark.parametrize("role", ["unit_coordinator", "institution_coordinator", "user"])
@pytest.mark.parametrize("administrator", [True, False])
def test_the_list_and_the_rule_agree(session, coordinator, lead, role, administrator):
    """`own_groups_filter` is `rules.may`, for every kind of person."""
    for owner in (coordinator, lead):
        make_group(session, owner)
    viewer = Viewer(coordinator, role=role, administrator=administrator)

    listed = set(session.scalars(select(Group.id).where(queries.own_groups_filter(viewer))))

    assert listed == {group.id for group in session.scalars(select(Group)) if rules.may(viewer, group.owner_id)}


def test_name_and_description_are_changed_by_whoever_read_them_last(session, asks, coordinator):
    group = make_group(session, coordinator, name="Παλιό", description="Περιγραφή")
    path = f"{GROUPS}/{group.id}"
    version = asks(coordinator, "GET", path).headers["ETag"]

    changed = asks(coordinator, "PATCH", path, {"name": " Νέο "}, If_Match=version)

    assert (changed.status_code, changed.json()["name"], changed.json()["description"]) == (200, "Νέο", "Περιγραφή")
    assert changed.headers["ETag"] != version
    assert asks(coordinator, "PATCH", path, {"name": "Άλλο"}, If_Match=version).status_code == 412
    assert asks(coordinator, "PATCH", path, {"name": "Άλλο"}).status_code == 428
    assert asks(coordinator, "PATCH", path, {}, If_Match="*").status_code == 400


def test_somebody_is_added_by_any_proven_address_and_the_answer_says_who(session, asks, coordinator):
    person = make_person(session, surname="ΔΗΜΟΥ", name="ΑΝΝΑ", email="anna@staff.example")
    session.add(PersonAddress(email_folded="anna.second@staff.example", person_id=person))
    path = f"{GROUPS}/{make_group(session, coordinator).id}/members"

    added = asks(coordinator, "POST", path, {"email": " Anna.Second@staff.example "})
    again = asks(coordinator, "POST", path, {"email": "anna@staff.example"})

    assert (added.status_code, again.status_code) == (201, 200)
    assert added.json() == again.json()
    said = {name: added.json()[name] for name in ("person_id", "name", "email", "masked", "state")}
    assert said == {
        "person_id": str(person), "name": "ΔΗΜΟΥ ΑΝΝΑ", "email": "Anna.Second@staff.example", "masked": False,
        "state": "active",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["el", "en"])
def test_only_people_with_an_active_account_are_added(session, asks, coordinator, language):
    make_person(session, email="closed@staff.example", status="disabled")
    path = f"{GROUPS}/{make_group(session, coordinator).id}/members"

    for address in ("closed@staff.example", "nobody@elsewhere.example", "no address", ""):
        refused = asks(coordinator, "POST", path, {"email": address}, Accept_Language=language)

        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/person-not-found")
        (error,) = refused.json()["errors"]
        assert error["pointer"] == "/email"
        assert error["detail"].startswith({"el": "Δεν βρέθηκε χρήστης", "en": "No user"}[language])
    assert session.scalars(select(GroupMember)).all() == []


def test_an_address_given_up_since_is_no_more_than_the_search_would_tell(session, asks, coordinator):
    person = make_person(session, email="old@staff.example")
    group = make_group(session, coordinator, person)
    session.execute(delete(PersonAddress).where(PersonAddress.person_id == person))
    session.execute(update(Person).where(Person.person_id == person).values(email="secret@staff.example"))

    (member,) = asks(coordinator, "GET", f"{GROUPS}/{group.id}").json()["members"]

    assert (member["email"], member["masked"]) == ("s***t@staff.example", True)


def test_a_member_is_taken_out_as_often_as_one_likes(session, asks, coordinator, user, lead):
    group = make_group(session, coordinator, user, lead)
    path = f"{GROUPS}/{group.id}"
    leaving = next(m for m in asks(coordinator, "GET", path).json()["members"] if m["person_id"] == str(user))

    answers = [asks(coordinator, "DELETE", f"{path}/members/{leaving['id']}").status_code for _ in range(2)]

    assert answers == [204, 204]
    assert names(asks(coordinator, "GET", path)) == ["ΓΕΩΡΓΙΟΥ ΔΗΜΗΤΡΙΟΣ"]


def test_a_member_of_another_group_is_not_taken_out_by_this_ones_path(session, asks, coordinator, user):
    kept, mine = make_group(session, coordinator, user), make_group(session, coordinator)
    (mid,) = session.scalars(select(GroupMember.id))

    assert asks(coordinator, "DELETE", f"{GROUPS}/{mine.id}/members/{mid}").status_code == 204

    assert len(asks(coordinator, "GET", f"{GROUPS}/{kept.id}").json()["members"]) == 1


def test_deleting_a_group_leaves_the_places_it_gave(session, asks, coordinator, user):
    group, conference = make_group(session, coordinator, user), make_conference(session, owner=coordinator)
    asks(coordinator, "POST", f"{CONFERENCES}/{conference.id}/participants", {"group_ids": [str(group.id)]})

    path = f"{GROUPS}/{group.id}"

    answers = [asks(coordinator, "DELETE", path).status_code for _ in range(2)]

    assert answers == [204, 404]
    assert session.scalars(select(GroupMember)).all() == []
    assert session.scalars(select(Participation.person_id)).all() == [user]


def test_groups_are_chosen_beside_single_people_and_nobody_gets_two_places(
    session, asks, coordinator, user, lead, hosts, published
):
    third = make_person(session)
    one, two = make_group(session, coordinator, user, lead), make_group(session, coordinator, lead, third)
    address = session.get_one(Person, user).email
    body = planned(participants=[{"email": address}], group_ids=[str(one.id), str(two.id)])

    answer = asks(coordinator, "POST", CONFERENCES, body)

    assert answer.status_code == 201
    by_address, *of_groups = answer.json()["results"]
    assert (by_address["email"], by_address["outcome"]) == (address, "added")
    assert {(each["email"], each["person_id"]): each["outcome"] for each in of_groups} == {
        (None, str(user)): "already", (None, str(lead)): "added", (None, str(third)): "added",
    }  # fmt: skip
    assert answer.json()["participant_count"] == 3
    assert not published(session, "conferences.participant.invited.v1")


def test_whoever_is_disabled_stays_in_the_group_and_gets_no_place(session, asks, coordinator, user):
    gone = make_person(session)
    group, conference = make_group(session, coordinator, user, gone), make_conference(session, owner=coordinator)
    session.execute(update(Person).where(Person.person_id == gone).values(status="disabled"))
    path = f"{CONFERENCES}/{conference.id}/participants"

    results = asks(coordinator, "POST", path, {"group_ids": [str(group.id)]}).json()["results"]

    assert {each["person_id"]: each["outcome"] for each in results} == {str(user): "added", str(gone): "invalid"}
    members = asks(coordinator, "GET", f"{GROUPS}/{group.id}").json()["members"]
    assert {each["person_id"]: each["state"] for each in members} == {str(user): "active", str(gone): "disabled"}


def test_a_group_larger_than_the_conference_fills_it_and_no_more(session, asks, coordinator):
    group = make_group(session, coordinator, *(make_person(session) for _ in range(3)))
    conference = make_conference(session, owner=coordinator)
    conference.participant_count = 298
    session.flush()

    body = {"group_ids": [str(group.id)]}
    results = asks(coordinator, "POST", f"{CONFERENCES}/{conference.id}/participants", body).json()["results"]

    assert sorted(each["outcome"] for each in results) == ["added", "added", "over_capacity"]


def test_a_group_that_is_none_adds_nobody_and_books_nothing(session, asks, coordinator, user, hosts):
    group, conference = make_group(session, coordinator, user), make_conference(session, owner=coordinator)
    body = {"participants": [{"email": "a@x.example"}], "group_ids": [str(group.id), str(UUID(int=9))]}

    for path, sent in (
        (CONFERENCES, planned(**body)),
        (f"{CONFERENCES}/{conference.id}/participants", {"group_ids": body["group_ids"]}),
    ):
        refused = asks(coordinator, "POST", path, sent, Accept_Language="en")

        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/group-not-found")
        assert refused.json()["errors"] == [
            {"pointer": "/group_ids/1", "detail": "The group is no longer there. Choose another."}
        ]
    assert session.scalars(select(Participation)).all() == []


def test_a_repeat_with_the_key_tells_what_became_of_the_group(session, asks, coordinator, user):
    group, conference = make_group(session, coordinator, user), make_conference(session, owner=coordinator)
    path, body = f"{CONFERENCES}/{conference.id}/participants", {"group_ids": [str(group.id)]}

    outcomes = [
        [each["outcome"] for each in asks(coordinator, "POST", path, body, Idempotency_Key="k").json()["results"]]
        for _ in range(2)
    ]
    asks(coordinator, "DELETE", f"{GROUPS}/{group.id}")
    after = asks(coordinator, "POST", path, body, Idempotency_Key="k")

    assert outcomes == [["added"], ["already"]]
    assert (after.status_code, after.json()) == (200, {"results": []})


@pytest.mark.parametrize("body", [{}, {"people": []}, {"group_ids": []}, {"group_ids": [str(new_id())] * 11}])
def test_adding_nobody_or_too_many_groups_is_refused(session, asks, coordinator, body):
    conference = make_conference(session, owner=coordinator)

    assert asks(coordinator, "POST", f"{CONFERENCES}/{conference.id}/participants", body).status_code == 400


def test_a_full_group_and_too_many_groups_are_told_with_the_limit(session, asks, coordinator, user, lead, monkeypatch):
    monkeypatch.setattr(rules, "MOST_MEMBERS", 1)
    monkeypatch.setattr(rules, "MOST_GROUPS", 1)
    group, conference = make_group(session, coordinator, user), ended(session, coordinator)
    email = session.get_one(Person, lead).email

    full = asks(coordinator, "POST", f"{GROUPS}/{group.id}/members", {"email": email})
    many = asks(coordinator, "POST", f"{CONFERENCES}/{conference.id}/report/group", {"name": "Α"})

    assert (full.status_code, full.json()["type"], full.json()["limit"]) == (409, "/problems/group-full", 1)
    assert (many.status_code, many.json()["type"], many.json()["limit"]) == (409, "/problems/too-many-groups", 1)
