"""The door of every operation for platform administrators."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from chassis.errors import Forbidden
from chassis.ids import new_id
from chassis.tokens import Actor
from identity.rules.invitations import Role
from identity.usecases.administrators import ensure_administrator

from ..factories import make_membership


def refusal(session: Session, person_id: UUID, **facts: Any) -> str | None:
    try:
        ensure_administrator(session, Actor(person_id, **facts))
    except Forbidden as refused:
        return str(refused.facts["reason"])
    return None


def test_an_administrator_with_a_second_factor_enters(session: Session) -> None:
    administrator = make_membership(session, new_id(), platform_administrator=True)

    assert refusal(session, administrator.person_id, mfa=True) is None
    assert refusal(session, administrator.person_id) == "second-factor-needed"


@pytest.mark.parametrize("role", list(Role))
def test_no_other_role_enters(session: Session, role: Role) -> None:
    membership = make_membership(session, new_id(), role)

    assert refusal(session, membership.person_id, mfa=True) == "not-an-administrator"


def test_whom_orgs_has_not_placed_does_not_enter(session: Session) -> None:
    assert refusal(session, new_id(), mfa=True) == "not-an-administrator"


def test_a_program_does_not_enter_by_anybody_s_right(session: Session) -> None:
    administrator = make_membership(session, new_id(), platform_administrator=True)

    assert refusal(session, administrator.person_id, mfa=True, client_id="c") == "not-an-administrator"
