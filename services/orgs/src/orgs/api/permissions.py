"""Whether somebody may do something here: by act the question that the act itself asks."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from chassis import permissions, tokens
from chassis.db import transaction
from chassis.permissions import GeneralQuestion, Question
from orgs import collaboration_queries, coordinator_rows, queries
from orgs.rules import coordinating, running
from orgs.rules import permissions as rules
from orgs.rules.coordinating import Coordinator
from orgs.rules.memberships import Role
from orgs.rules.permissions import Asked, Between, Viewer


def read(act: str, token_info: Mapping[str, Any], object: str | None = None) -> Response:
    with transaction() as session:
        viewer = queries.viewer_of(session, tokens.current(token_info))
        return permissions.answer(session, viewer, act, object, about=ABOUT, at_large=AT_LARGE)


def _with_role_request(act: str) -> Question[Viewer]:
    def ask(session: Session, viewer: Viewer, id_: UUID) -> None:
        request = queries.role_request(session, id_)[0]
        rules.ensure_may(viewer, act, Asked(request.person_id, request.institution_id))

    return ask


def _with_institution(act: str) -> Question[Viewer]:
    def ask(session: Session, viewer: Viewer, id_: UUID) -> None:
        running.ensure_may(viewer, act, queries.institution(session, id_).id)

    return ask


def _with_unit(act: str) -> Question[Viewer]:
    def ask(session: Session, viewer: Viewer, id_: UUID) -> None:
        institution, _unit = queries.unit(session, id_)
        running.ensure_may_with_unit(viewer, act, institution.id)

    return ask


def _with_collaboration(act: str) -> Question[Viewer]:
    def ask(session: Session, viewer: Viewer, id_: UUID) -> None:
        found = collaboration_queries.collaboration(session, id_)
        between = Between(found.owner_person_id, found.collaborator_person_id)
        rules.ensure_may_with_collaboration(viewer, act, between)

    return ask


def _list_coordinators(session: Session, viewer: Viewer, institution_id: UUID) -> None:
    coordinating.ensure_may_list(viewer, queries.institution(session, institution_id).id)


def _invite(role: Role) -> Question[Viewer]:
    def ask(session: Session, viewer: Viewer, institution_id: UUID) -> None:
        coordinating.ensure_may_invite(viewer, queries.institution(session, institution_id).id, role)

    return ask


def _manage_invitation(session: Session, viewer: Viewer, id_: UUID) -> None:
    invitation = queries.coordinator_invitation(session, id_)
    coordinating.ensure_may_manage_invitation(viewer, invitation.institution_id, invitation.role)


def _read_coordinator(session: Session, viewer: Viewer, person_id: UUID) -> None:
    coordinating.ensure_may_read(viewer, _coordinator(session, person_id))


def _demote(session: Session, viewer: Viewer, person_id: UUID) -> None:
    coordinating.ensure_may_demote(viewer, _coordinator(session, person_id))


def _coordinator(session: Session, person_id: UUID) -> Coordinator:
    row = coordinator_rows.coordinator(session, person_id)
    return Coordinator(person_id, row.institution_id, Role(row.role))


CREATE = "create"
AT_LARGE: Mapping[str, GeneralQuestion[Viewer]] = MappingProxyType(
    {f"institution.{CREATE}": lambda _session, viewer: running.ensure_may(viewer, CREATE)}
)
ABOUT: Mapping[str, Question[Viewer]] = MappingProxyType(
    {
        **{f"role_request.{act}": _with_role_request(act) for act in rules.MAY},
        **{f"institution.{act}": _with_institution(act) for act in running.MAY if act != CREATE},
        **{f"unit.{act}": _with_unit(act) for act in running.MAY_WITH_UNIT},
        **{f"collaboration.{act}": _with_collaboration(act) for act in rules.MAY_WITH_COLLABORATION},
        "coordinators.list": _list_coordinators,
        "coordinators.invite_unit_coordinator": _invite(Role.unit_coordinator),
        "coordinators.invite_institution_coordinator": _invite(Role.institution_coordinator),
        "coordinator_invitation.resend": _manage_invitation,
        "coordinator_invitation.revoke": _manage_invitation,
        "coordinator_invitation.confirm": _manage_invitation,
        "coordinator.read": _read_coordinator,
        "coordinator.demote": _demote,
    }
)
