"""What TaxisNet remembers: who is signed in at it, codes and tokens given out."""

import secrets
import string
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.clock import Clock, wall

CODE_LENGTH = 6
CODE_LIFE = timedelta(minutes=5)
TOKEN_LIFE = timedelta(minutes=30)
CODE_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Session:
    persona_id: str
    context: str
    since: datetime


@dataclass(frozen=True)
class Grant:
    persona_id: str
    context: str
    redirect_uri: str
    expires: datetime


@dataclass(frozen=True)
class Token:
    persona_id: str
    context: str
    expires: datetime


class TaxisNet:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        with self._lock:
            self._sessions: dict[str, Session] = {}
            self._codes: dict[str, Grant] = {}
            self._tokens: dict[str, Token] = {}

    def sign_in(self, persona_id: str, context: str) -> str:
        """Open a session in a browser; its id goes into the cookie."""
        session_id = secrets.token_hex(16).upper()
        with self._lock:
            self._sessions[session_id] = Session(persona_id, context, wall())
        return session_id

    def session(self, session_id: str | None, context: str) -> Session | None:
        found = self._sessions.get(session_id or "")
        return found if found and found.context == context else None

    def sign_out(self, session_id: str | None) -> None:
        with self._lock:
            self._sessions.pop(session_id or "", None)

    def sessions(self) -> list[Session]:
        with self._lock:
            return list(self._sessions.values())

    def issue_code(self, persona_id: str, context: str, redirect_uri: str) -> str:
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        with self._lock:
            self._codes[code] = Grant(persona_id, context, redirect_uri, self._clock.now() + CODE_LIFE)
        return code

    def spend_code(self, code: str) -> Grant | None:
        """A code is gone with its first use, whatever comes of it."""
        with self._lock:
            grant = self._codes.pop(code, None)
        return grant if grant and grant.expires > self._clock.now() else None

    def issue_token(self, grant: Grant) -> tuple[str, int]:
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._tokens[token] = Token(grant.persona_id, grant.context, self._clock.now() + TOKEN_LIFE)
        return token, int(TOKEN_LIFE.total_seconds())

    def token(self, value: str, context: str) -> Token | None:
        found = self._tokens.get(value)
        return found if found and found.context == context and found.expires > self._clock.now() else None
