"""What identity, orgs and notifications tell us."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import forgetting, rebuilding, snapshots, timers
from chassis.clock import now
from chassis.inbox import Fact, NotYet, Reaction
from chassis.tombstones import refusing
from conferences import projections
from conferences.models import Person
from conferences.rules.states import MailState
from conferences.snapshots import SNAPSHOTS
from conferences.usecases import erasing, leaving, left_groups, uniting

# Somebody may be adding an address just now without seeing whose it has become: looked at again when they are done.
SECOND_LOOK = timedelta(seconds=30)


def person_changed(session: Session, fact: Fact) -> None:
    """Whoever cannot come in any more coordinates no more, either."""
    person_id = UUID(fact.data["person_id"])
    with leaving.noticed(session, person_id, now()):
        is_news = projections.person(session, fact)
    if not is_news:
        return
    if projections.sign_in_is_closed(fact):
        uniting.detach(session, person_id, now())
    else:
        _attach(session, person_id)


def email_proven(session: Session, fact: Fact) -> None:
    """Places given to this address are the person's from now on, unless it is known to have been given up since."""
    person_id = UUID(fact.data["person_id"])
    known = session.get(Person, person_id)
    if known is None:
        raise NotYet("person")
    if fact.sequence >= known.sequence:
        projections.proven(session, person_id, fact.data["email"])
    _attach(session, person_id)


def person_erased(session: Session, fact: Fact) -> None:
    """Rights and tickets end at once; the rows that may be many are the timer's."""
    person_id = UUID(fact.data["person_id"])
    forgetting.begin(session, person_id, fact.sequence)
    with leaving.noticed(session, person_id, now()):
        erasing.forget_copies(session, person_id)


def membership_changed(session: Session, fact: Fact) -> None:
    person_id = UUID(fact.data["person_id"])
    with leaving.noticed(session, person_id, now()):
        projections.membership(session, fact)
    left_groups.keep_time(session, now(), person_id)


def mail_sent(session: Session, fact: Fact) -> None:
    projections.invitation_mail(session, fact, MailState.sent)


def mail_failed(session: Session, fact: Fact) -> None:
    projections.invitation_mail(session, fact, MailState.failed)


def mail_restated(session: Session, fact: Fact) -> None:
    projections.invitation_mail(session, fact, MailState(fact.data["state"]))


def _attach(session: Session, person_id: UUID) -> None:
    uniting.attach(session, person_id, projections.addresses_of(session, person_id), now())
    timers.schedule(session, "people.attach", person_id, now() + SECOND_LOOK)


# Of either of the two may have been erased what comes late.
collaboration = refusing(projections.collaboration, "owner_person_id", "collaborator_person_id")

REACTIONS: dict[str, Reaction] = {
    "identity.person.activated.v1": refusing(person_changed, "person_id"),
    "identity.person.changed.v1": refusing(person_changed, "person_id"),
    "identity.person.email_proven.v1": refusing(email_proven, "person_id"),
    "identity.person.erased.v1": person_erased,
    "orgs.membership.changed.v1": refusing(membership_changed, "person_id"),
    "orgs.collaboration.changed.v1": collaboration,
    "orgs.institution.changed.v1": projections.institution,
    "orgs.unit.changed.v1": projections.unit,
    "notifications.message.sent.v1": mail_sent,
    "notifications.message.failed.v1": mail_failed,
    **snapshots.reactions(SNAPSHOTS, askers=["identity", "orgs"]),
    **rebuilding.reactions(
        {
            "identity.person": projections.person,
            "orgs.membership": projections.membership,
            "orgs.collaboration": collaboration,
            "orgs.institution": projections.institution,
            "orgs.unit": projections.unit,
            "notifications.message": mail_restated,
        }
    ),
}
