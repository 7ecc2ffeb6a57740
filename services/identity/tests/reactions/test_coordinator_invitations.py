"""Orgs wants somebody invited to coordinate: the mail, the offer, and when none is needed (S13)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from chassis.crypto import digest, seal, unseal
from chassis.ids import new_id
from identity.models import Invitation, Person
from identity.parts import Parts
from identity.rules.accounts import Proof
from identity.rules.invitations import Role, State

from ..browser import Browser
from ..conftest import NOTIFICATIONS_KEY, OUR_KEY
from ..factories import NOW, make_email, make_institution, make_membership, make_person
from ..world import PERSONAS, Sandbox

REQUESTED, REVOKED = "orgs.coordinator_invitation.requested.v1", "orgs.coordinator_invitation.revoked.v1"
CREATED, ACCEPTED, DECLINED = (f"identity.invitation.{what}.v1" for what in ("created", "accepted", "declined"))
ADDRESS = "n.nikolaou@interior.example"


@pytest.fixture
def ask(session: Session, joined: Parts, deliver: Callable) -> Callable[..., str]:
    """Orgs asks; the institution is known here."""
    institution = make_institution(session, name="Υπουργείο Εσωτερικών")

    def send(id_: UUID, *, sequence: int = 1, role: str = "unit_coordinator", email: str = ADDRESS) -> str:
        secret = {"email": email, "surname": "Νικολάου", "name": "Νίκος", "phone": "+302101234567"}
        data = {
            "invitation_id": str(id_),
            "inviter_id": str(uuid4()),
            "role": role,
            "institution_id": str(institution.id),
            "unit_id": str(uuid4()),
            "expires_at": (NOW + timedelta(days=30)).isoformat(),
            "language": "en",
            "sealed": seal(OUR_KEY.as_dict(private=False), secret),
        }
        return str(deliver(REQUESTED, data, subject=id_, sequence=sequence))

    send.institution = institution  # type: ignore[attr-defined]
    return send


def mailed(published: Callable, session: Session) -> list[dict[str, Any]]:
    return [
        unseal(NOTIFICATIONS_KEY.as_dict(private=True), fact.data["sealed"]) for fact in published(session, CREATED)
    ]


def test_the_invitation_is_made_with_its_offer_and_mailed(session: Session, ask: Any, published: Callable) -> None:
    id_ = new_id()

    assert ask(id_) == "done"

    invitation = session.get_one(Invitation, id_)
    assert (invitation.email, invitation.surname, invitation.language) == (ADDRESS, "Νικολάου", "en")
    assert invitation.offer is not None
    assert invitation.offer["role"] == "unit_coordinator"
    (mail,) = mailed(published, session)
    assert (mail["email"], mail["institution_name"]) == (ADDRESS, "Υπουργείο Εσωτερικών")


def test_asked_again_it_is_mailed_with_a_new_link(session: Session, ask: Any, published: Callable) -> None:
    id_ = new_id()
    ask(id_)
    ask(id_, sequence=2)

    first, second = mailed(published, session)
    assert first["token"] != second["token"]
    assert session.get_one(Invitation, id_).token_digest == digest(second["token"])


def test_taken_back_its_link_no_longer_counts(
    session: Session, deliver: Callable, ask: Any, published: Callable
) -> None:
    id_, early = new_id(), new_id()
    ask(id_)

    outcomes = [deliver(REVOKED, {"invitation_id": str(each)}, subject=each, sequence=2) for each in (id_, early)]
    ask(id_, sequence=3)

    assert outcomes == ["done", "parked"], "one may overtake the other"
    assert session.get_one(Invitation, id_).state_at(NOW) == State.revoked
    assert len(mailed(published, session)) == 1


@pytest.mark.parametrize("address", ["primary", "another of theirs"])
def test_who_coordinates_there_already_is_not_mailed_and_the_inviter_told(
    session: Session, joined: Parts, ask: Any, published: Callable, address: str
) -> None:
    email = ADDRESS if address == "primary" else "own@example.org"
    person = make_person(session, joined, email=email, surname="ΝΙΚΟΛΑΟΥ", name="ΝΙΚΟΣ")
    if address != "primary":
        make_email(person, ADDRESS, proof=Proof.link, primary=False)
    make_membership(session, person.id, Role.unit_coordinator, institution_id=ask.institution.id)
    session.flush()
    id_ = new_id()

    ask(id_)

    assert session.get(Invitation, id_) is None
    assert mailed(published, session) == []
    (told,) = published(session, DECLINED)
    secret = unseal(NOTIFICATIONS_KEY.as_dict(private=True), told.data["sealed"])
    assert (told.subject, secret) == (str(id_), {"invited": "Νικολάου Νίκος", "applicant": "ΝΙΚΟΛΑΟΥ ΝΙΚΟΣ"})


@pytest.mark.parametrize("place", ["a higher role", "elsewhere", "a plain user"])
def test_who_has_an_account_but_not_the_role_is_offered_it(
    session: Session, joined: Parts, ask: Any, published: Callable, place: str
) -> None:
    person = make_person(session, joined, email=ADDRESS)
    role = Role.user if place == "a plain user" else Role.unit_coordinator
    there = new_id() if place == "elsewhere" else ask.institution.id
    make_membership(session, person.id, role, institution_id=there)

    ask(new_id(), role="institution_coordinator" if place == "a higher role" else "unit_coordinator")

    assert len(mailed(published, session)) == 1


def test_the_page_before_signing_in_says_what_is_accepted_by_it(
    browser: Callable[[], Browser], sandbox: Sandbox, session: Session, joined: Parts, ask: Any, published: Callable
) -> None:
    person = make_person(session, joined, tax_id=PERSONAS["user-1"]["taxid"], email="own@example.org")
    id_ = new_id()
    ask(id_)
    (mail,) = mailed(published, session)
    visitor = browser()

    visitor.through_taxisnet(sandbox, "user-1", invitation=mail["token"])
    shown = visitor.call("GET", "/api/v1/sign-in").json()
    visitor.confirm()

    assert shown["offer"] == {"role": "unit_coordinator", "institution_name": "Υπουργείο Εσωτερικών"}
    (told,) = published(session, ACCEPTED)
    assert (told.data["person_id"], told.data["offer"]["role"]) == (str(person.id), "unit_coordinator")
    accepted = session.get_one(Person, person.id)
    assert ADDRESS in [email.email for email in accepted.emails]
    assert (accepted.phone, session.get_one(Invitation, id_).phone) == ("+302101234567", None)


def test_without_an_offer_the_page_says_nothing_of_one(
    browser: Callable[[], Browser], sandbox: Sandbox, session: Session, joined: Parts
) -> None:
    make_person(session, joined, tax_id=PERSONAS["user-1"]["taxid"])
    visitor = browser()

    visitor.through_taxisnet(sandbox, "user-1")

    assert visitor.call("GET", "/api/v1/sign-in").json()["offer"] is None


@pytest.mark.parametrize(
    ("viewer", "status"),
    [("lead", 200), ("lead elsewhere", 404), ("unit coordinator", 404), ("user", 404), ("administrator", 200)],
)
def test_how_to_reach_a_coordinator_is_for_those_who_run_the_institution(
    client: Any, as_person: Callable, session: Session, joined: Parts, viewer: str, status: int
) -> None:
    here, elsewhere = make_institution(session), make_institution(session)
    person = make_person(session, joined, email="n@x.example", phone="+302101234567", admin_comment="Καλεί συχνά")
    make_email(person, "second@x.example", proof=Proof.invitation, primary=False)
    make_email(person, "unproven@x.example", proof=None, primary=False)
    make_membership(session, person.id, Role.unit_coordinator, institution_id=here.id)
    session.flush()
    me = make_person(session, joined)
    roles = {"lead": Role.institution_coordinator, "lead elsewhere": Role.institution_coordinator}
    roles |= {"unit coordinator": Role.unit_coordinator}
    place = elsewhere.id if viewer in ("lead elsewhere", "administrator") else here.id
    administers = viewer == "administrator"
    make_membership(
        session, me.id, roles.get(viewer, Role.user), institution_id=place, platform_administrator=administers
    )

    answer = client.get(f"/internal/coordinators/{person.id}", headers=as_person(me.id, mfa=administers))

    assert answer.status_code == status
    if status == 200:
        body = answer.json()
        assert (body["phone"], body["admin_comment"]) == ("+302101234567", "Καλεί συχνά")
        assert [(each["email"], each["proof"]) for each in body["emails"]] == [
            ("n@x.example", "link"), ("second@x.example", "invitation"),
        ]  # fmt: skip
