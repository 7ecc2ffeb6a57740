"""Who is looking at the page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.client import SESSION_COOKIE, Problem, gateway, session_in_hand
from portal.times import parse

P = ParamSpec("P")
R = TypeVar("R")
COORDINATORS = frozenset({"unit_coordinator", "institution_coordinator"})


@dataclass(frozen=True)
class Session:
    """The signed-in person, as `/api/v1/session` tells."""

    person: dict[str, Any]
    roles: list[dict[str, Any]]
    expires_at: str
    employment_settle_by: str | None = None

    @property
    def active(self) -> bool:
        return bool(self.person["status"] == "active")

    @property
    def full_name(self) -> str:
        return f"{self.person['name']} {self.person['surname']}".strip()

    @property
    def initials(self) -> str:
        return "".join(f"{part[0]}." for part in (self.person["name"], self.person["surname"]) if part)

    @property
    def seconds_left(self) -> int:
        """Until the session ends, if nobody uses it meanwhile."""
        return max(0, int((parse(self.expires_at) - datetime.now(UTC)).total_seconds()))

    @property
    def ends_soon(self) -> bool:
        return self.seconds_left <= warning_seconds()

    @property
    def notice_after(self) -> int:
        """When a page without script leads to the notice: before the end, or once it has come where that is near."""
        return self.seconds_left + 1 if self.ends_soon else self.seconds_left - warning_seconds()

    @property
    def membership(self) -> dict[str, Any] | None:
        """The one role that comes with an institution and a unit."""
        return next((role for role in self.roles if role.get("institution_id")), None)

    @property
    def role_names(self) -> frozenset[str]:
        return frozenset(role["role"] for role in self.roles)

    @property
    def coordinates(self) -> bool:
        """Whether this person may make conferences."""
        return bool(self.role_names & COORDINATORS)

    @property
    def leads(self) -> bool:
        """Whether an institution is theirs to run."""
        return "institution_coordinator" in self.role_names

    @property
    def administers(self) -> bool:
        """Whether the platform is theirs to run: nobody has this role and a session without a second factor."""
        return "platform_administrator" in self.role_names

    @property
    def oversees(self) -> bool:
        """Whether what leaving coordinators left falls to this person."""
        return "institution_coordinator" in self.role_names or self.administers

    @property
    def manages(self) -> bool:
        """Whether there may be conferences of others to look after."""
        return self.coordinates or self.administers


def current(*, polling: bool = False) -> Session | None:
    """The session of this request, asked once; without a cookie nobody is asked."""
    if "session" not in g:
        g.session = _ask(polling) if session_in_hand() else None
    session: Session | None = g.session
    return session


def mine() -> Session:
    """The session of somebody who must have one."""
    session = current()
    if session is None:
        raise Problem(401, "session-expired" if SESSION_COOKIE in request.cookies else "sign-in-needed")
    return session


def current_if_known() -> Session | None:
    """For pages that anyone may read: when the services are down, the page still shows, without menu."""
    try:
        return current()
    except Problem:
        g.session = None
        return None


def _ask(polling: bool) -> Session | None:
    try:
        body = gateway().get("/api/v1/session", polling=polling).body
    except Problem as problem:
        if problem.status == 401:
            return None
        raise
    return of(body)


def of(body: dict[str, Any]) -> Session:
    return Session(body["person"], body["roles"], body["expires_at"], body.get("employment_settle_by"))


def warning_seconds() -> int:
    seconds: int = current_app.config["PORTAL"].session_warning_seconds
    return seconds


def signed_in(view: Callable[P, R]) -> Callable[P, R | Response]:
    """A page for people with an active account: the others are led to what they still owe."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R | Response:
        if not mine().active:
            return redirect(url_for("activation.page"), 303)
        return view(*args, **kwargs)

    return guarded
