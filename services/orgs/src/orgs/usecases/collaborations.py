"""Coordinators who help each other with their conferences, one way (S18).

Whoever writes a collaboration holds both memberships first; whoever changes a membership ends what no longer stands
with it. So nothing stands that must not, whichever comes first.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import audit, crypto, outbox
from chassis.audit import Act
from orgs import collaboration_queries, events, queries, settings
from orgs.collaboration_queries import Coordinator
from orgs.errors import CollaborationEnded
from orgs.models import Collaboration
from orgs.rules import collaborations as rules
from orgs.rules import permissions
from orgs.rules.collaborations import Because, Outcome, State
from orgs.rules.permissions import Between, Viewer

MOST_AT_ONCE = 1000


class Result(NamedTuple):
    person_id: UUID
    outcome: Outcome
    collaboration_id: UUID | None


def ask(session: Session, *, viewer: Viewer, wanted: Sequence[UUID] | None, now: datetime) -> list[Result]:
    """One, many, or all who are not asked yet (None); what became of each. The same again changes nothing."""
    me = viewer.person_id
    institution_id = permissions.ensure_coordinates(viewer)
    if wanted is None:
        wanted = collaboration_queries.candidate_ids(session, me, institution_id, limit=MOST_AT_ONCE)
    queries.hold_memberships(session, {me, *wanted})
    known = collaboration_queries.standings(session, {me, *wanted})
    eligible = {
        id_
        for id_ in wanted
        if id_ != me and rules.may_collaborate(_standing(known, me), _standing(known, id_), institution_id)
    }
    added = collaboration_queries.open_collaborations(
        session, owner_id=me, collaborator_ids=eligible, institution_id=institution_id, now=now
    )
    rows = {row.collaborator_person_id: row for row in collaboration_queries.collaborations_with(session, me, eligible)}
    institution_name = queries.institution(session, institution_id).name
    for id_ in sorted(added):
        _tell(session, rows[id_], known, institution_name)
    if added:  # one act, however many: each would hold up the chain of all others
        details = {"collaborator_ids": [str(id_) for id_ in sorted(added)]}
        audit.record(session, Act("collaboration.requested", actor_id=me, object_id=me, details=details))
    return [
        Result(id_, _outcome(id_, eligible, added), rows[id_].id if id_ in eligible else None)
        for id_ in dict.fromkeys(wanted)
    ]


def accept(session: Session, *, viewer: Viewer, id_: UUID, now: datetime) -> None:
    """Whose conferences these are may be edited by who accepts, from now on. Accepting again changes nothing."""
    asked = collaboration_queries.collaboration(session, id_)
    two = asked.owner_person_id, asked.collaborator_person_id
    permissions.ensure_may_with_collaboration(viewer, "accept", Between(*two))
    queries.hold_memberships(session, two)
    known = collaboration_queries.standings(session, two)
    found = collaboration_queries.collaboration_for_update(session, id_)
    rules.ensure_under_way(found.state)
    if not _stands(found, known):
        raise CollaborationEnded
    if found.state == State.pending:
        found.state, found.updated_at = State.active, now
        session.flush()
        _tell(session, found, known)
        _keep(session, "collaboration.accepted", found, actor_id=viewer.person_id)


def end(session: Session, *, viewer: Viewer, id_: UUID, now: datetime) -> None:
    """By either side: cancels the request, rejects it, or ends what was accepted."""
    found = collaboration_queries.collaboration_for_update(session, id_)
    between = Between(found.owner_person_id, found.collaborator_person_id)
    permissions.ensure_may_with_collaboration(viewer, "end", between)
    rules.ensure_under_way(found.state)
    because = rules.why_ended(found.state, by_owner=viewer.person_id == found.owner_person_id)
    _end(
        session,
        found,
        because,
        collaboration_queries.standings(session, (between.owner_id, between.collaborator_id)),
        now,
    )
    _keep(session, "collaboration.ended", found, actor_id=viewer.person_id)


def reconsider(session: Session, person_id: UUID, *, now: datetime) -> None:
    """Something about the person changed, who is locked: what no longer stands ends by itself."""
    found = collaboration_queries.collaborations_under_way(session, person_id)
    if not found:
        return
    known = collaboration_queries.standings(
        session, {id_ for row in found for id_ in (row.owner_person_id, row.collaborator_person_id)}
    )
    for row in found:
        if not _stands(row, known):
            _end(session, row, Because.eligibility_ended, known, now)
            _keep(session, "collaboration.ended", row, actor_id=None)


def _standing(known: Mapping[UUID, Coordinator], person_id: UUID) -> rules.Standing | None:
    return known[person_id].standing if person_id in known else None


def _stands(row: Collaboration, known: Mapping[UUID, Coordinator]) -> bool:
    owner, collaborator = (_standing(known, id_) for id_ in (row.owner_person_id, row.collaborator_person_id))
    return rules.may_collaborate(owner, collaborator, row.institution_id)


def _outcome(person_id: UUID, eligible: set[UUID], added: set[UUID]) -> Outcome:
    if person_id not in eligible:
        return Outcome.not_eligible
    return Outcome.added if person_id in added else Outcome.already


def _end(
    session: Session, row: Collaboration, because: Because, known: Mapping[UUID, Coordinator], now: datetime
) -> None:
    row.state, row.ended_because, row.updated_at = State.ended, because, now
    session.flush()
    _tell(session, row, known)


def _tell(
    session: Session, row: Collaboration, known: Mapping[UUID, Coordinator], institution_name: str | None = None
) -> None:
    """Names travel only to the mail, and only when there is one."""
    sealed, told_to_owner = None, row.told_to_owner
    if told_to_owner is not None:
        two = row.owner_person_id, row.collaborator_person_id
        reader, other = (known.get(id_) for id_ in (two if told_to_owner else reversed(two)))
        content = {
            "surname": reader.surname if reader is not None else "",
            "name": reader.name if reader is not None else "",
            "other_name": f"{other.surname} {other.name}".strip() if other is not None else "",
            "institution_name": institution_name or queries.institution(session, row.institution_id).name,
        }
        sealed = crypto.seal(settings.current().sealing_public_key.get_secret_value(), content)
    outbox.add(session, events.collaboration_changed(row, sealed))


def _keep(session: Session, act: str, row: Collaboration, *, actor_id: UUID | None) -> None:
    details = {
        "owner_id": str(row.owner_person_id),
        "collaborator_id": str(row.collaborator_person_id),
        **({"because": row.ended_because} if row.ended_because is not None else {}),
    }
    audit.record(session, Act(act, actor_id=actor_id, object_id=row.id, details=details))
