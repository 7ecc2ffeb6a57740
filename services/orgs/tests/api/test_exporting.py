"""A person downloads what orgs keeps of them, and of nobody else (O5)."""

from uuid import uuid4

from ..factories import make_institution, make_membership


def test_the_part_is_of_the_callers_own(session, client, as_person):
    institution = make_institution(session, name="Υπουργείο Δοκιμών")
    mine, other = make_membership(session, institution), make_membership(session, institution)

    body = client.get("/internal/account-export", headers=as_person(mine.person_id)).json()

    assert (body["membership"]["institution"], body["membership"]["role"]) == ("Υπουργείο Δοκιμών", "user")
    assert str(other.person_id) not in str(body)


def test_somebody_unknown_has_nothing(client, as_person):
    body = client.get("/internal/account-export", headers=as_person(uuid4(), state="awaiting_activation")).json()

    assert body == {"membership": None, "role_requests": [], "offers": [], "acts": []}


def test_without_a_token_there_is_no_part(client):
    assert client.get("/internal/account-export").status_code == 401
