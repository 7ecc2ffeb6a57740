"""The register no longer knows a coordinator, and the time to settle it is over (S2)."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.audit import AuditDetail, AuditRow
from chassis.ids import new_id
from orgs.rules.memberships import Role

from ..factories import make_institution, make_membership, make_person

LAPSED = "identity.person.employment_lapsed.v1"


def lapsed(person_id: UUID) -> dict[str, str]:
    return {"person_id": str(person_id), "language": "el"}


@pytest.mark.parametrize("role", [Role.unit_coordinator, Role.institution_coordinator])
def test_a_coordinator_becomes_a_user_where_they_are(session: Session, deliver, published, role: Role) -> None:
    membership = make_membership(session, make_institution(session), role=role)
    place = (membership.institution_id, membership.unit_id)

    deliver(LAPSED, lapsed(membership.person_id))

    assert (membership.role, (membership.institution_id, membership.unit_id)) == (Role.user, place)
    told = published(session, "orgs.membership.changed.v1")[-1]
    assert (told.subject, told.data["role"]) == (str(membership.person_id), "user")
    audit.write(session)
    (row,) = session.scalars(select(AuditRow).where(AuditRow.act == "role.lapsed"))
    assert (row.actor_id, row.object_id) == (None, membership.person_id)
    assert session.get_one(AuditDetail, row.position).details["from"] == role


def test_running_the_platform_was_given_by_hand_and_stays(session: Session, deliver) -> None:
    membership = make_membership(session, make_institution(session), role=Role.unit_coordinator)
    membership.platform_administrator = True

    deliver(LAPSED, lapsed(membership.person_id))

    assert (membership.role, membership.platform_administrator) == (Role.user, True)


def test_told_twice_it_happens_once(session: Session, deliver, published) -> None:
    membership = make_membership(session, make_institution(session), role=Role.unit_coordinator)
    before, id_ = len(published(session)), new_id()

    outcomes = [deliver(LAPSED, lapsed(membership.person_id), id=id_) for _ in range(2)]
    again = deliver(LAPSED, lapsed(membership.person_id))

    assert [*outcomes, again] == ["done", "duplicate", "done"]
    assert len(published(session)) == before + 1


def test_a_user_and_somebody_unknown_have_nothing_to_lose(session: Session, deliver, published) -> None:
    user = make_membership(session, make_institution(session))
    before = len(published(session))

    assert [deliver(LAPSED, lapsed(id_)) for id_ in (user.person_id, uuid4())] == ["done", "done"]

    assert len(published(session)) == before


def test_who_is_known_again_by_a_fact_that_overtook_this_one_stays(session: Session, deliver) -> None:
    """A dead letter may be replayed months later."""
    membership = make_membership(session, make_institution(session), role=Role.unit_coordinator)
    make_person(session, membership.person_id, employment="employed", sequence=9)

    deliver(LAPSED, lapsed(membership.person_id), sequence=8)
    stays = membership.role
    deliver(LAPSED, lapsed(membership.person_id), sequence=10)

    assert (stays, membership.role) == (Role.unit_coordinator, Role.user)
