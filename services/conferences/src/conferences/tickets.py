"""Personal links: derived, so that every mail has the same; kept as a hash, so that a copy of rows opens no door."""

import base64
from uuid import UUID

from chassis import crypto
from chassis.crypto import KeyRing
from conferences.models import Participation


def issue(ring: KeyRing, participation_id: UUID, generation: int) -> str:
    return _written(ring.lookup(_about(participation_id, generation)))


def secret_of(ring: KeyRing, participation: Participation) -> str:
    """The link's secret, under whichever key it was issued; when that key is gone a new generation is."""
    for secret in secrets(ring, participation.id, participation.ticket_generation):
        if crypto.digest(secret) == participation.ticket_digest:
            return secret
    participation.ticket_generation += 1
    secret = issue(ring, participation.id, participation.ticket_generation)
    participation.ticket_digest = crypto.digest(secret)
    return secret


def secrets(ring: KeyRing, participation_id: UUID, generation: int) -> list[str]:
    """The one under each key of the ring."""
    return [_written(derived) for derived in ring.lookups(_about(participation_id, generation))]


def _about(participation_id: UUID, generation: int) -> str:
    return f"{participation_id}:{generation}"


def _written(derived: bytes) -> str:
    return base64.urlsafe_b64encode(derived).decode().rstrip("=")
