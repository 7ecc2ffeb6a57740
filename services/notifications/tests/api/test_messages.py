from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from notifications.models import Message

from .. import facts
from ..facts import INVITED, UNINVITED

PATH = "/internal/messages"


def test_support_sees_what_became_of_the_mails_newest_first(session: Session, client, as_gateway, deliver) -> None:
    invitation = facts.invited(email="n@example.org")
    deliver(INVITED, invitation, sequence=1)
    deliver(UNINVITED, facts.uninvited(invitation), sequence=2)
    deliver(INVITED, facts.invited())

    answer = client.get(PATH, params={"about": invitation["participation_id"]}, headers=as_gateway())

    assert answer.status_code == 200, answer.text
    assert [(item["template"], item["state"]) for item in answer.json()["items"]] == [
        ("conference_cancelled", "queued"),
        ("conference_invitation", "superseded"),
    ]
    assert "n@example.org" not in answer.text
    first = session.scalars(select(Message).where(Message.sequence == 2)).one()
    assert answer.json()["items"][0] | {"created_at": ""} == {
        "id": str(first.id),
        "template": "conference_cancelled",
        "about": invitation["participation_id"],
        "state": "queued",
        "attempts": 0,
        "message_id": first.message_id,
        "created_at": "",
        "sent_at": None,
        "failure": None,
    }


def test_pages_follow_each_other(session: Session, client, as_gateway, deliver) -> None:
    invitation = facts.invited()
    for sequence in range(1, 4):
        deliver(INVITED, invitation, sequence=sequence)
    params = {"about": invitation["participation_id"], "limit": 2}

    first = client.get(PATH, params=params, headers=as_gateway()).json()
    second = client.get(PATH, params={**params, "cursor": first["next"]}, headers=as_gateway()).json()

    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)


def test_about_nothing_known_the_list_is_empty(session: Session, client, as_gateway) -> None:
    answer = client.get(PATH, params={"about": str(uuid4())}, headers=as_gateway())

    assert answer.json() == {"items": [], "next": None}


def test_only_the_gateway_asks_and_says_about_what(session: Session, client, as_person, as_gateway) -> None:
    about = {"about": str(uuid4())}

    stranger = client.get(PATH, params=about)
    somebody = client.get(PATH, params=about, headers=as_person(uuid4()))
    vague = client.get(PATH, headers=as_gateway())

    assert (stranger.status_code, somebody.status_code, vague.status_code) == (401, 401, 400)
