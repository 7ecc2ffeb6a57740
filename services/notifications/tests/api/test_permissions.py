"""Asking whether one may (S11): each act of this service, by the question the act itself asks."""

from uuid import uuid4

import pytest

from chassis import contracts
from notifications.api.permissions import ABOUT

from .test_coordinator_messages import TEXT, World, tell, world  # noqa: F401 - fixtures

PATH = "/internal/permissions"


@pytest.fixture
def asked(client, as_person):
    def ask(person, act, object_=None):
        about = {"object": str(object_)} if object_ is not None else {}
        return client.get(PATH, params={"act": act, **about}, headers=as_person(person))

    return ask


def test_each_act_of_this_service_can_be_asked_about():
    sections = {name: part for name, part in contracts.rights().items() if part.get("service") == "notifications"}

    assert set(ABOUT) == {f"{name}.{act}" for name, part in sections.items() for act in part["acts"]}


def test_who_leads_there_writes_and_who_does_not_is_told_why(asked, world: World):  # noqa: F811
    assert asked(world.lead, "coordinator_message.send", world.here).json()["allowed"] is True

    refused = asked(world.unit, "coordinator_message.send", world.here).json()
    reason = "institution-coordinators-only"
    assert refused == {"allowed": False, "reason": reason, "explanation": contracts.rights()["reasons"][reason]}


def test_a_message_is_hidden_from_others(client, as_person, asked, world: World):  # noqa: F811
    sent = client.post(world.sent, json=TEXT, headers=as_person(world.lead)).json()["id"]

    assert asked(world.lead, "coordinator_message.read", sent).json()["allowed"] is True
    assert asked(world.unit, "coordinator_message.read", sent).status_code == 404


@pytest.mark.parametrize("act", sorted(ABOUT))
def test_about_nothing_that_is_there(asked, world: World, act):  # noqa: F811
    assert asked(world.lead, act, uuid4()).status_code == 404


def test_it_must_say_about_what_and_ask_for_an_act_of_here(asked, world: World):  # noqa: F811
    for act, object_ in (("coordinator_message.send", None), ("unit.rename", uuid4())):
        answer = asked(world.lead, act, object_)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid-request")
