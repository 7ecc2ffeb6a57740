"""Programs get tokens for their secrets (RFC 6749 §4.4), and are told apart by them at the gateway."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidScopeError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.crypto import digest
from identity import queries
from identity.client_models import AccessToken, ServiceClient
from identity.errors import SessionExpired
from identity.parts import Parts
from identity.rules import clients as rules
from identity.rules.sessions import token_life
from identity.usecases.sessions import IssuedToken
from identity.usecases.signing import sign

UNKNOWN_SECRET = bytes(32)


@dataclass(frozen=True)
class Credentials:
    """What a program showed: its id and its secret."""

    client_id: str
    secret: str


@dataclass(frozen=True)
class Granted:
    lives_for: timedelta
    scopes: list[str]


def grant(
    session: Session, *, shown: Credentials, scope: str | None, token: str, parts: Parts, now: datetime
) -> Granted:
    """A token with the scopes asked for, or all the program has."""
    client = _proven(session, shown, now)
    scopes = rules.granted(scope, client.scopes)
    if scopes is None:
        raise InvalidScopeError
    lives_for = timedelta(minutes=parts.settings.access_token_minutes)
    session.add(AccessToken(token_digest=digest(token), client_id=client.id, scopes=scopes, expires_at=now + lives_for))
    _used(session, client, now)
    return Granted(lives_for, scopes)


def exchange(session: Session, *, token: str, audience: str, parts: Parts, now: datetime) -> IssuedToken:
    """As a session's, for a program: it acts for its institution, with what scopes it still has."""
    row = session.execute(
        select(AccessToken, ServiceClient)
        .join(ServiceClient, ServiceClient.id == AccessToken.client_id)
        .where(AccessToken.token_digest == digest(token), AccessToken.expires_at > now)
    ).first()
    if row is None or row[1].revoked_at is not None:
        raise SessionExpired
    held, client = row
    _used(session, client, now)
    lives_for = token_life(now, held.expires_at)
    claims = {
        "client_id": str(client.id),
        "scope": " ".join(scope for scope in held.scopes if scope in client.scopes),
        "on_behalf_of": str(client.institution_id),
        "amr": [],
        "state": "active",
    }
    signed = sign(parts, subject=client.id, audience=audience, now=now, lives_for=lives_for, claims=claims)
    return IssuedToken(signed, lives_for, client.id, None, "active")


def _proven(session: Session, shown: Credentials, now: datetime) -> ServiceClient:
    """A wrong secret and an unknown program are one refusal, and take the same time."""
    try:
        client = queries.service_client(session, UUID(shown.client_id))
    except ValueError:
        client = None
    given = digest(shown.secret)
    valid = [secret.digest for secret in client.secrets if rules.is_valid(secret.expires_at, now)] if client else []
    matches = [hmac.compare_digest(given, known) for known in valid or [UNKNOWN_SECRET]]
    if client is None or client.revoked_at is not None or not any(matches):
        raise InvalidClientError(status_code=401)
    return client


def _used(session: Session, client: ServiceClient, now: datetime) -> None:
    """By statement: use is no change that anybody's If-Match should trip over."""
    if rules.is_worth_noting(client.last_used_at, now):
        session.execute(update(ServiceClient).where(ServiceClient.id == client.id).values(last_used_at=now))
