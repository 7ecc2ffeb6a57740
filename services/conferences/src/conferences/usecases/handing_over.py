"""Handing planned conferences over to another coordinator (S24, S25). Participants notice nothing: links, invitations,
room and booking stay; the old and the new coordinator are told by mail.

The receiver's membership is locked before any conference, as erasing a person does: what is handed to somebody who is
being erased is found by the erasing, or refused.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.audit import Act
from conferences import events, queries
from conferences.models import Conference
from conferences.rules import handing_over as rules
from conferences.rules import names, permissions, states
from conferences.rules.handing_over import Receiver
from conferences.rules.permissions import Viewer
from conferences.seen import Seen
from conferences.settings import Settings

AT_ONCE = 200


@dataclass(frozen=True)
class HandedOver:
    """Which, and whether there are more of them than are handed over at once."""

    conferences: Sequence[Conference]
    more: bool


def one(session: Session, seen: Seen, receiver: Receiver | None, *, viewer: Viewer, settings: Settings) -> None:
    permissions.ensure_may(viewer, "handover", seen.relation)
    states.ensure_not_over(seen.state)
    to = rules.ensure_may_receive(receiver, seen.conference.institution_id)
    if seen.conference.coordinator_id != to.person_id:
        _give(session, [seen.conference], to, viewer=viewer, settings=settings)


def many(
    session: Session,
    receiver: Receiver | None,
    *,
    of: UUID | None,
    ids: Sequence[UUID] | None,
    viewer: Viewer,
    settings: Settings,
    now: datetime,
) -> HandedOver:
    """Whatever is not the caller's to hand over, is over, or is elsewhere, is passed over as if there were none."""
    permissions.ensure_may_hand_over_of(viewer, of)
    to = rules.ensure_may_receive(receiver)
    rules.ensure_another(to, of)
    wanted = queries.to_hand_over(session, viewer, of=of, ids=ids, to=to, now=now, limit=AT_ONCE + 1)
    conferences = [
        seen.conference
        for seen in queries.conferences_for_update(session, wanted[:AT_ONCE], viewer, now)
        if permissions.possible("handover", viewer, seen.relation)
        and seen.conference.coordinator_id != to.person_id
        and of in (None, seen.conference.coordinator_id)
    ]
    if conferences:
        _give(session, conferences, to, viewer=viewer, settings=settings)
    return HandedOver(conferences, more=len(wanted) > AT_ONCE)


def _give(
    session: Session, conferences: Sequence[Conference], to: Receiver, *, viewer: Viewer, settings: Settings
) -> None:
    had: dict[UUID, list[Conference]] = defaultdict(list)
    for conference in conferences:
        had[conference.coordinator_id].append(conference)
    for giver_id, theirs in had.items():
        for conference in theirs:
            conference.coordinator_id = to.person_id
            details = {"from": str(giver_id), "to": str(to.person_id)}
            audit.record(session, Act("conference.handed_over", viewer.person_id, conference.id, details))
    session.flush()
    for conference in conferences:
        outbox.add(session, events.conference_fact("changed", conference))

    people = queries.people(session, [to.person_id, *had])
    key, receiver = settings.sealing_public_key.get_secret_value(), people[to.person_id]
    receiver_name = names.full(receiver.surname, receiver.name)
    for giver_id, theirs in had.items():
        giver = people.get(giver_id)
        if giver is not None and giver.status == "active":
            outbox.add(session, events.handed_over(giver, "giver", theirs, receiver_name, key))
    known = [names.full(people[id_].surname, people[id_].name) for id_ in had if id_ in people]
    giver_name = known[0] if len(had) == len(known) == 1 else None
    outbox.add(session, events.handed_over(receiver, "receiver", conferences, giver_name, key))
