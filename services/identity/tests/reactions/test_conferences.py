"""A coordinator asks for an account while adding a participant."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.crypto import seal
from chassis.ids import new_id
from identity.models import Invitation
from identity.parts import Parts

from ..conftest import OUR_KEY
from ..factories import NOW, make_invitation, make_person

TYPE = "conferences.participant.account_requested.v1"
INSTITUTION = new_id()


@pytest.fixture
def request_account(deliver: Callable, joined: Parts) -> Callable:
    inviter_id = new_id()

    def send(id_: UUID | None = None, email: str = "nikos@example.org") -> str:
        sealed = seal(OUR_KEY.as_dict(private=False), {"email": email, "name": "Νίκος Νικολάου"})
        data = {
            "participation_id": str(new_id()),
            "inviter_id": str(inviter_id),
            "institution_id": str(INSTITUTION),
            "sealed": sealed,
        }
        return str(deliver(TYPE, data, id=id_))

    return send


def invitations(session: Session) -> list[Invitation]:
    return list(session.scalars(select(Invitation)))


def test_an_ordinary_invitation_goes_out(request_account: Callable, session: Session, published: Callable) -> None:
    request_account()

    (invitation,) = invitations(session)
    assert (invitation.email, invitation.name, invitation.surname) == ("nikos@example.org", "Νίκος Νικολάου", "")
    assert (invitation.institution_id, invitation.offer) == (INSTITUTION, None)
    assert len(published(session, "identity.invitation.created.v1")) == 1


def test_told_twice_it_is_made_once(request_account: Callable, session: Session) -> None:
    id_ = new_id()

    assert [request_account(id_), request_account(id_)] == ["done", "duplicate"]
    assert len(invitations(session)) == 1


def test_a_second_conference_sends_no_second_invitation(
    request_account: Callable, session: Session, published: Callable
) -> None:
    request_account()
    request_account(email="NIKOS@example.org")

    assert len(invitations(session)) == 1
    assert len(published(session, "identity.invitation.created.v1")) == 1


def test_an_expired_one_is_sent_again(request_account: Callable, session: Session, published: Callable) -> None:
    make_invitation(session, email="nikos@example.org", institution_id=INSTITUTION, expires_at=NOW + timedelta(days=1))

    request_account()

    assert len(invitations(session)) == 1
    assert len(published(session, "identity.invitation.created.v1")) == 1


def test_an_address_with_an_account_gets_none(request_account: Callable, session: Session, joined: Parts) -> None:
    make_person(session, joined, email="nikos@example.org")

    request_account()

    assert invitations(session) == []
