"""Guessing limits of the operations that take a secret: per source only failures count."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy.orm import Session

from chassis import guessing
from chassis.db import transaction
from chassis.web import client_address
from identity import parts
from identity.api import cookies
from identity.errors import ClockOff, CodeWrong, SignInExpired

SIGN_IN = "sign-in"
EMAIL_PROOF = "email-proof"
CERTIFICATE = "certificate"


def ensure_below(session: Session, action: str) -> None:
    settings = parts.current().settings
    window = timedelta(minutes=settings.guessing_window_minutes)
    guessing.ensure_below(session, action, client_address(), settings.guessing_failures, window)


def failed(action: str) -> None:
    guessing.failed(action, client_address())


@contextmanager
def of_sign_in() -> Iterator[None]:
    """Around what a pending sign-in's cookie opens: made-up cookies and wrong codes count."""
    with transaction() as session:
        ensure_below(session, SIGN_IN)
    try:
        yield
    except (SignInExpired, CodeWrong, ClockOff):
        if cookies.read(cookies.PENDING) is not None:
            failed(SIGN_IN)
        raise
