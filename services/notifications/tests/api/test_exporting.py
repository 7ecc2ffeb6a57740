"""A person downloads where mail goes to them and which mails there were (O5)."""

from uuid import uuid4

from .. import facts
from ..facts import INVITED, PERSON


def test_the_part_is_of_the_callers_own(client, as_person, deliver):
    person_id = uuid4()
    deliver(PERSON, facts.person(person_id, "mine@example.org"))
    deliver(INVITED, facts.invited(person_id=str(person_id)))
    deliver(INVITED, facts.invited(person_id=str(uuid4())))

    body = client.get("/internal/account-export", headers=as_person(person_id)).json()

    assert body["address"] == "mine@example.org"
    assert [(row["template"], row["state"]) for row in body["messages"]] == [("conference_invitation", "queued")]
