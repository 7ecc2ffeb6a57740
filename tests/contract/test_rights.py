"""contracts/rights.yaml against the running services: each cell asked by somebody who is in that relation, through the
gateway; and what is done is answered as was said (S11).

A platform administrator without the second factor has no session to ask with: those cells are held by the services' own
tests, and here that there is no such session.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
import yaml

from runner.running import Running
from tests.journeys import authenticator, copies
from tests.journeys.outside import Outside, eventually
from tests.journeys.roles import give_role, membership, roles_of
from tests.journeys.test_main_job import activated, plan_now
from tests.journeys.visitor import Addresses, Visitor

RIGHTS: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "contracts" / "rights.yaml").read_text("utf-8"))
REASONS = RIGHTS["reasons"]
ALLOWED, HIDDEN = "+", "hidden"
AT_LEAST = 280  # cells that somebody can ask: a file that lost its cells proves nothing
ONE_FACTOR = "one_factor"


class Cell(NamedTuple):
    section: str
    act: str
    relation: str
    word: str

    @property
    def name(self) -> str:
        return f"{self.section}.{self.act}"

    def __str__(self) -> str:
        return f"{self.name}-{self.relation}"


EVERY_CELL = [
    Cell(name, act, relation, word)
    for name, section in RIGHTS.items()
    if name != "reasons"
    for act, row in section["acts"].items()
    for relation, word in row.items()
]
CELLS = [cell for cell in EVERY_CELL if cell.relation != ONE_FACTOR]

# Who is in which relation to the object that the section is about.
RUN_BY = {
    "lead": "institution-coordinator-1",
    "lead_elsewhere": "institution-coordinator-other",
    "unit_coordinator": "unit-coordinator-3",
    "user": "user-3",
    "administrator": "admin",
}
OWNED = {
    **RUN_BY,
    "owner": "unit-coordinator-1",
    "collaborator": "unit-coordinator-2",
    "other_unit": "unit-coordinator-3",
    "former": "user-5",
    "moved": "user-2",
    "participant": "user-1",
    "stranger": "user-3",
}
WHO: dict[str, dict[str, str]] = {
    "role_request": {**RUN_BY, "applicant": "user-1"},
    "institution": RUN_BY,
    "unit": RUN_BY,
    "coordinators": RUN_BY,
    "coordinator_invitation": {**RUN_BY, "lead_of_higher": RUN_BY["lead"]},
    "coordinator": {**RUN_BY, "fellow": RUN_BY["lead"], "self": RUN_BY["lead"]},
    "coordinator_message": RUN_BY,
    "collaboration": OWNED,
    "conference": {**OWNED, "fellow": RUN_BY["lead"]},
    "group": {**OWNED, "coordinator": OWNED["collaborator"]},
}
PEOPLE = sorted(
    {persona for relations in WHO.values() for persona in relations.values()} | {"institution-coordinator-2"}
)


class World:
    """Each object once, and everybody who stands in some relation to one."""

    def __init__(self, running: Running, at: Addresses) -> None:
        self.running, self.at, self.outside = running, at, Outside(at.sandbox)
        self.objects: dict[str, str] = {}
        self.people = {persona: self._arrive(persona) for persona in PEOPLE}
        self._undo: list[Callable[[], object]] = []

    def _arrive(self, persona: str) -> Visitor:
        if persona == "admin":
            person = Visitor(self.at)
            person.sign_in_as_administrator()
            return person
        return activated(self.at, self.outside, persona)[0]

    def id_of(self, persona: str) -> str:
        return str(self.people[persona].get("/api/v1/session")["person"]["id"])

    def email_of(self, persona: str) -> str:
        return str(self.people[persona].get("/api/v1/session")["person"]["email"])

    def place_of(self, persona: str) -> dict[str, Any]:
        return eventually(lambda: membership(self.people[persona]), what="the membership")

    def who(self, cell: Cell) -> Visitor:
        return self.people[WHO[cell.section][cell.relation]]

    def about(self, cell: Cell) -> str:
        """What stands in this relation to that person; most of a section's cells are about the same."""
        if cell.section == "coordinator_message" and cell.act != "read":
            return self.objects["institution"]
        return self.objects.get(f"{cell.section}.{cell.relation}") or self.objects[cell.section]

    def build(self) -> None:
        home = self.place_of("unit-coordinator-1")
        self.objects |= dict.fromkeys(("institution", "coordinators"), home["institution"]["id"])
        self.objects["unit"] = home["unit"]["id"]
        self._coordinators()
        self._role_request()
        self._invitations(home["unit"]["id"])
        self._collaboration()
        self._message()
        self._conferences()
        self._left_behind()

    def remove(self) -> None:
        """As it was found: others use the same people."""
        for undo in reversed(self._undo):
            undo()

    def _coordinators(self) -> None:
        self.objects["coordinator"] = self.id_of("unit-coordinator-1")
        self.objects["coordinator.fellow"] = self.id_of("institution-coordinator-2")
        self.objects["coordinator.self"] = self.id_of(RUN_BY["lead"])

    def _role_request(self) -> None:
        applicant = self.people[WHO["role_request"]["applicant"]]
        body = {
            "role": "institution_coordinator",
            "institution_id": self.objects["institution"],
            "phone": "2101234567",
            "reason": "Οργανώνω τις τηλεδιασκέψεις του φορέα.",
        }
        eventually(lambda: applicant.get("/api/v1/role-request-options")["institutions"], what="the applicant in orgs")
        id_ = self.objects["role_request"] = applicant.post("/api/v1/role-requests", body, expect=201)["id"]
        self._undo.append(lambda: applicant.call("DELETE", f"/api/v1/role-requests/{id_}", expect=204))

    def _invitations(self, unit_id: str) -> None:
        path = f"/api/v1/institutions/{self.objects['institution']}/coordinator-invitations"
        for name, role, inviter in (
            ("coordinator_invitation", "unit_coordinator", RUN_BY["lead"]),
            ("coordinator_invitation.lead_of_higher", "institution_coordinator", "admin"),
        ):
            body = {"role": role, "surname": "ΝΕΟΥ", "name": "ΝΙΚΟΣ", "email": fresh(role), "phone": "2101234567"}
            made = self.people[inviter].post(path, {**body, "unit_id": unit_id}, expect=201)["invitation_id"]
            self.objects[name] = made
            self._undo.append(
                lambda id_=made: self.people["admin"].call(
                    "DELETE", f"/api/v1/coordinator-invitations/{id_}", expect=204
                )
            )

    def _collaboration(self) -> None:
        owner, helper = self.people[OWNED["owner"]], self.people[OWNED["collaborator"]]
        helper_id = self.id_of(OWNED["collaborator"])
        owner.post("/api/v1/collaborations", {"person_ids": [helper_id]})
        found = owner.get("/api/v1/collaborations")["helpers"]
        id_ = self.objects["collaboration"] = next(each["id"] for each in found if each["person"]["id"] == helper_id)
        helper.post(f"/api/v1/collaborations/{id_}/acceptance")
        self._undo.append(lambda: owner.call("DELETE", f"/api/v1/collaborations/{id_}", expect=204))

    def _message(self) -> None:
        """A day has few messages, and others of the suite write, too."""
        with copies.database(self.running, "notifications") as connection:
            connection.execute("DELETE FROM coordinator_message")
        path = f"/api/v1/institutions/{self.objects['institution']}/coordinator-messages"
        text = {"subject": "Δικαιώματα", "body": "Δοκιμή των δικαιωμάτων."}
        sent = self.people[RUN_BY["lead"]].post(path, text, expect=202)
        self.objects["coordinator_message"] = sent["id"]

    def _conferences(self) -> None:
        owner = self.people[OWNED["owner"]]
        conference = self._planned(OWNED["owner"], participants=[{"email": self.email_of(OWNED["participant"])}])
        self.objects["conference"] = conference["id"]
        self.objects["conference.fellow"] = self._planned("institution-coordinator-2")["id"]
        self.objects["group"] = self._group(OWNED["owner"])
        self._undo.append(lambda: owner.call("DELETE", f"/api/v1/groups/{self.objects['group']}", expect=204))
        here = f"/api/v1/conferences/{conference['id']}"
        helped = self.people[OWNED["collaborator"]]
        eventually(lambda: helped.call("GET", here).status_code == 200, what="the collaboration in conferences")

    def _left_behind(self) -> None:
        """Owned by who coordinates no more, or another institution."""
        former, moved = self.people[OWNED["former"]], self.people[OWNED["moved"]]
        give_role(self.running, former, "unit_coordinator")
        self.objects["conference.former"] = self._planned(OWNED["former"], removed_by="admin")["id"]
        self.objects["group.former"] = self._group(OWNED["former"])
        step_down(former)
        home, elsewhere = self.place_of(OWNED["moved"]), self.place_of(OWNED["former"])
        give_role(self.running, moved, "unit_coordinator")
        self._undo.append(lambda: self._back_home(moved, home))
        left = self.objects["conference.moved"] = self._planned(OWNED["moved"], removed_by="admin")["id"]
        give_role(self.running, moved, "unit_coordinator", place=elsewhere)
        path = f"/api/v1/conferences/{left}"
        eventually(lambda: moved.call("GET", path).status_code == 404, what="the move in conferences")

    def _back_home(self, person: Visitor, home: dict[str, Any]) -> None:
        give_role(self.running, person, "unit_coordinator", place=home)
        eventually(lambda: membership(person) == home | {"role": "unit_coordinator"}, what="the way home")
        step_down(person)

    def _planned(self, owner: str, *, removed_by: str | None = None, **more: Any) -> dict[str, Any]:
        start = (datetime.now(UTC) + timedelta(days=60)).replace(second=0, microsecond=0)
        period = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(minutes=30)).isoformat()}
        planned = plan_now(self.people[owner], **period, **more)
        remover = self.people[removed_by or owner]
        path = f"/api/v1/conferences/{planned['id']}"
        self._undo.append(lambda: remover.call("DELETE", path, expect=204))
        return planned

    def _group(self, owner: str) -> str:
        """Made from a report, as all groups are."""
        person, ended = self.people[owner], plan_now(self.people[owner])["id"]
        person.post(f"/api/v1/conferences/{ended}/end", expect=200)
        return str(person.post(f"/api/v1/conferences/{ended}/report/group", {"name": "Ομάδα"}, expect=201)["id"])


def fresh(what: str) -> str:
    return f"rights.{what}.{datetime.now(UTC):%H%M%S%f}@elsewhere.example"


def step_down(person: Visitor) -> None:
    person.post("/api/v1/account/step-down", {"role": "user"})
    eventually(lambda: roles_of(person) == ["user"], what="the end of the role in the session")
    gone = lambda: person.call("GET", "/api/v1/groups").status_code == 403  # noqa: E731
    eventually(gone, what="the end of the role in conferences")


@pytest.fixture(scope="module")
def world(running: Running, at: Addresses, free_hosts: None) -> Iterator[World]:
    built = World(running, at)
    try:
        built.build()
        yield built
    finally:
        built.remove()


def test_as_many_cells_as_the_file_has_are_asked(capsys: pytest.CaptureFixture[str]) -> None:
    without = len(EVERY_CELL) - len(CELLS)
    with capsys.disabled():
        print(f"\n{len(CELLS)} cells of contracts/rights.yaml asked through the gateway, {without} without a session")

    assert len(CELLS) >= AT_LEAST
    assert without == len([cell for cell in EVERY_CELL if cell.relation == ONE_FACTOR]) > 0
    assert {cell.section for cell in CELLS} == set(WHO)
    assert {cell.relation for cell in CELLS if cell.relation not in WHO[cell.section]} == set()


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_a_cell_is_what_is_answered(world: World, cell: Cell) -> None:
    asked = {"act": cell.name, "object": world.about(cell)}

    answer = world.who(cell).call("GET", "/api/v1/permissions", params=asked)

    if cell.word == HIDDEN:
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
        return
    reason = None if cell.word == ALLOWED else cell.word
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"allowed": reason is None, "reason": reason, "explanation": REASONS.get(reason)}


Request = tuple[str, str, Any]  # method, path, body
SAME_NAME = {"name": "Διεύθυνση Εφαρμογών"}  # a unit's, of the seed
INVITED = {"surname": "ΝΕΟΥ", "name": "ΝΙΚΟΣ", "phone": "2101234567"}


@pytest.fixture(scope="module")
def doing(world: World) -> dict[str, Callable[[str], Request]]:
    return requests_of(world)


def requests_of(world: World) -> dict[str, Callable[[str], Request]]:
    """Each act as it is really done. What is allowed changes nothing: it is so already, or its state forbids it."""
    institution, unit = "/api/v1/institutions", "/api/v1/units"
    invitation, conference = "/api/v1/coordinator-invitations", "/api/v1/conferences"
    name = world.place_of(OWNED["owner"])["institution"]["name"]
    known = {**INVITED, "email": world.email_of("institution-coordinator-2"), "unit_id": world.objects["unit"]}

    def invite(role: str) -> Callable[[str], Request]:
        return lambda id_: ("POST", f"{institution}/{id_}/coordinator-invitations", {**known, "role": role})

    return {
        "role_request.read": lambda id_: ("GET", f"/api/v1/role-requests/{id_}", None),
        "role_request.accept": lambda id_: ("POST", f"/api/v1/role-requests/{id_}/acceptance", None),
        "role_request.reject": lambda id_: ("POST", f"/api/v1/role-requests/{id_}/rejection", {"comment": "Όχι"}),
        "role_request.withdraw": lambda id_: ("DELETE", f"/api/v1/role-requests/{id_}", None),
        "institution.create": lambda _id: ("POST", institution, {"name": name}),
        "institution.edit": lambda id_: ("PATCH", f"{institution}/{id_}", {"name": name}),
        "institution.close": lambda id_: ("POST", f"{institution}/{id_}/closure", None),
        "institution.reopen": lambda id_: ("POST", f"{institution}/{id_}/reopening", None),
        "institution.inspect": lambda id_: ("GET", f"{institution}/{id_}/figures", None),
        "institution.add_unit": lambda id_: ("POST", f"{institution}/{id_}/units", SAME_NAME),
        "unit.rename": lambda id_: ("PATCH", f"{unit}/{id_}", SAME_NAME),
        "unit.close": lambda id_: ("DELETE", f"{unit}/{id_}", None),
        "collaboration.accept": lambda id_: ("POST", f"/api/v1/collaborations/{id_}/acceptance", None),
        "collaboration.end": lambda id_: ("DELETE", f"/api/v1/collaborations/{id_}", None),
        "coordinators.list": lambda id_: ("GET", f"{institution}/{id_}/coordinators", None),
        "coordinators.invite_unit_coordinator": invite("unit_coordinator"),
        "coordinators.invite_institution_coordinator": invite("institution_coordinator"),
        "coordinator_invitation.resend": lambda id_: ("POST", f"{invitation}/{id_}/resend", None),
        "coordinator_invitation.revoke": lambda id_: ("DELETE", f"{invitation}/{id_}", None),
        "coordinator_invitation.confirm": lambda id_: ("POST", f"{invitation}/{id_}/confirmation", None),
        "coordinator.read": lambda id_: ("GET", f"/api/v1/coordinators/{id_}", None),
        "coordinator.demote": lambda id_: ("POST", f"/api/v1/coordinators/{id_}/demotion", None),
        "conference.read": lambda id_: ("GET", f"{conference}/{id_}", None),
        "conference.edit": lambda id_: ("PATCH", f"{conference}/{id_}", {"description": "Δικαιώματα"}),
        "conference.cancel": lambda id_: ("DELETE", f"{conference}/{id_}", None),
        "conference.handover": lambda id_: (
            "POST",
            f"{conference}/{id_}/handover",
            {"person_id": world.id_of(OWNED["stranger"])},
        ),
        "conference.participants": lambda id_: ("GET", f"{conference}/{id_}/participants", None),
        "conference.invite": lambda id_: ("POST", f"{conference}/{id_}/invitations", {}),
        "conference.live": lambda id_: ("GET", f"{conference}/{id_}/live", None),
        "conference.end": lambda id_: ("POST", f"{conference}/{id_}/end", None),
        "conference.report": lambda id_: ("GET", f"{conference}/{id_}/report", None),
        "conference.host_start": lambda id_: ("POST", f"{conference}/{id_}/host-start", None),
        "conference.join": lambda id_: ("POST", f"{conference}/{id_}/join", None),
        "coordinator_message.send": lambda id_: (
            "POST",
            f"{institution}/{id_}/coordinator-messages",
            {"subject": "Δικαιώματα", "body": "Δοκιμή"},
        ),
        "coordinator_message.list": lambda id_: ("GET", f"{institution}/{id_}/coordinator-messages", None),
        "coordinator_message.read": lambda id_: ("GET", f"/api/v1/coordinator-messages/{id_}", None),
        "group.read": lambda id_: ("GET", f"/api/v1/groups/{id_}", None),
        "group.edit": lambda id_: ("PATCH", f"/api/v1/groups/{id_}", {"name": "Ομάδα"}),
        "group.delete": lambda id_: ("DELETE", f"/api/v1/groups/{id_}", None),
        "group.members": lambda id_: (
            "POST",
            f"/api/v1/groups/{id_}/members",
            {"email": world.email_of(OWNED["participant"])},
        ),
    }


# Allowed, these change what other cells are about; that they work is seen when the world is made and removed.
LASTING = {
    "role_request.accept",
    "role_request.reject",
    "role_request.withdraw",
    "collaboration.end",
    "coordinator_invitation.revoke",
    "coordinator.demote",
    "conference.cancel",
    "coordinator_message.send",
    "group.delete",
}
# Its refusal is that of a group that is none, at a conference that is the person's: tests/journeys/test_groups.py.
ELSEWHERE = {"group.use"}
DONE = [cell for cell in CELLS if cell.name not in ELSEWHERE and not (cell.word == ALLOWED and cell.name in LASTING)]


def test_the_acts_that_are_done_are_all_but_one(doing: dict[str, Any]) -> None:
    assert {cell.name for cell in CELLS} - set(doing) == ELSEWHERE


@pytest.mark.parametrize("cell", DONE, ids=str)
def test_what_is_done_is_answered_as_was_said(world: World, doing: dict[str, Any], cell: Cell) -> None:
    method, path, body = doing[cell.name](world.about(cell))
    content = {"json": body} if body is not None else {}

    answer = world.who(cell).call(method, path, headers={"If-Match": "*"} if method == "PATCH" else {}, **content)

    assert said(answer) == cell.word, answer.text


def said(answer: requests.Response) -> str:
    """What is allowed may still be impossible just now, and says so; it is not malformed."""
    if answer.status_code == 404:
        return HIDDEN
    if answer.status_code == 403:
        problem = answer.json()
        assert problem["detail"] == REASONS[problem["reason"]]["el"]
        return str(problem["reason"])
    return ALLOWED if answer.status_code in (200, 201, 202, 204, 409, 422, 429) else f"status {answer.status_code}"


def test_without_the_second_factor_an_administrator_has_no_session(world: World) -> None:
    """`one_factor`: those cells are nobody's."""
    arriving = Visitor(world.at)
    assert arriving.sign_in("admin") == "two_factor"
    wrong = authenticator.of(world.at.gateway, "admin").wrong_code()

    arriving.post("/api/v1/sign-in/two-factor", {"code": wrong}, expect=422)

    arriving.call("GET", "/api/v1/session", expect=401)
    assert arriving.call("GET", "/api/v1/permissions", params={"act": "institution.create"}).status_code == 401


@pytest.mark.parametrize("asked", [{"act": "institution.paint"}, {"act": "unit.rename"}, {"object": "mine"}], ids=str)
def test_what_is_no_question_is_refused_as_such(world: World, asked: dict[str, str]) -> None:
    refused = world.people["user-1"].call("GET", "/api/v1/permissions", params=asked, expect=400)

    assert refused.json()["type"] == "/problems/invalid-request"
