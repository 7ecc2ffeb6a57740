"""Programs that act for an institution: made, changed, given new secrets and taken back by administrators (O6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session, selectinload

from chassis import audit, outbox
from chassis.audit import Act
from chassis.crypto import digest
from chassis.tokens import Actor
from identity import events, queries
from identity.client_models import AccessToken, ClientSecret, ServiceClient
from identity.errors import InstitutionUnknown
from identity.models import Institution
from identity.rules import clients as rules
from identity.usecases.administrators import ensure_administrator

SECRETS_MOST = 2


@dataclass(frozen=True)
class Wanted:
    name: str
    scopes: list[str]
    contact: str


def visible_to(session: Session, actor: Actor) -> Select[*tuple[Any, ...]]:
    ensure_administrator(session, actor)
    query = select(ServiceClient, Institution.name).outerjoin(
        Institution, Institution.id == ServiceClient.institution_id
    )
    return query.options(selectinload(ServiceClient.secrets))


def create(
    session: Session, *, actor: Actor, wanted: Wanted, institution_id: UUID, secret: str, now: datetime
) -> ServiceClient:
    """The secret is handed in and told once: only its digest stays."""
    administrator_id = ensure_administrator(session, actor)
    institution = session.get(Institution, institution_id)
    if institution is None or institution.state != "active":
        raise InstitutionUnknown
    client = ServiceClient(
        name=wanted.name,
        scopes=sorted(set(wanted.scopes)),
        contact=wanted.contact,
        institution_id=institution.id,
        created_at=now,
    )
    client.secrets.append(ClientSecret(digest=digest(secret), created_at=now))
    session.add(client)
    session.flush()
    details = {"institution_id": str(institution.id), "scopes": client.scopes}
    audit.record(session, Act("service_client.created", administrator_id, client.id, details))
    return client


def change(session: Session, *, actor: Actor, client: ServiceClient, wanted: Wanted) -> ServiceClient:
    """A scope taken away is gone from tokens given out before, too, with the gateway's next question."""
    administrator_id = ensure_administrator(session, actor)
    rules.ensure_in_use(client.revoked_at)
    client.name, client.contact, client.scopes = wanted.name, wanted.contact, sorted(set(wanted.scopes))
    session.flush()
    audit.record(session, Act("service_client.changed", administrator_id, client.id, {"scopes": client.scopes}))
    return client


def rotate(
    session: Session, *, actor: Actor, client_id: UUID, secret: str, overlap: timedelta, now: datetime
) -> ServiceClient:
    """A new secret; the newest before it stays good for a while, older ones end now."""
    administrator_id = ensure_administrator(session, actor)
    client = queries.service_client_for_update(session, client_id)
    rules.ensure_in_use(client.revoked_at)
    for older in client.secrets[SECRETS_MOST - 1 :]:
        client.secrets.remove(older)
    for kept in client.secrets:
        kept.expires_at = min(kept.expires_at or now + overlap, now + overlap)
    client.secrets.insert(0, ClientSecret(digest=digest(secret), created_at=now))
    session.flush()
    hours = int(overlap.total_seconds() // 3600)
    audit.record(session, Act("service_client.secret_rotated", administrator_id, client.id, {"overlap_hours": hours}))
    return client


def revoke(session: Session, *, actor: Actor, client_id: UUID, now: datetime) -> None:
    """Its secrets and tokens end at once, everywhere."""
    administrator_id = ensure_administrator(session, actor)
    client = queries.service_client_for_update(session, client_id)
    if client.revoked_at is not None:
        return
    client.revoked_at = now
    client.secrets.clear()
    session.execute(delete(AccessToken).where(AccessToken.client_id == client.id))
    session.flush()
    outbox.add(session, events.client_revoked(client))
    audit.record(session, Act("service_client.revoked", administrator_id, client.id))
