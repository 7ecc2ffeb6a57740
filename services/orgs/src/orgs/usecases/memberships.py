from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import audit, outbox
from chassis.audit import Act
from chassis.errors import NotFound
from orgs import events, queries
from orgs.errors import NotACoordinator, UnitNotAvailable
from orgs.models import Membership, Offer
from orgs.rules import coordinating
from orgs.rules import memberships as rules
from orgs.rules.coordinating import Coordinator
from orgs.rules.memberships import PLATFORM_ADMINISTRATOR, Role, Standing
from orgs.rules.permissions import Viewer
from orgs.rules.role_requests import Because, ensure_below
from orgs.usecases import collaborations, coordinator_invitations, institutions, leads, role_requests


class OfferedRole(NamedTuple):
    """What an invitation offers: a role somewhere, or to run the platform."""

    role: str
    institution_id: UUID | None
    unit_id: UUID | None


def begin(
    session: Session,
    *,
    person_id: UUID,
    institution_ids: Sequence[UUID],
    inviting_institution_id: UUID | None,
    now: datetime,
) -> None:
    """An activated person belongs somewhere: the chosen body, else the inviter's, else «Δημόσια Διοίκηση»."""
    if queries.membership_for_update(session, person_id) is not None:
        return
    candidates = [id_ for id_ in (*institution_ids, inviting_institution_id) if id_ is not None]
    active = queries.active_institutions(session, candidates)
    institution_id = rules.first_institution(candidates, active=active) or institutions.catch_all(session).id

    place = Standing(institution_id, queries.active_unit(session, institution_id, None))
    standing = _with_offers(session, person_id, place, now)
    join(session, person_id=person_id, standing=standing)
    _keep_what_was_granted(session, person_id, place, standing)


def join(session: Session, *, person_id: UUID, standing: Standing) -> Membership:
    membership = Membership(person_id=person_id, **asdict(standing))
    session.add(membership)
    session.flush()
    outbox.add(session, events.membership_changed(membership))
    return membership


def remember_offer(session: Session, *, invitation_id: UUID, person_id: UUID, offered: OfferedRole) -> None:
    """An invitation with a role was accepted. Told twice: by the activation and by the acceptance itself."""
    values = {"invitation_id": invitation_id, "person_id": person_id, **offered._asdict()}
    session.execute(insert(Offer).values(values).on_conflict_do_nothing())


def take_offers(session: Session, *, person_id: UUID, now: datetime) -> None:
    """Grant what was offered and accepted (S13, O6). Who has no membership yet takes it by the activation."""
    membership = queries.membership_for_update(session, person_id)
    if membership is None:
        return
    before, after = membership.standing, _with_offers(session, person_id, membership.standing, now)
    _move(session, membership, after, now)
    _keep_what_was_granted(session, person_id, before, after)


def grant(
    session: Session,
    *,
    person_id: UUID,
    role: Role,
    institution_id: UUID,
    unit_id: UUID | None,
    granted_by: UUID,
    now: datetime,
) -> None:
    """What was asked for and accepted. Without a unit: at home the present one, elsewhere the general one."""
    membership = queries.membership_for_update(session, person_id)
    if membership is None:
        raise NotFound
    before = membership.standing
    present = before.unit_id if institution_id == before.institution_id else None
    place = queries.active_unit(session, institution_id, unit_id or present)
    after = rules.with_role(before, role=role, institution_id=institution_id, unit_id=place)
    _move(session, membership, after, now)
    _keep_what_was_granted(session, person_id, before, after, granted_by)


def choose_unit(session: Session, *, person_id: UUID, unit_id: UUID, now: datetime) -> None:
    """To another unit of the own institution (S5). A unit that is being closed waits for this, or is refused."""
    membership = queries.membership_for_update(session, person_id)
    if membership is None:
        raise NotFound
    if not queries.lock_active_unit(session, membership.institution_id, unit_id):
        raise UnitNotAvailable
    before = membership.standing
    if unit_id != before.unit_id:
        _move(session, membership, replace(before, unit_id=unit_id), now)
        details = {"from": str(before.unit_id), "to": str(unit_id)}
        audit.record(session, Act("unit.changed", actor_id=person_id, object_id=person_id, details=details))


def step_down(session: Session, *, person_id: UUID, role: Role, now: datetime) -> None:
    """To a lower role, at once (S8), also as an institution's last coordinator. Who asked for more does so no more."""
    membership = queries.membership_for_update(session, person_id)
    if membership is None:
        raise NotFound
    before = membership.standing
    ensure_below(before.role, role)
    role_requests.withdraw_open(session, person_id, because=Because.stepped_down, now=now)
    _move(session, membership, replace(before, role=role), now)
    details = {"institution_id": str(before.institution_id), "from": before.role, "to": role}
    audit.record(session, Act("role.stepped_down", actor_id=person_id, object_id=person_id, details=details))


def demote(session: Session, *, viewer: Viewer, person_id: UUID, now: datetime) -> None:
    """To a plain user, at once (S14). What they planned falls to the institution's coordinators."""
    membership = queries.membership_for_update(session, person_id)
    if membership is None:
        raise NotFound
    before = membership.standing
    coordinating.ensure_may_demote(viewer, Coordinator(person_id, before.institution_id, before.role))
    if before.role == Role.user:
        raise NotACoordinator
    _move(session, membership, replace(before, role=Role.user), now)
    institution_name = queries.institution(session, before.institution_id).name
    secret = {**queries.full_name(session, person_id), "institution_name": institution_name}
    outbox.add(session, events.coordinator_demoted(membership, secret))
    details = {"institution_id": str(before.institution_id), "from": before.role, "to": Role.user}
    audit.record(session, Act("role.demoted", actor_id=viewer.person_id, object_id=person_id, details=details))


def lapse(session: Session, *, person_id: UUID, told: int, now: datetime) -> None:
    """Whom the register no longer knows is a user (S2). To run the platform was given by hand, and is taken by hand.

    `told`: the person's version when it was so. Who is known again since, by a fact that overtook this one, stays.
    """
    membership = queries.membership_for_update(session, person_id)
    if membership is None or membership.role == Role.user or queries.is_employed_since(session, person_id, told):
        return
    before = membership.standing
    _move(session, membership, replace(before, role=Role.user), now)
    details = {"institution_id": str(before.institution_id), "from": before.role, "to": Role.user}
    audit.record(session, Act("role.lapsed", object_id=person_id, details=details))


def _keep_what_was_granted(
    session: Session, person_id: UUID, before: Standing, after: Standing, granted_by: UUID | None = None
) -> None:
    if after != before:
        details = _in_words(after)
        audit.record(session, Act("role.granted", actor_id=granted_by, object_id=person_id, details=details))


def _in_words(standing: Standing) -> dict[str, str | bool]:
    return {name: value if isinstance(value, bool) else str(value) for name, value in asdict(standing).items()}


def _move(session: Session, membership: Membership, after: Standing, now: datetime) -> None:
    """Whoever moves may have asked for what they now have, or for what they left, or collaborated there."""
    before = membership.standing
    if after == before:
        return
    stops_leading = rules.stops_leading(before, after)
    if stops_leading:
        leads.leaving(session, before.institution_id)
    for name, value in asdict(after).items():
        setattr(membership, name, value)
    session.flush()
    outbox.add(session, events.membership_changed(membership))
    role_requests.reconsider(session, membership.person_id, now=now)
    collaborations.reconsider(session, membership.person_id, now=now)
    if stops_leading:
        leads.left(session, before.institution_id)


def _with_offers(session: Session, person_id: UUID, standing: Standing, now: datetime) -> Standing:
    for offer in queries.offers_to_take(session, person_id):
        if not coordinator_invitations.lets_in(session, offer):
            continue
        offer.taken_at = now
        if offer.role == PLATFORM_ADMINISTRATOR:
            standing = rules.with_platform_administration(standing)
        elif offer.institution_id is not None and queries.active_institutions(session, [offer.institution_id]):
            unit_id = queries.active_unit(session, offer.institution_id, offer.unit_id)
            standing = rules.with_role(
                standing, role=Role(offer.role), institution_id=offer.institution_id, unit_id=unit_id
            )
    return standing
