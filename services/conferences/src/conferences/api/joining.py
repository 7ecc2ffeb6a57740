"""Into the room: by a personal link, from the list, as the host."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis import guessing, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.errors import NotFound
from chassis.web import client_address, reply
from conferences import presenters, queries
from conferences import settings as configuration
from conferences.api.advice import advising
from conferences.clients import zoom as clients
from conferences.clients.zoom_errors import ZoomError
from conferences.errors import RoomPreparing
from conferences.usecases import joining, registering
from conferences.usecases.joining import Door

NEVER_KEPT = {"Cache-Control": "no-store"}
ACTION = "join"


def read_ticket(token: str) -> Response:
    with _counting_guesses(), transaction() as session:
        _ensure_no_guessing(session)
        door = joining.door_of_ticket(session, token, now())
        joining.ensure_welcome(door)
        return reply(presenters.ticket(door), headers=NEVER_KEPT)


def join_by_ticket(token: str, body: Mapping[str, Any] | None = None) -> Response:
    def through(session: Session) -> Door:
        _ensure_no_guessing(session)
        return joining.door_of_ticket(session, token, now())

    with _counting_guesses():
        return _enter(through, typed_name=(body or {}).get("name", ""))


def join(id: str, token_info: Mapping[str, Any]) -> Response:
    def through(session: Session) -> Door:
        moment, settings = now(), configuration.current()
        viewer = queries.viewer_of(session, tokens.current(token_info))
        seen = queries.conference(session, UUID(id), viewer, moment)
        place = joining.place_of(session, seen, viewer=viewer, settings=settings, now=moment)
        return joining.door_of(session, place, moment)

    return _enter(through, typed_name="")


def _enter(through: Callable[[Session], Door], *, typed_name: str) -> Response:
    settings = configuration.current()
    with advising(), transaction() as session:
        way = joining.enter(session, through(session), typed_name=typed_name, settings=settings, now=now())
    if way.join_url is None and way.ask is not None:
        try:
            links = registering.get_links(clients.client(), [way.ask])
        except ZoomError as error:
            raise RoomPreparing from error
        if not links:
            raise RoomPreparing
        with transaction() as session:
            registering.keep(session, links, settings)
        return reply({"join_url": links[0].join_url}, headers=NEVER_KEPT)
    return reply({"join_url": way.join_url}, headers=NEVER_KEPT)


def host_start(id: str, token_info: Mapping[str, Any]) -> Response:
    moment = now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        seen = queries.conference(session, UUID(id), viewer, moment)
        meeting_id = joining.start_as_host(session, seen, viewer=viewer, now=moment)
    try:
        meeting = clients.client().read_meeting(meeting_id)
    except ZoomError as error:
        raise RoomPreparing from error
    return reply({"start_url": str(meeting["start_url"])}, headers=NEVER_KEPT)


def _ensure_no_guessing(session: Session) -> None:
    settings = configuration.current()
    window = timedelta(minutes=settings.guessing_window_minutes)
    guessing.ensure_below(session, ACTION, client_address(), settings.guessing_failures, window)


@contextmanager
def _counting_guesses() -> Iterator[None]:
    """Outside the transaction that found nothing: it is rolled back, the count must stay."""
    try:
        yield
    except NotFound:
        guessing.failed(ACTION, client_address())
        raise
