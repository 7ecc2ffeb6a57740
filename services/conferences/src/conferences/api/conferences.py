"""Conferences: list, plan, read, edit, cancel, end."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from chassis import db, idempotency, pages, preconditions, tokens
from chassis.clock import now
from chassis.db import transaction
from chassis.errors import InvalidRequest
from chassis.text import folded
from chassis.web import language, reply
from conferences import presenters, queries
from conferences import settings as configuration
from conferences.api.advice import ADVICE, advising
from conferences.api.participants import group_ids_of, line_of, result_of
from conferences.errors import NoHostAvailable
from conferences.models import Conference
from conferences.rules import permissions
from conferences.rules.periods import Period, athens_date, athens_day
from conferences.seen import just_planned, seen
from conferences.usecases import booking, groups, planning
from conferences.usecases.adding import Result
from conferences.usecases.planning import Plan


def list_conferences(
    token_info: Mapping[str, Any],
    scope: str = "current",
    search: str = "",
    *,
    without_coordinator: bool = False,
    limit: int = 50,
    cursor: str | None = None,
) -> Response:
    moment = now()
    named, wanted = request.args.get("date"), request.args.get("as")
    day = athens_day(_date(named) if named else athens_date(moment))
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        query = queries.conferences_of(viewer).where(*queries.scope_filter(scope, day, moment))
        query = query.where(queries.seen_as(viewer, wanted))
        if without_coordinator:
            query = query.where(queries.lacks_coordinator_filter())
        if search.strip():
            query = query.where(Conference.title_folded.contains(folded(search), autoescape=True))
        found = pages.page(
            session, query, order=[Conference.starts_at, Conference.id], limit=limit, cursor=cursor, total=True,
            present=lambda row: presenters.conference(seen(row, moment), viewer, moment),
        )  # fmt: skip
        return reply(found)


def create(body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    moment, actor = now(), tokens.current(token_info)
    period = Period(_moment(body, "starts_at"), _moment(body, "ends_at"))
    wanted = Plan(
        title=body["title"],
        description=body.get("description", ""),
        period=period,
        unit_id=UUID(body["unit_id"]) if body.get("unit_id") else None,
        capacity=body.get("capacity", 300),
        listed=body.get("listed", False),
    )
    try:
        with advising():
            return db.retrying(lambda: _create(actor, body, wanted, moment))
    except NoHostAvailable:
        padding = configuration.current().booking_padding
        # Only now is the lock given back: nobody waits while other times are looked for.
        with transaction() as session:
            free = booking.alternatives(session, period, wanted.capacity, padding=padding, now=moment)
        shown = [{"starts_at": one.starts_at, "ends_at": one.ends_at} for one in free]
        raise NoHostAvailable(alternatives=shown) from None


def _create(actor: tokens.Actor, body: Mapping[str, Any], wanted: Plan, moment: datetime) -> Response:
    with transaction() as session:
        claim = idempotency.claim(session, actor.id, "POST /conferences", request.headers.get("Idempotency-Key"), body)
        viewer, unit_institution_id = queries.planner_of(session, actor, wanted.unit_id)
        results: list[Result] = []
        if claim.replayed and claim.resource_id is not None:
            planned = queries.conference(session, claim.resource_id, viewer, moment)
        else:
            people = [line_of(entry) for entry in body.get("participants", ())]
            people += groups.lines_to_add(session, group_ids_of(body), viewer=viewer)
            conference, results = planning.plan(
                session, viewer=viewer, wanted=wanted, unit_institution_id=unit_institution_id, people=people,
                settings=configuration.current(), now=moment,
            )  # fmt: skip
            claim.record(201, conference.id)
            planned = just_planned(conference, viewer, moment)
            if results:  # the maker may be among them
                planned = queries.conference(session, conference.id, viewer, moment)
        answer = presenters.conference(planned, viewer, moment) | {"results": [result_of(one) for one in results]}
        location = {"Location": f"/api/v1/conferences/{planned.conference.id}"}
        return reply(answer, 201, etag=planned.conference.version, headers=location)


def _moment(body: Mapping[str, Any], field: str) -> datetime:
    """The contract's form lets some times through that no calendar has, such as a sixty-first second."""
    try:
        return datetime.fromisoformat(body[field])
    except ValueError:
        raise _no_such(f"/{field}") from None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _no_such("#/parameters/date") from None


def _no_such(pointer: str) -> InvalidRequest:
    return InvalidRequest(errors=[{"pointer": pointer, "detail": ADVICE["no-such-time"][language()]}])


def read(id: str, token_info: Mapping[str, Any]) -> Response:
    moment = now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        found = queries.visible_conference(session, UUID(id), viewer, moment)
        return reply(presenters.conference(found, viewer, moment), etag=found.conference.version)


def edit(id: str, body: Mapping[str, Any], token_info: Mapping[str, Any]) -> Response:
    moment = now()
    changes = dict(body)
    if changes.get("unit_id"):
        changes["unit_id"] = UUID(changes["unit_id"])

    def change() -> Response:
        with transaction() as session:
            viewer = queries.viewer_of(session, tokens.current(token_info))
            before = queries.conference_for_update(session, UUID(id), viewer, moment)
            permissions.ensure_may(viewer, "edit", before.relation)
            preconditions.if_match(before.conference.version)
            planning.edit(session, before, viewer=viewer, changes=changes, settings=configuration.current(), now=moment)
            session.flush()
            after = queries.conference(session, UUID(id), viewer, moment)
            return reply(presenters.conference(after, viewer, moment), etag=after.conference.version)

    with advising():
        return db.retrying(change)


def cancel(id: str, token_info: Mapping[str, Any]) -> Response:
    moment = now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        found = queries.conference_for_update(session, UUID(id), viewer, moment)
        planning.cancel(session, found, viewer=viewer, settings=configuration.current(), now=moment)
    return reply(status=204)


def end(id: str, token_info: Mapping[str, Any]) -> Response:
    moment = now()
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        found = queries.conference_for_update(session, UUID(id), viewer, moment)
        planning.end(session, found, viewer=viewer, now=moment)
        session.flush()
        after = queries.conference(session, UUID(id), viewer, moment)
        return reply(presenters.conference(after, viewer, moment), etag=after.conference.version)
