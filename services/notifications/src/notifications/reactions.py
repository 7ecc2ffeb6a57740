"""What others tell us that people must hear of. A reaction queues a mail; a timer sends it."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from chassis import rebuilding, snapshots
from chassis.clock import now
from chassis.inbox import Fact, NotYet, Reaction
from chassis.tombstones import buried, is_buried, refusing
from notifications import projections, queries
from notifications import settings as surroundings
from notifications.rules.messages import Template
from notifications.snapshots import SNAPSHOTS
from notifications.usecases import erasing, queue

PROOF_FOR = {"activation": Template.email_proof, "extra_email": Template.extra_email_proof}
HANDOVER_TO = {"giver": Template.conference_handed_over, "receiver": Template.conference_received}
# By state, and by why it ended: what is said, and to which of the two. Of the rest nobody hears.
COLLABORATION: dict[str, tuple[Template, str]] = {
    "pending": (Template.collaboration_requested, "collaborator_person_id"),
    "active": (Template.collaboration_accepted, "owner_person_id"),
    "rejected": (Template.collaboration_rejected, "owner_person_id"),
    "ended_by_owner": (Template.collaboration_ended, "collaborator_person_id"),
    "ended_by_collaborator": (Template.collaboration_ended, "owner_person_id"),
}
CANCELLATION_OF = {"cancelled": Template.conference_cancelled, "removed": Template.conference_removed}


def email_proof_requested(session: Session, fact: Fact) -> None:
    """Always to the address that is to be proven, whatever the person's primary one is."""
    template = PROOF_FOR[fact.data.get("purpose", "activation")]
    _queue(session, fact, template, about=fact.subject, useful_until=fact.data["expires_at"])


def email_claim_lost(session: Session, fact: Fact) -> None:
    """To the primary address of whoever had claimed it: the claimed one is somebody else's."""
    _queue_for_person(session, fact, Template.email_claim_lost, about=fact.subject)


def primary_email_changed(session: Session, fact: Fact) -> None:
    """To the address that was primary: whoever did not do this learns of it there, and nowhere else."""
    _queue(session, fact, Template.primary_email_changed, about=fact.subject)


def invitation_created(session: Session, fact: Fact) -> None:
    about, useful_until = fact.data["invitation_id"], fact.data["expires_at"]
    _queue(session, fact, Template.platform_invitation, about=about, useful_until=useful_until)


def to_the_person(template: Template, matter: str | None = None) -> Reaction:
    """News that go to a person's primary address. Those of one matter overtake older ones of the same, no others."""

    def tell(session: Session, fact: Fact) -> None:
        person_id = fact.data["person_id"]
        about = str(uuid5(UUID(person_id), matter)) if matter is not None else person_id
        _queue_for_person(session, fact, template, about=about)

    return tell


def two_factor_changed(session: Session, fact: Fact) -> None:
    """About the occurrence itself: «off» must not take the place of an unsent «on», nobody would hear of either."""
    _queue_for_person(session, fact, Template.two_factor_changed, about=fact.subject)


def handed_over(session: Session, fact: Fact) -> None:
    """About the occurrence itself: one conference may go on from hand to hand, and each is told of their part."""
    _queue_for_person(session, fact, HANDOVER_TO[fact.data["part"]], about=fact.subject)


def collaboration_changed(session: Session, fact: Fact) -> None:
    """Without words there is nothing to mail; what still waits is outdated all the same."""
    said = COLLABORATION.get(fact.data["because"] or fact.data["state"])
    if said is None or "sealed" not in fact.data:
        queue.outdate(session, UUID(fact.subject), before=fact.sequence)
        return
    template, reader = said
    _queue_for_person(session, fact, template, about=fact.subject, person_id=fact.data[reader])


def participant_invited(session: Session, fact: Fact) -> None:
    """Nobody needs an invitation to what is over."""
    ends_at = fact.data["conference"]["ends_at"]
    _queue_for_participant(session, fact, Template.conference_invitation, useful_until=ends_at)


def participant_uninvited(session: Session, fact: Fact) -> None:
    _queue_for_participant(session, fact, CANCELLATION_OF[fact.data["reason"]])


def _queue_for_person(
    session: Session, fact: Fact, template: Template, *, about: str, person_id: str | None = None
) -> None:
    person_id = person_id or fact.data["person_id"]
    if not queries.addresses(session, {UUID(person_id)}):
        raise NotYet("the person's address")
    _queue(session, fact, template, about=about, person_id=person_id)


def to_those_who_run(template: Template, recipients: str, matter: str) -> Reaction:
    """One mail to each of them; each has a queue of such mails of their own."""

    def tell(session: Session, fact: Fact) -> None:
        ids = [UUID(id_) for id_ in fact.data[recipients]]
        gone = buried(session, ids) if ids else set()
        for id_ in ids:
            if id_ not in gone:
                about = str(uuid5(id_, f"{matter} {fact.subject}"))
                _queue_for_person(session, fact, template, about=about, person_id=str(id_))

    return tell


def to_the_inviter(template: Template) -> Reaction:
    """About the invitation; there may be no inviter any more."""

    def tell(session: Session, fact: Fact) -> None:
        if (inviter := fact.data["inviter_id"]) is not None and not is_buried(session, UUID(inviter)):
            about = str(uuid5(UUID(inviter), f"invitation {fact.data['invitation_id']}"))
            _queue_for_person(session, fact, template, about=about, person_id=inviter)

    return tell


def role_request_decided(template: Template) -> Reaction:
    """About the request: a request is answered once."""

    def tell(session: Session, fact: Fact) -> None:
        _queue_for_person(session, fact, template, about=fact.data["role_request_id"])

    return tell


def person_erased(session: Session, fact: Fact) -> None:
    erasing.begin(session, fact, settings=surroundings.current(), now=now())


def _queue_for_participant(
    session: Session, fact: Fact, template: Template, *, useful_until: str | None = None
) -> None:
    about, person_id = fact.data["participation_id"], fact.data["person_id"]
    _queue(session, fact, template, about=about, person_id=person_id, useful_until=useful_until)


def _queue(
    session: Session,
    fact: Fact,
    template: Template,
    *,
    about: str,
    person_id: str | None = None,
    useful_until: str | None = None,
) -> None:
    queue.add(
        session,
        fact,
        template,
        about=UUID(about),
        person_id=UUID(person_id) if person_id else None,
        useful_until=datetime.fromisoformat(useful_until) if useful_until else None,
        settings=surroundings.current(),
        now=now(),
    )


HEARD: dict[str, Reaction] = {
    "identity.email_proof.requested.v1": email_proof_requested,
    "identity.email_claim.lost.v1": email_claim_lost,
    "identity.primary_email.changed.v1": primary_email_changed,
    "identity.invitation.created.v1": invitation_created,
    "identity.person.changed.v1": projections.remember_person,
    "identity.person.disabled.v1": to_the_person(Template.account_disabled),
    "identity.person.enabled.v1": to_the_person(Template.account_enabled),
    "identity.person.sign_in_closed.v1": to_the_person(Template.sign_in_closed),
    "identity.two_factor.changed.v1": two_factor_changed,
    "identity.person.employment_flagged.v1": to_the_person(Template.employment_flagged, "employment"),
    "identity.person.employment_lapsed.v1": to_the_person(Template.employment_lapsed, "employment"),
    "identity.person.inactivity_warned.v1": to_the_person(Template.inactivity_warned, "inactivity"),
    "orgs.role_request.opened.v1": to_those_who_run(Template.role_request_opened, "approver_ids", "role request"),
    "orgs.role_request.accepted.v1": role_request_decided(Template.role_request_accepted),
    "orgs.role_request.rejected.v1": role_request_decided(Template.role_request_rejected),
    "orgs.institution.uncoordinated.v1": to_those_who_run(
        Template.institution_uncoordinated, "administrator_ids", "institution"
    ),
    "orgs.coordinator_invitation.surname_differs.v1": to_the_inviter(Template.coordinator_surname_differs),
    "identity.invitation.declined.v1": to_the_inviter(Template.coordinator_invitation_needless),
    "orgs.membership.demoted.v1": to_the_person(Template.role_taken, "role"),
    "orgs.membership.changed.v1": projections.remember_membership,
    "conferences.handover.done.v1": handed_over,
    "conferences.coordinator.left.v1": to_those_who_run(Template.coordinator_left, "receiver_ids", "conferences left"),
    "conferences.participant.invited.v1": participant_invited,
    "conferences.participant.uninvited.v1": participant_uninvited,
}
# Whatever comes late: who was erased is neither remembered nor written to again.
REACTIONS: dict[str, Reaction] = {type_: refusing(reaction, "person_id") for type_, reaction in HEARD.items()}
REACTIONS |= {
    "orgs.collaboration.changed.v1": refusing(collaboration_changed, "owner_person_id", "collaborator_person_id"),
    "identity.person.erased.v1": person_erased,
    "orgs.institution.changed.v1": projections.remember_institution,
    **snapshots.reactions(SNAPSHOTS, askers=["conferences"]),
    **rebuilding.reactions(
        {
            "identity.person": projections.remember_person,
            "orgs.institution": projections.remember_institution,
            "orgs.membership": projections.remember_membership,
        }
    ),
}
