"""Personal links at the provider: made ahead of time, taken back from whoever lost the place."""

from datetime import datetime
from uuid import UUID

from chassis.clock import now
from chassis.db import transaction
from chassis.timers import Timer
from conferences import settings as configuration
from conferences.clients import zoom as clients
from conferences.clients.zoom import BATCH
from conferences.clients.zoom_errors import ZoomRefused
from conferences.usecases import registering


class LinksMissing(Exception):
    """The provider answered without some of the links: they are asked for again, a little later."""


def register(timer: Timer) -> datetime | None:
    conference_id, settings = UUID(timer.subject), configuration.current()
    with transaction() as session:
        asks = registering.claim_batch(session, conference_id, settings=settings, now=now())
    if not asks:
        return None
    links = registering.get_links(clients.client(), asks)
    with transaction() as session:
        registering.keep(session, links, settings)
    if len(links) < len(asks):
        raise LinksMissing(f"{len(asks) - len(links)} of {len(asks)}")
    return now() if len(asks) == BATCH else None


def withdraw(timer: Timer) -> datetime | None:
    with transaction() as session:
        by_meeting = registering.to_withdraw(session, UUID(timer.subject))
        wanted = {
            meeting_id: [(row.registrant_id or "", row.alias) for row in rows]
            for meeting_id, rows in by_meeting.items()
        }
    for meeting_id, people in wanted.items():
        try:
            clients.client().cancel_registrants(meeting_id, people[:BATCH])
        except ZoomRefused as refusal:
            if not refusal.is_missing:
                raise
    with transaction() as session:
        for rows in registering.to_withdraw(session, UUID(timer.subject)).values():
            for row in rows:
                row.withdrawn_at = now()
        timer.finish(session)
    return None
