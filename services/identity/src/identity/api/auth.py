"""The two addresses a browser visits on its way through TaxisNet."""

import re

import flask

from chassis.clock import now
from chassis.crypto import token
from chassis.db import transaction
from chassis.logs import get_logger
from chassis.web import reply
from identity import parts
from identity.api import cookies, limits
from identity.api.sign_in import logout_to
from identity.rules.sign_in import PENDING_FOR, TRIP_FOR, Refusal, Refused
from identity.usecases import sign_in

log = get_logger(__name__)
OURS = re.compile(r"[A-Za-z0-9_-]{43}")


def login(next: str | None = None, invitation: str | None = None) -> flask.Response:
    """One browser, one cookie, several trips: two tabs must not make each other's state foreign."""
    carried = cookies.read(cookies.BROWSER)
    browser = carried if carried and OURS.fullmatch(carried) else token()
    with transaction() as session:
        limits.ensure_below(session, limits.SIGN_IN)
        address = sign_in.leave(
            session,
            next_path=next,
            invitation=invitation,
            state=token(),
            browser=browser,
            parts=parts.current(),
            now=now(),
        )
    response = redirect(address)
    cookies.give(response, cookies.BROWSER, browser, TRIP_FOR.total_seconds())
    return response


def callback(
    code: str | None = None,
    state: str | None = None,
    error: str | None = None,
    error_description: str | None = None,  # noqa: ARG001 - TaxisNet's words are for nobody here
) -> flask.Response:
    """The calls to TaxisNet and the register happen between the transactions, never inside one."""
    joined, pending = parts.current(), token()
    try:
        with transaction() as session:
            limits.ensure_below(session, limits.SIGN_IN)
            browser = cookies.read(cookies.BROWSER)
            baggage = sign_in.arrive(session, state=state, browser=browser, parts=joined, now=now())
        citizen = joined.taxisnet.citizen(sign_in.ensure_agreed(code=code, error=error))
        held = sign_in.Held(citizen, joined.directory.look_up(citizen.tax_id), baggage)
        with transaction() as session:
            sign_in.hold(session, held, token=pending, parts=joined, now=now())
    except Refused as refused:
        with transaction() as session:
            sign_in.keep_refusal(session, refused.person_id, refused.reason)
        return refusal(refused.reason)
    log.info("sign-in awaits confirmation", employment=held.finding.answer)
    response = redirect(f"{joined.settings.public_url}/sign-in")
    cookies.give(response, cookies.PENDING, pending, PENDING_FOR.total_seconds())
    return response


def refusal(reason: Refusal) -> flask.Response:
    """Out of TaxisNet, too: on a shared computer the next person must not enter as this one."""
    if reason == Refusal.state_invalid:
        limits.failed(limits.SIGN_IN)
    log.info("sign-in refused", reason=reason)
    response = redirect(logout_to("/refused"))
    cookies.give(response, cookies.REFUSAL, reason, cookies.REFUSAL_SECONDS)
    return response


def redirect(address: str) -> flask.Response:
    return reply(status=302, headers={"Location": address, "Cache-Control": "no-store"})
