"""Things that are really there. Put into requests in place of random ids, so that they meet more than 404."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from schemathesis import Case, Response
from schemathesis.core.parameters import ParameterLocation

from tests.journeys.outside import Outside, eventually, link_in
from tests.journeys.visitor import Visitor, secret_in

PLAN = "POST /api/v1/conferences"
CANCEL, END = "DELETE /api/v1/conferences/{id}", "POST /api/v1/conferences/{id}/end"
ASK, CHOOSE_UNIT = "POST /api/v1/role-requests", "PUT /api/v1/account/unit"
DELETE_GROUP, ADD_MEMBER = "DELETE /api/v1/groups/{id}", "POST /api/v1/groups/{id}/members"
REVOKE = "DELETE /api/v1/invitations/{id}"
ADD_UNIT = "POST /api/v1/institutions/{id}/units"
RENAME_UNIT, CLOSE_UNIT = "PATCH /api/v1/units/{id}", "DELETE /api/v1/units/{id}"
PERMISSION = "/permissions"
SIGN_IN = "/api/v1/sign-in"
PENDING_COOKIE = "__Host-epresence-signin"
SPARE = 4


@dataclass
class Existing:
    coordinator: Visitor
    conferences: list[str] = field(default_factory=list)  # planned, running, ended
    to_cancel: list[str] = field(default_factory=list)
    to_end: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)  # participants of the first conference, to remove
    tickets: list[str] = field(default_factory=list)
    invitations: list[str] = field(default_factory=list)
    to_revoke: list[str] = field(default_factory=list)
    institutions: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)  # of the first institution; the coordinator's own is the first
    own_units: list[str] = field(default_factory=list)  # to rename and close: nobody else's tests know them
    role_requests: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    members: list[str] = field(default_factory=list)  # of the first group, to take out
    to_delete: list[str] = field(default_factory=list)  # groups
    _turns: Counter[str] = field(default_factory=Counter)
    _planned: list[str] = field(default_factory=list)

    def put_into(self, case: Case) -> None:
        """Two of three well-formed requests of each operation are about something that exists."""
        self._turns[case.operation.label] += 1
        turn = self._turns[case.operation.label]
        if turn % 3 == 0 or case.meta is None:
            return
        if case.path == SIGN_IN or case.path.startswith(f"{SIGN_IN}/confirm"):
            case.cookies[PENDING_COOKIE] = self._pending_sign_in()
        candidates = self._candidates(case.operation.label) if case.path_parameters else []
        if candidates and not case.meta.is_negative_at(ParameterLocation.PATH):
            case.path_parameters.update(candidates[turn % len(candidates)])
        if case.method.upper() == "PATCH" and not case.meta.is_negative_at(ParameterLocation.HEADER):
            case.headers["If-Match"] = "*"
        if case.path.endswith(PERMISSION) and not case.meta.is_negative_at(ParameterLocation.QUERY):
            section = case.query["act"].partition(".")[0]
            case.query["object"] = {"conference": self.conferences, "group": self.groups}.get(
                section, self.institutions
            )[0]
        if not case.meta.is_negative_at(ParameterLocation.BODY):
            self._put_into_body(case, turn)

    def _put_into_body(self, case: Case, turn: int) -> None:
        if case.operation.label == PLAN:
            case.body |= period(datetime.now(UTC) + timedelta(days=200, hours=turn))
            case.body |= {"group_ids": self.groups[:1]} if turn % 2 else {}
        if case.operation.label == ASK:
            case.body |= {"institution_id": self.institutions[0], "unit_id": self.units[0], "phone": "2101234567"}
        if case.operation.label == CHOOSE_UNIT:
            case.body |= {"unit_id": self.units[turn % len(self.units)]}

        if case.operation.label == ADD_MEMBER:
            case.body |= {"email": self.coordinator.get("/api/v1/session")["person"]["email"]}

    def _candidates(self, label: str) -> list[dict[str, str]]:
        if label.endswith("/{pid}"):
            return [{"id": self.conferences[0], "pid": place} for place in self.places]
        if label.endswith("/{mid}"):
            return [{"id": self.groups[0], "mid": member} for member in self.members]
        if "{token}" in label:
            return [{"token": ticket} for ticket in self.tickets]
        dying = {CANCEL: self.to_cancel, END: self.to_end, REVOKE: self.to_revoke, DELETE_GROUP: self.to_delete}
        dying |= {RENAME_UNIT: self.own_units, CLOSE_UNIT: self.own_units}
        return [{"id": each} for each in dying.get(label) or getattr(self, label.split("/")[3].replace("-", "_"), [])]

    def _pending_sign_in(self) -> str:
        """Of somebody who has been at TaxisNet and not yet said «Είσοδος»."""
        arriving = Visitor(self.coordinator.at)
        arriving.through_taxisnet("institution-coordinator-2")
        return arriving.cookies[PENDING_COOKIE].value

    def plan(self, starts_at: datetime, **more: Any) -> str:
        body = {"title": "Από τα συμβόλαια", **period(starts_at), **more}
        planned = self.coordinator.post("/api/v1/conferences", body, expect=201)
        self._planned.append(planned["id"])
        return str(planned["id"])

    def remember(self, case: Case, response: Response) -> None:
        if case.operation.label == PLAN and response.status_code == 201:
            self._planned.append(response.json()["id"])
        if case.operation.label == ASK and response.status_code == 201:
            self.role_requests.append(response.json()["id"])
        if case.operation.label == ADD_UNIT and response.status_code == 201:
            self.own_units.append(response.json()["id"])

    def remove(self) -> None:
        """Hosts are few: other tests need them. And the coordinator goes back home."""
        self.coordinator.call("PUT", "/api/v1/account/unit", json={"unit_id": self.units[0]}, expect=200)
        here = f"/api/v1/institutions/{self.coordinator.get('/api/v1/membership')['institution']['id']}"
        for invited in self.coordinator.get(f"{here}/coordinator-invitations?limit=200")["items"]:
            path = f"/api/v1/coordinator-invitations/{invited['invitation_id']}"
            self.coordinator.call("DELETE", path, expect=(204, 403, 409))
        for id_ in self.own_units:  # somebody may have been put into one meanwhile, and stays there
            self.coordinator.call("DELETE", f"/api/v1/units/{id_}", expect=(204, 409))
        for id_ in self._planned:
            self.coordinator.call("DELETE", f"/api/v1/conferences/{id_}", expect=(204, 409))


def period(starts_at: datetime, minutes: int = 30) -> dict[str, str]:
    start = starts_at.replace(second=0, microsecond=0)
    return {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=minutes)).isoformat()}


def make(coordinator: Visitor, outside: Outside) -> Existing:
    there, moment = Existing(coordinator), datetime.now(UTC)
    planned, running, ended = (there.plan(moment + timedelta(days=days)) for days in (100, 0, 0))
    coordinator.post(f"/api/v1/conferences/{ended}/end")
    there.conferences = [planned, running, ended]
    there.to_cancel = [there.plan(moment + timedelta(days=101 + n)) for n in range(SPARE)]
    there.to_end = [there.plan(moment) for _ in range(2)]

    invited, *to_remove = (f"{n}.{moment:%H%M%S%f}@elsewhere.example" for n in range(SPARE))
    people = [{"email": invited, "name": "Φιλοξενούμενη"}, *({"email": address} for address in to_remove)]
    for conference in (planned, running):
        coordinator.post(f"/api/v1/conferences/{conference}/participants", {"people": people})
        coordinator.post(f"/api/v1/conferences/{conference}/invitations", {}, expect=202)
    participants = coordinator.get(f"/api/v1/conferences/{planned}/participants")["items"]
    there.places = [each["id"] for each in participants if each["email"] in to_remove]
    eventually(lambda: len(outside.mails_to(invited)) == 2, what="the invitations")
    there.tickets = [secret_in(link_in(mail, "/join/")) for mail in outside.mails_to(invited)]

    invitations = [
        coordinator.post("/api/v1/invitations", {"email": f"new.{address}", "surname": "Νικολάου", "name": "Νίκος"})
        for address in (invited, *to_remove)
    ]
    there.invitations, there.to_revoke = ([each["id"] for each in part] for part in (invitations[:1], invitations[1:]))
    there.institutions = [coordinator.get("/api/v1/membership")["institution"]["id"]]
    units = coordinator.get(f"/api/v1/institutions/{there.institutions[0]}/units")["items"]
    home = coordinator.get("/api/v1/membership")["unit"]["id"]
    there.units = [home, *(unit["id"] for unit in units if unit["id"] != home)]
    for n in range(SPARE):
        made = {"name": f"Μονάδα {n} {moment:%H%M%S%f}"}
        unit = coordinator.post(f"/api/v1/institutions/{there.institutions[0]}/units", made, expect=201)
        there.own_units.append(unit["id"])
    report = f"/api/v1/conferences/{ended}/report/group"
    made = [coordinator.post(report, {"name": f"Ομάδα {n}"}, expect=201)["id"] for n in range(1 + SPARE)]
    there.groups, there.to_delete = made[:1], made[1:]
    mine = {"email": coordinator.get("/api/v1/session")["person"]["email"]}
    there.members = [coordinator.post(f"/api/v1/groups/{made[0]}/members", mine)["id"]]
    return there
