import pytest


def code_of(answer):
    return answer.status_code, answer.json()["code"]


def listed(zoom, meeting, status="approved"):
    return zoom.api("GET", f"/meetings/{meeting['id']}/registrants", status=status).json()["registrants"]


def decide(zoom, meeting, action, *registrants):
    people = [{"id": one["registrant_id"]} for one in registrants]
    return zoom.api("PUT", f"/meetings/{meeting['id']}/registrants/status", {"action": action, "registrants": people})


def add(zoom, meeting, **body):
    return zoom.api("POST", f"/meetings/{meeting['id']}/registrants", body)


def test_approved_at_once_has_a_personal_link(zoom):
    meeting = zoom.meeting()
    registrant = zoom.registrant(meeting)

    assert registrant["id"] == meeting["id"]
    assert len(registrant["registrant_id"]) == 22
    assert f"/w/{meeting['id']}?tk=" in registrant["join_url"]


def test_pending_has_no_link_until_approved(zoom):
    meeting = zoom.meeting()
    registrant = zoom.registrant(meeting, auto_approve=False)

    assert "join_url" not in registrant
    assert listed(zoom, meeting) == []
    assert decide(zoom, meeting, "approve", registrant).status_code == 204
    assert "join_url" in listed(zoom, meeting)[0]


def test_automatic_approval_needs_no_flag(zoom):
    meeting = zoom.meeting(settings={"approval_type": 0})

    assert "join_url" in zoom.registrant(meeting, auto_approve=False)


def test_same_address_in_any_case_is_the_same_registrant(zoom):
    meeting = zoom.meeting()
    first, again = (zoom.registrant(meeting, email=email) for email in ("p-1@alias.example", "P-1@Alias.example"))

    assert again == first


def test_fourth_add_of_a_day_is_refused_until_the_next(zoom):
    meeting = zoom.meeting(start_time="2027-06-01T10:00:00Z")
    for _ in range(3):
        zoom.registrant(meeting)

    refused = add(zoom, meeting, email="p-1@alias.example", first_name="Μαρία")
    assert refused.status_code == 429
    assert refused.headers["X-RateLimit-Limit"] == "3"
    assert "GMT 00:00:00" in refused.json()["message"]

    zoom.put("/clock", json={"offset_seconds": 86_400})
    zoom.renew()
    zoom.registrant(meeting)


def test_cancelled_is_in_no_list_and_approval_revives_the_same_link(zoom):
    meeting = zoom.meeting()
    registrant = zoom.registrant(meeting)

    decide(zoom, meeting, "cancel", registrant)
    assert [listed(zoom, meeting, status) for status in ("approved", "pending", "denied")] == [[], [], []]

    decide(zoom, meeting, "approve", registrant)
    assert listed(zoom, meeting)[0]["join_url"] == registrant["join_url"]


def test_decision_about_nobody_is_204_too(zoom):
    assert decide(zoom, zoom.meeting(), "deny", {"registrant_id": "unknown"}).status_code == 204


def test_eleventh_decision_of_a_day_is_refused(zoom):
    meeting = zoom.meeting()
    registrant = zoom.registrant(meeting)
    answers = [decide(zoom, meeting, ("deny", "approve")[n % 2], registrant).status_code for n in range(11)]

    assert answers == [204] * 10 + [429]


def test_batch_answers_by_address(zoom):
    meeting = zoom.meeting()
    people = [{"email": f"p-{n}@alias.example", "first_name": f"Ν{n}"} for n in range(30)]
    path = f"/meetings/{meeting['id']}/batch_registrants"

    answer = zoom.api("POST", path, {"auto_approve": True, "registrants": people})

    assert answer.status_code == 201
    assert answer.headers["X-RateLimit-Category"] == "Heavy"
    assert [row["email"] for row in answer.json()["registrants"]] == [person["email"] for person in people]
    too_many = [*people, {"email": "x@alias.example", "first_name": "Χ"}]
    assert code_of(zoom.api("POST", path, {"registrants": too_many})) == (400, 300)


def test_list_pages(zoom):
    meeting = zoom.meeting()
    people = [{"email": f"p-{n}@alias.example", "first_name": "Ν"} for n in range(30)]
    zoom.api("POST", f"/meetings/{meeting['id']}/batch_registrants", {"auto_approve": True, "registrants": people})
    path = f"/meetings/{meeting['id']}/registrants"

    first = zoom.api("GET", path, page_size=20).json()
    second = zoom.api("GET", path, page_size=20, next_page_token=first["next_page_token"]).json()

    assert len({row["id"] for row in first["registrants"] + second["registrants"]}) == 30
    assert code_of(zoom.api("GET", path, page_size=301)) == (400, 300)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "p@alias.example"}, "first_name"),
        ({"first_name": "Μ"}, "email"),
        ({"first_name": "Μ", "email": "no-address"}, "email"),
        ({"first_name": "Μ" * 65, "email": "p@alias.example"}, "first_name"),
    ],
)
def test_wrong_registrants_name_the_field(zoom, body, field):
    refused = add(zoom, zoom.meeting(), **body)

    assert code_of(refused) == (400, 300)
    assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_refusals_of_the_meeting(zoom):
    person = {"email": "p@alias.example", "first_name": "Μ"}
    without = zoom.meeting(settings={"approval_type": 2})
    of_basic = zoom.meeting(host="owner@zoom.example")
    meeting = zoom.meeting()

    assert code_of(add(zoom, without, **person)) == (400, 300)
    zoom.put("/zoom/switches", json={"registration_off": "404", "registrant_cap": 1})
    assert code_of(add(zoom, without, **person)) == (404, 404)
    assert code_of(add(zoom, of_basic, **person)) == (400, 200)
    assert code_of(add(zoom, meeting, **person | {"email": "Host01@zoom.example"})) == (400, 3027)
    zoom.registrant(meeting)
    assert code_of(add(zoom, meeting, **person)) == (400, 3043)
    assert code_of(add(zoom, {"id": 1}, **person)) == (404, 3001)


def test_deleted_registrant_is_not_found(zoom):
    meeting = zoom.meeting()
    path = f"/meetings/{meeting['id']}/registrants/{zoom.registrant(meeting)['registrant_id']}"

    assert zoom.api("GET", path).json()["status"] == "approved"
    assert zoom.api("DELETE", path).status_code == 204
    assert zoom.api("GET", path).status_code == 400
