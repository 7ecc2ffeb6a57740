"""The short-lived signed tokens that services believe."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt

from chassis.ids import new_id
from identity.parts import Parts

ALGORITHM = "Ed25519"


def sign(
    parts: Parts, *, subject: UUID, audience: str, now: datetime, lives_for: timedelta, claims: dict[str, Any]
) -> str:
    key = parts.signing.keys[0]
    issued_at = int(now.timestamp())
    content = {
        "iss": parts.settings.token_issuer,
        "aud": audience,
        "sub": str(subject),
        "iat": issued_at,
        "exp": issued_at + max(1, int(lives_for.total_seconds())),
        "jti": str(new_id()),
        **claims,
    }
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, content, key, algorithms=[ALGORITHM])
