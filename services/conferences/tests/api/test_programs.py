"""What a program sees: its institution's conferences, and nothing that only people do."""

from chassis.ids import new_id

from ..factories import make_conference, make_participant, this_hour


def as_program(as_person, institution_id, scope="conferences:read"):
    id_ = str(new_id())
    return as_person(id_, client_id=id_, scope=scope, on_behalf_of=str(institution_id), amr=[])


def test_a_program_reads_its_institution_s_conferences_and_can_do_nothing_with_them(
    client, session, as_person, coordinator
):
    conference = make_conference(session, owner=coordinator, starts_at=this_hour().replace(year=2099))
    make_participant(session, conference, email="g@elsewhere.example")
    mine = as_program(as_person, conference.institution_id)

    listed = client.get("/api/v1/conferences", params={"scope": "future"}, headers=mine)
    read = client.get(f"/api/v1/conferences/{conference.id}", headers=mine)

    assert [item["id"] for item in listed.json()["items"]] == [str(conference.id)]
    assert (read.status_code, read.json()["may"], read.json()["my_participation"]) == (200, [], None)


def test_another_institution_s_do_not_exist_for_it(client, session, as_person, coordinator):
    conference = make_conference(session, owner=coordinator, starts_at=this_hour().replace(year=2099))
    other = as_program(as_person, new_id())

    listed = client.get("/api/v1/conferences", params={"scope": "future"}, headers=other)

    assert listed.json()["items"] == []
    assert client.get(f"/api/v1/conferences/{conference.id}", headers=other).status_code == 404


def test_without_the_scope_it_is_told_so(client, session, as_person, coordinator):
    conference = make_conference(session, owner=coordinator)
    lacking = as_program(as_person, conference.institution_id, scope="institutions:read")

    answer = client.get("/api/v1/conferences", headers=lacking)

    assert (answer.status_code, answer.json()["reason"]) == (403, "scope-missing")


def test_what_names_no_scope_is_for_people(client, session, as_person, coordinator):
    conference = make_conference(session, owner=coordinator, starts_at=this_hour().replace(year=2099))
    mine = as_program(as_person, conference.institution_id)

    for method, path in (
        ("GET", f"/api/v1/conferences/{conference.id}/participants"),
        ("GET", f"/api/v1/conferences/{conference.id}/report"),
        ("DELETE", f"/api/v1/conferences/{conference.id}"),
        ("POST", f"/api/v1/conferences/{conference.id}/join"),
    ):
        answer = client.request(method, path, headers=mine)
        assert (answer.status_code, answer.json()["reason"]) == (403, "not-for-programs"), path
    assert conference.state == "scheduled"
