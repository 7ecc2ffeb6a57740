"""What identity and conferences tell us: who somebody is now, who accepted an offered role; what is planned where."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import forgetting, rebuilding, snapshots
from chassis.clock import now
from chassis.inbox import Fact, NotYet, Reaction
from chassis.tombstones import refusing
from orgs import projections, queries
from orgs.snapshots import SNAPSHOTS
from orgs.usecases import collaborations, coordinator_invitations, erasing, memberships, role_requests
from orgs.usecases.memberships import OfferedRole


def person_activated(session: Session, fact: Fact) -> None:
    person_id, invitation = UUID(fact.data["person_id"]), fact.data["invitation"]
    institution_ids = [UUID(id_) for id_ in fact.data["institution_ids"]]
    if queries.unknown_institutions(session, institution_ids):
        raise NotYet("the institutions")  # identity has their ids from us: only a seed of both can be so early
    if invitation is not None:
        _remember_offer(session, UUID(invitation["id"]), person_id, invitation["offer"])
    person_changed(session, fact)  # first: whether an offer fits is decided by the name
    memberships.begin(
        session,
        person_id=person_id,
        institution_ids=institution_ids,
        inviting_institution_id=_id(invitation["institution_id"]) if invitation is not None else None,
        now=now(),
    )


def person_changed(session: Session, fact: Fact) -> None:
    """Locked before it is written: who asks for a role meanwhile is judged by what is true when they are heard."""
    person_id = UUID(fact.data["person_id"])
    queries.membership_for_update(session, person_id)
    if projections.person(session, fact):
        role_requests.reconsider(session, person_id, now=now())
        collaborations.reconsider(session, person_id, now=now())
        memberships.take_offers(session, person_id=person_id, now=now())  # one may have waited for the name


def invitation_accepted(session: Session, fact: Fact) -> None:
    person_id = UUID(fact.data["person_id"])
    _remember_offer(session, UUID(fact.data["invitation_id"]), person_id, fact.data["offer"])
    memberships.take_offers(session, person_id=person_id, now=now())


def invitation_declined(session: Session, fact: Fact) -> None:
    coordinator_invitations.decline(session, UUID(fact.data["invitation_id"]))


def employment_lapsed(session: Session, fact: Fact) -> None:
    memberships.lapse(session, person_id=UUID(fact.data["person_id"]), told=fact.sequence, now=now())


def person_erased(session: Session, fact: Fact) -> None:
    forgetting.begin(session, UUID(fact.data["person_id"]), fact.sequence)
    for invitation_id in fact.data["withdrawn_ids"]:
        coordinator_invitations.decline(session, UUID(invitation_id))
    erasing.erase(session, UUID(fact.data["person_id"]))  # at once: rights end now, the rest is the timer's


def _remember_offer(session: Session, invitation_id: UUID, person_id: UUID, offer: Mapping[str, Any] | None) -> None:
    if offer is not None:
        offered = OfferedRole(offer["role"], _id(offer["institution_id"]), _id(offer["unit_id"]))
        memberships.remember_offer(session, invitation_id=invitation_id, person_id=person_id, offered=offered)


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value is not None else None


HEARD: dict[str, Reaction] = {
    "identity.person.activated.v1": person_activated,
    "identity.person.changed.v1": person_changed,
    "identity.person.employment_lapsed.v1": employment_lapsed,
    "identity.invitation.accepted.v1": invitation_accepted,
    "identity.invitation.declined.v1": invitation_declined,
}
# Whatever comes late: who was erased belongs nowhere.
REACTIONS: dict[str, Reaction] = {type_: refusing(reaction, "person_id") for type_, reaction in HEARD.items()}
REACTIONS |= {
    "identity.person.erased.v1": person_erased,
    "conferences.conference.scheduled.v1": projections.conference,
    "conferences.conference.changed.v1": projections.conference,
    "conferences.conference.opened.v1": projections.conference,
    "conferences.conference.ended.v1": projections.conference,
    "conferences.conference.cancelled.v1": projections.conference,
    **snapshots.reactions(SNAPSHOTS, askers=["identity", "conferences", "notifications"]),
    **rebuilding.reactions({"identity.person": projections.person, "conferences.conference": projections.conference}),
}
