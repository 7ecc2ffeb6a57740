"""A person downloads what identity keeps of them; secrets are not shown (O5)."""

from chassis import clock
from identity.usecases import people, sessions

from ..factories import make_email, make_invitation, make_person, make_tax_id


def test_the_part_is_of_the_callers_own(session, joined, client, as_person):
    tax_id = make_tax_id()
    mine = make_person(session, joined, tax_id=tax_id, email="mine@example.org", surname="ΔΙΚΟΣ")
    make_email(mine, "second@example.org", primary=False)
    people.accept(session, mine, joined.texts.versions, clock.now())
    sessions.begin(session, mine, token="secret", now=clock.now())
    make_invitation(session, inviter_id=mine.id, email="invited@example.org", surname="ΑΛΛΟΣ")
    make_person(session, joined, email="other@example.org", surname="ΑΛΛΟΥ")

    answer = client.get("/internal/account-export", headers=as_person(mine.id))

    body = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert (body["account"]["tax_id"], body["account"]["surname"]) == (tax_id, "ΔΙΚΟΣ")
    assert [row["email"] for row in body["emails"]] == ["mine@example.org", "second@example.org"]
    assert {row["document"] for row in body["acceptances"]} == {"terms", "privacy"}
    assert len(body["sessions"]) == len(body["invitations_sent"]) == 1
    assert not [word for word in ("ΑΛΛΟ", "invited@", "other@", "digest", "secret") if word in answer.text]


def test_a_newcomer_may_download_too(session, joined, client, as_person):
    mine = make_person(session, joined)

    answer = client.get("/internal/account-export", headers=as_person(mine.id, state="awaiting_activation"))

    assert answer.status_code == 200
