"""The keys that conferences keeps rows with."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import crypto
from chassis.rotation import UNKNOWN, Keys, sealed_facts
from conferences import settings as surroundings
from conferences import tickets
from conferences.models import Conference, Participation
from conferences.rules.states import State

OVER = (State.ended, State.cancelled)


def links_in_mails(session: Session) -> Counter[str]:
    """Personal links cannot be written anew, they lie in mailboxes: a key stays until the last conference of its links
    is over. What opens a door is the digest; the key is needed to send the same link again."""
    ring, found = surroundings.current().tickets, Counter[str]()
    query = (
        select(Participation.id, Participation.ticket_generation, Participation.ticket_digest)
        .join(Conference, Conference.id == Participation.conference_id)
        .where(Conference.state.not_in(OVER), Participation.removed_at.is_(None))
        .execution_options(yield_per=1000)
    )
    for participation_id, generation, digest in session.execute(query):
        made = zip(ring.kids, tickets.secrets(ring, participation_id, generation), strict=True)
        found[next((kid for kid, secret in made if crypto.digest(secret) == digest), UNKNOWN)] += 1
    return found


KEYS = Keys(
    "conferences",
    rings=lambda: {"join links": surroundings.current().join_links},
    counted={"links in mails": links_in_mails, "sealed facts": sealed_facts},
)
