"""Asking whether one may (S11): each act of this service, by the question the act itself asks."""

from uuid import uuid4

import pytest

from chassis import contracts
from conferences.api.permissions import ABOUT

from ..factories import make_conference, make_group, make_participant

PATH = "/internal/permissions"
ALLOWED = {"allowed": True, "reason": None, "explanation": None}


@pytest.fixture
def asked(client, as_person):
    def ask(person, act, object_=None):
        about = {"object": str(object_)} if object_ is not None else {}
        return client.get(PATH, params={"act": act, **about}, headers=as_person(person))

    return ask


def test_each_act_of_this_service_can_be_asked_about():
    sections = {name: part for name, part in contracts.rights().items() if part.get("service") == "conferences"}

    assert set(ABOUT) == {f"{name}.{act}" for name, part in sections.items() for act in part["acts"]}


def test_an_owner_may_and_a_participant_is_told_why_not(session, asked, coordinator, user):
    conference = make_conference(session, owner=coordinator)
    make_participant(session, conference, person_id=user)

    assert asked(coordinator, "conference.edit", conference.id).json() == ALLOWED
    reason = "not-your-conference"
    assert asked(user, "conference.edit", conference.id).json() == {
        "allowed": False,
        "reason": reason,
        "explanation": contracts.rights()["reasons"][reason],
    }
    assert asked(user, "conference.join", conference.id).json() == ALLOWED


def test_a_group_is_its_owners_alone(session, asked, coordinator, lead):
    group = make_group(session, owner=coordinator)

    assert asked(coordinator, "group.use", group.id).json() == ALLOWED
    assert asked(lead, "group.use", group.id).status_code == 404


@pytest.mark.parametrize("act", sorted(ABOUT))
def test_about_nothing_that_is_there(asked, coordinator, act):
    assert asked(coordinator, act, uuid4()).status_code == 404


def test_it_must_say_about_what_and_ask_for_an_act_of_here(asked, coordinator):
    for act, object_ in (("conference.edit", None), ("unit.rename", uuid4())):
        answer = asked(coordinator, act, object_)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
