"""Guessing limits of the operations that take a secret: per source only failures count."""

from datetime import timedelta

from sqlalchemy.orm import Session

from chassis import guessing
from chassis.web import client_address
from identity import parts

SIGN_IN = "sign-in"
EMAIL_PROOF = "email-proof"


def ensure_below(session: Session, action: str) -> None:
    settings = parts.current().settings
    window = timedelta(minutes=settings.guessing_window_minutes)
    guessing.ensure_below(session, action, client_address(), settings.guessing_failures, window)


def failed(action: str) -> None:
    guessing.failed(action, client_address())
