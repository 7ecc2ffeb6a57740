from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from chassis.ids import new_id
from orgs.models import Membership
from orgs.rules.institutions import State
from orgs.rules.memberships import Role

from ..factories import make_institution, make_membership, make_unit
from .test_person_activated import ACTIVATED, activated, examples

ACCEPTED = "identity.invitation.accepted.v1"
ADMINISTRATION = {"role": "platform_administrator", "institution_id": None, "unit_id": None}


def accepted(person_id: UUID | str, offer: dict[str, Any] | None, **changes: Any) -> dict[str, Any]:
    return {**examples(ACCEPTED)[0], "person_id": str(person_id), "offer": offer, **changes}


def offer_of(role: Role, institution_id: UUID, unit_id: UUID | None = None) -> dict[str, Any]:
    return {"role": role, "institution_id": str(institution_id), "unit_id": str(unit_id) if unit_id else None}


def test_an_accepted_offer_elsewhere_moves_the_person_there(session: Session, deliver, published) -> None:
    here, there = make_institution(session), make_institution(session)
    unit = make_unit(session, there)
    membership = make_membership(session, here)

    deliver(ACCEPTED, accepted(membership.person_id, offer_of(Role.unit_coordinator, there.id, unit.id)))

    assert (membership.institution_id, membership.unit_id) == (there.id, unit.id)
    assert membership.role == Role.unit_coordinator
    told = published(session, "orgs.membership.changed.v1")[-1]
    assert (told.subject, told.sequence, told.data["role"]) == (str(membership.person_id), 2, "unit_coordinator")


def test_an_offer_without_unit_leads_to_the_general_one(session: Session, deliver) -> None:
    here, there = make_institution(session), make_institution(session)
    membership = make_membership(session, here)

    deliver(ACCEPTED, accepted(membership.person_id, offer_of(Role.institution_coordinator, there.id)))

    assert membership.unit_id == there.general_unit_id


def test_the_first_administrator_gets_the_platform_by_an_ordinary_invitation(session: Session, deliver) -> None:
    invitation = {"id": str(uuid4()), "inviter_id": None, "institution_id": None, "offer": ADMINISTRATION}
    fact = activated(invitation=invitation)

    deliver(ACCEPTED, accepted(fact["person_id"], ADMINISTRATION, invitation_id=invitation["id"]))
    deliver(ACTIVATED, fact)

    membership = session.get_one(Membership, UUID(fact["person_id"]))
    assert (membership.role, membership.platform_administrator) == (Role.user, True)


def test_an_offer_heard_of_before_the_activation_waits_for_it(session: Session, deliver, published) -> None:
    institution = make_institution(session)
    fact = activated()

    outcome = deliver(ACCEPTED, accepted(fact["person_id"], offer_of(Role.unit_coordinator, institution.id)))
    assert outcome == "done"
    assert session.get(Membership, UUID(fact["person_id"])) is None
    deliver(ACTIVATED, fact)

    membership = session.get_one(Membership, UUID(fact["person_id"]))
    assert (membership.institution_id, membership.role) == (institution.id, Role.unit_coordinator)
    assert len(published(session, "orgs.membership.changed.v1")) == 1


def test_an_offer_is_taken_once_however_often_it_is_told(session: Session, deliver, published) -> None:
    institution = make_institution(session)
    membership = make_membership(session, institution)
    fact, id_ = accepted(membership.person_id, ADMINISTRATION), new_id()
    deliver(ACCEPTED, fact, id=id_)

    membership.platform_administrator = False  # taken away again by somebody
    outcomes = [deliver(ACCEPTED, fact, id=id_), deliver(ACCEPTED, fact)]

    assert outcomes == ["duplicate", "done"]
    assert membership.platform_administrator is False


def test_an_invitation_without_offer_changes_nothing(session: Session, deliver, published) -> None:
    membership = make_membership(session, make_institution(session))
    told = len(published(session))

    deliver(ACCEPTED, accepted(membership.person_id, None))

    assert len(published(session)) == told


def test_an_offer_of_an_institution_that_was_closed_since_leads_nowhere(session: Session, deliver) -> None:
    here, there = make_institution(session), make_institution(session)
    there.state = State.closed
    membership = make_membership(session, here)

    deliver(ACCEPTED, accepted(membership.person_id, offer_of(Role.institution_coordinator, there.id)))

    assert (membership.institution_id, membership.role) == (here.id, Role.user)
