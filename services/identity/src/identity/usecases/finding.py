"""How platform administrators find people, and learn why somebody cannot sign in (O6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from chassis import audit
from chassis.audit import Act, AuditRow
from chassis.db import plan_search
from chassis.text import folded
from chassis.tokens import Actor
from identity import queries
from identity.models import BrowserSession, Institution, Membership, Person, PersonEmail, SecondFactor
from identity.parts import Parts
from identity.rules import obstacles, tax_ids
from identity.rules.accounts import address_key
from identity.rules.obstacles import Reason
from identity.usecases import people
from identity.usecases.administrators import ensure_administrator
from identity.usecases.sign_in import SIGN_IN_REFUSED

REFUSALS_SHOWN = 5


@dataclass(frozen=True)
class Refusal:
    at: datetime
    reason: str | None


@dataclass(frozen=True)
class Dossier:
    """A person as support needs them."""

    person: Person
    membership: Membership | None
    institution: Institution | None
    masked_tax_id: str
    reasons: list[Reason]
    disabled_by: Person | None
    refusals: Sequence[Refusal]
    two_factor_since: datetime | None
    sessions: int
    last_used_at: datetime | None


def matching(session: Session, *, actor: Actor, wanted: str) -> Select[*tuple[Any, ...]]:
    """By number, by address in full, or by words of the name in any order; all people when nothing is asked for."""
    ensure_administrator(session, actor)
    plan_search(session)
    query = (
        select(Person, Membership)
        .outerjoin(Membership, Membership.person_id == Person.id)
        .options(selectinload(Person.emails))
    )
    wanted = wanted.strip()
    if "@" in wanted:
        owners = select(PersonEmail.person_id).where(PersonEmail.address_key == address_key(wanted))
        return query.where(Person.id.in_(owners))
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= 18:
        return query.where(Person.number == int(wanted))
    return query.where(*(Person.search.contains(word, autoescape=True) for word in folded(wanted).split()))


def by_tax_id(session: Session, *, actor: Actor, tax_id: str, parts: Parts) -> Person | None:
    """By the whole ΑΦΜ. That somebody looked is kept, the number is not."""
    administrator_id = ensure_administrator(session, actor)
    person = queries.person_by_tax_id(session, parts.lookup.lookups(tax_ids.normalised(tax_id)))
    audit.record(session, Act("person.looked_up", administrator_id, person.id if person is not None else None))
    return person


def dossier(session: Session, *, actor: Actor, person_id: UUID, parts: Parts, now: datetime) -> Dossier:
    ensure_administrator(session, actor)
    person = queries.person(session, person_id)
    membership = queries.membership(session, person.id)
    used = select(func.count(), func.max(BrowserSession.last_used_at)).where(BrowserSession.person_id == person.id)
    sessions, last_used_at = session.execute(used).one()
    factor = session.get(SecondFactor, person.id)
    account = obstacles.Account(
        status=person.status,
        disabled_reason=person.disabled_reason,
        disabled_at=person.disabled_at,
        employment=person.employment,
        employment_flagged_at=person.employment_flagged_at,
        has_proven_primary=person.proven_primary is not None,
        next=people.next_of(session, person, parts.texts.versions),
        codes_blocked_until=queries.codes_blocked_until(session, person.id, now),
        created_at=person.created_at,
    )
    return Dossier(
        person=person,
        membership=membership,
        institution=session.get(Institution, membership.institution_id) if membership is not None else None,
        masked_tax_id=tax_ids.masked(parts.encryption.decrypt(person.tax_id)),
        reasons=obstacles.reasons_of(account),
        disabled_by=session.get(Person, person.disabled_by) if person.disabled_by is not None else None,
        refusals=_refusals(session, person.id),
        two_factor_since=factor.activated_at if factor is not None else None,
        sessions=sessions,
        last_used_at=last_used_at,
    )


def _refusals(session: Session, person_id: UUID) -> list[Refusal]:
    """The latest times this person came back from TaxisNet and was not let in."""
    rows = select(AuditRow, audit.AuditDetail).outerjoin(
        audit.AuditDetail, audit.AuditDetail.position == AuditRow.position
    )
    mine = rows.where(AuditRow.object_id == person_id, AuditRow.act == SIGN_IN_REFUSED)
    latest = mine.order_by(AuditRow.position.desc()).limit(REFUSALS_SHOWN)
    return [
        Refusal(row.occurred_at, detail.details.get("reason") if detail is not None else None)
        for row, detail in session.execute(latest)
    ]
