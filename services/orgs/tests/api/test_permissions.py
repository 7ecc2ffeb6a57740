"""Asking whether one may (S11): each act of this service, by the question the act itself asks."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from chassis import contracts
from orgs.api.permissions import ABOUT, AT_LARGE
from orgs.rules.memberships import Role

from ..factories import make_institution, make_member, make_membership, make_role_request, make_unit

PATH = "/internal/permissions"
ALLOWED = {"allowed": True, "reason": None, "explanation": None}


@pytest.fixture
def here(session: Session) -> Any:
    return make_institution(session)


@pytest.fixture
def leader(session: Session, here: Any) -> UUID:
    return make_member(session, here, role=Role.institution_coordinator)


def asked(client: Any, headers: Any, act: str, object_: Any = None) -> Any:
    about = {"object": str(object_)} if object_ is not None else {}
    return client.get(PATH, params={"act": act, **about}, headers=headers)


def test_each_act_of_this_service_can_be_asked_about() -> None:
    sections = {name: part for name, part in contracts.rights().items() if part.get("service") == "orgs"}

    assert {*ABOUT, *AT_LARGE} == {f"{name}.{act}" for name, part in sections.items() for act in part["acts"]}


def test_what_is_allowed_needs_no_words(client, as_person, here, leader) -> None:
    answer = asked(client, as_person(leader), "institution.add_unit", here.id)

    assert (answer.status_code, answer.json()) == (200, ALLOWED)
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_not_is_explained_in_both_languages(client, as_person, here, leader) -> None:
    answer = asked(client, as_person(leader), "institution.close", here.id)

    reason = "administrators-only"
    assert answer.json() == {"allowed": False, "reason": reason, "explanation": contracts.rights()["reasons"][reason]}


@pytest.mark.parametrize("language", ["el", "en"])
def test_the_refusal_itself_says_the_same(client, as_person, here, leader, language) -> None:
    headers = as_person(leader) | {"Accept-Language": language}

    refused = client.post(f"/api/v1/institutions/{here.id}/closure", headers=headers)

    assert refused.json()["reason"] == "administrators-only"
    assert refused.json()["detail"] == contracts.rights()["reasons"]["administrators-only"][language]


@pytest.mark.parametrize(("mfa", "allowed"), [(True, True), (False, False)])
def test_an_administrator_makes_institutions_with_a_second_factor(session, client, as_person, mfa, allowed) -> None:
    member = make_membership(session, make_institution(session))
    member.platform_administrator = True
    session.flush()

    assert asked(client, as_person(member.person_id, mfa=mfa), "institution.create").json()["allowed"] is allowed


def test_what_is_hidden_answers_as_what_is_not_there(session, client, as_person, here) -> None:
    request = make_role_request(session, here)
    stranger = as_person(make_member(session, make_institution(session)))

    for object_ in (request.id, uuid4()):
        answer = asked(client, stranger, "role_request.read", object_)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("act", sorted(ABOUT))
def test_about_nothing_that_is_there(client, as_person, leader, act) -> None:
    assert asked(client, as_person(leader), act, uuid4()).status_code == 404


def test_it_must_say_about_what(client, as_person, leader) -> None:
    answer = asked(client, as_person(leader), "unit.rename")

    assert answer.status_code == 400
    assert answer.json()["errors"] == [{"pointer": "#/parameters/object", "detail": "Συμπληρώστε αυτό το πεδίο."}]


def test_acts_of_nobody_and_of_others_are_unknown(session, client, as_person, here, leader) -> None:
    unit = make_unit(session, here)

    for act in ("unit.paint", "conference.edit", "unit"):
        assert asked(client, as_person(leader), act, unit.id).status_code == 400


def test_nobody_asks_without_a_token(client) -> None:
    assert asked(client, {}, "institution.create").status_code == 401
