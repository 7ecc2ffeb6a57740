"""Everything the others tell us."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import rebuilding, snapshots
from chassis.clock import now
from chassis.crypto import token
from chassis.inbox import Fact, NotYet, Reaction
from chassis.tombstones import refusing
from identity import parts, projections, queries
from identity.snapshots import SNAPSHOTS
from identity.usecases import activity, employment, erasing, invitations
from identity.usecases.invitations import Invited


def membership_changed(session: Session, fact: Fact) -> None:
    """A flag warns of losing a role: whoever has none any more has nothing to settle."""
    projections.remember_membership(session, fact)
    person = queries.person_if_there_for_update(session, UUID(fact.subject))
    if person is None or person.employment_flagged_at is None or queries.has_role_to_lose(session, person.id):
        return
    employment.lower_flag(session, person, parts=parts.current(), now=now())


def conference_attended(session: Session, fact: Fact) -> None:
    ids = [UUID(id_) for id_ in fact.data["person_ids"]]
    activity.note(session, ids, datetime.fromisoformat(fact.data["at"]))


def account_requested(session: Session, fact: Fact) -> None:
    """A coordinator added a participant and asked for an account."""
    content = parts.current().unseal(fact.data["sealed"])
    invitations.invite_participant(
        session,
        inviter_id=UUID(fact.data["inviter_id"]),
        institution_id=UUID(fact.data["institution_id"]),
        invited=Invited(email=content["email"], surname="", name=content["name"] or ""),
        token=token(),
        parts=parts.current(),
        now=now(),
    )


def coordinator_invitation_requested(session: Session, fact: Fact) -> None:
    data, content = fact.data, parts.current().unseal(fact.data["sealed"])
    invitations.offer(
        session,
        id_=UUID(data["invitation_id"]),
        inviter_id=UUID(data["inviter_id"]) if data["inviter_id"] is not None else None,
        institution_id=UUID(data["institution_id"]),
        offered={name: data[name] for name in ("role", "institution_id", "unit_id")},
        invited=Invited(
            content["email"], content["surname"], content["name"], data["language"], phone=content.get("phone")
        ),
        token=token(),
        parts=parts.current(),
        now=now(),
    )


def coordinator_invitation_revoked(session: Session, fact: Fact) -> None:
    if not invitations.take_back(session, invitation_id=UUID(fact.data["invitation_id"]), now=now()):
        raise NotYet("the invitation")


def person_erased(session: Session, fact: Fact) -> None:
    """Another service is done."""
    service, at = fact.type.partition(".")[0], datetime.fromisoformat(fact.data["erased_at"])
    erasing.confirm(session, person_id=UUID(fact.data["person_id"]), service=service, at=at)


remember_conference = refusing(projections.remember_conference, "coordinator_id")

REACTIONS: dict[str, Reaction] = {
    "orgs.institution.changed.v1": projections.remember_institution,
    "orgs.membership.changed.v1": membership_changed,
    "orgs.coordinator_invitation.requested.v1": coordinator_invitation_requested,
    "orgs.coordinator_invitation.revoked.v1": coordinator_invitation_revoked,
    "conferences.participant.account_requested.v1": account_requested,
    "conferences.conference.attended.v1": conference_attended,
    "conferences.conference.scheduled.v1": remember_conference,
    "conferences.conference.changed.v1": remember_conference,
    "conferences.conference.opened.v1": remember_conference,
    "conferences.conference.ended.v1": remember_conference,
    "conferences.conference.cancelled.v1": remember_conference,
    "orgs.person.erased.v1": person_erased,
    "conferences.person.erased.v1": person_erased,
    "notifications.person.erased.v1": person_erased,
    **snapshots.reactions(SNAPSHOTS, askers=["orgs", "conferences", "notifications"]),
    **rebuilding.reactions(
        {
            "orgs.institution": projections.remember_institution,
            "orgs.membership": projections.remember_membership,
            "conferences.conference": remember_conference,
        }
    ),
}
