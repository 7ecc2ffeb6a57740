"""The main job while its neighbours fail: broker stopped, Zoom and mail away, workers killed; it ends the same."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

import pytest

from runner.running import Running
from tests.journeys.copies import quiet
from tests.journeys.outside import Outside, calendar_entries, eventually, link_in
from tests.journeys.roles import coordinates, membership, roles_of
from tests.journeys.test_main_job import activated, enter, plan_now
from tests.journeys.test_roles import REQUESTS, STEP_DOWN, wish
from tests.journeys.visitor import Addresses, Visitor

COORDINATOR = "unit-coordinator-1"
WORKERS = ("identity.worker", "orgs.worker", "conferences.worker", "notifications.worker")


# Long enough for every client to notice and back off; a minute when there is time for it.
HEALED_SECONDS = 30.0
SECONDS = [8, pytest.param(60, marks=pytest.mark.long)]


@contextmanager
def broker_away(running: Running, seconds: int) -> Iterator[None]:
    running.rabbitmq.stop()
    back = threading.Timer(seconds, running.rabbitmq.start)
    back.start()
    yield
    back.join()


@contextmanager
def fault(outside: Outside, system: str, seconds: int) -> Iterator[None]:
    outside.put(f"/faults/{system}", mode="error")
    back = threading.Timer(seconds, lambda: outside.put(f"/faults/{system}", mode="off"))
    back.start()
    yield
    back.join()


def kill(running: Running, name: str) -> None:
    os.kill(running.state()[name]["pid"], signal.SIGKILL)


def walk(
    at: Addresses, outside: Outside, coordinator: Visitor, disturb: Callable[[], AbstractContextManager[object]]
) -> None:
    """Plan, invite, join, leave, end, report; `disturb` is in force from before the planning."""
    guests = [f"g{n}.{datetime.now(UTC):%H%M%S%f}@elsewhere.example" for n in range(3)]

    with disturb():
        conference = plan_now(coordinator)
        here = f"/api/v1/conferences/{conference['id']}"
        coordinator.post(
            f"{here}/participants",
            {"people": [{"email": guest, "name": f"Προσκεκλημένη {guest[:2]}"} for guest in guests]},
        )
        coordinator.post(f"{here}/invitations", {}, expect=202)

    coordinator.sign_in(COORDINATOR)  # a run of all the long tests may have left the session idle for too long
    mails = {guest: outside.mail_with(guest, str(conference["title"]), within=120) for guest in guests}
    eventually(lambda: coordinator.get(here)["room"] == "ready", within=120, what="the room")
    for mail in mails.values():
        enter(at, link_in(mail, "/join/"))
    meeting = outside.meeting_of(conference["number"])
    assert meeting
    marked = [each for each in outside.meetings() if each["agenda"].startswith(f"epresence:{conference['id']}:")]
    assert len(marked) == 1, "one meeting per marker"
    began = datetime.now(UTC).replace(microsecond=0)
    for registrant in meeting["registrants"]:
        outside.move(meeting["id"], registrant["id"], "join", began)
    coordinator.post(f"{here}/end", expect=200)
    eventually(lambda: coordinator.get(here)["room"] == "closed", within=120, what="the closed room")

    truth = sorted(item["seconds"] for item in outside.attendance(meeting["id"]))
    eventually(
        lambda: sorted(p["duration_seconds"] for p in coordinator.get(f"{here}/report")["participants"]) == truth,
        within=120,
        what=f"durations {truth}",
    )
    for guest in guests:
        invitations = [mail for mail in outside.mails_to(guest) if calendar_entries(mail)]
        assert len({mail["message_id"] for mail in invitations}) == len(invitations) == 1, "one invitation each"


# The broker started again belongs to the suite, not to this process: it is meant to outlive its Popen object.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("seconds", SECONDS)
def test_the_broker_stopped(
    running: Running, at: Addresses, outside: Outside, coordinator: Visitor, seconds: int
) -> None:
    walk(at, outside, coordinator, lambda: broker_away(running, seconds))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("seconds", SECONDS)
def test_a_role_given_while_the_broker_is_stopped(
    running: Running, at: Addresses, outside: Outside, seconds: int, capsys: pytest.CaptureFixture[str]
) -> None:
    person, address = activated(at, outside, "user-1")
    leader = Visitor(at)
    leader.sign_in("institution-coordinator-1")
    asked = person.post(REQUESTS, wish(person), expect=201)
    told = [mail["id"] for mail in outside.mails_to(address)]

    with broker_away(running, seconds):
        accepted = leader.post(f"{REQUESTS}/{asked['id']}/acceptance", expect=200)
        assert accepted["state"] == "accepted"
        assert (membership(person) or {})["role"] == "institution_coordinator", "orgs knows what it has given"
        assert not coordinates(person), "conferences has not heard"
        assert roles_of(person) == ["user"]
    back = time.monotonic()

    for where, there in {
        "conferences": lambda: coordinates(person),
        "the session": lambda: roles_of(person) == ["institution_coordinator"],
    }.items():
        eventually(there, within=HEALED_SECONDS, every=0.02, what=f"the role in {where}")
        with capsys.disabled():
            print(f"\na coordinator {time.monotonic() - back:.1f} s after the broker is back: {where}", end="")

    def granted() -> list[str]:
        news = [mail for mail in outside.mails_to(address) if mail["id"] not in told]
        return [mail["id"] for mail in news if "Έχετε πλέον τον ρόλο" in mail["text"]]

    eventually(granted, within=60, what="the mail about the role")
    eventually(lambda: quiet(running), within=60, what="the last fact sent")
    assert len(granted()) == 1
    person.post(STEP_DOWN, {"role": "user"})


@pytest.mark.parametrize("seconds", SECONDS)
@pytest.mark.parametrize("system", ["zoom", "mail"])
def test_a_neighbour_away(system: str, at: Addresses, outside: Outside, coordinator: Visitor, seconds: int) -> None:
    walk(at, outside, coordinator, lambda: fault(outside, system, seconds))


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_killed_in_the_middle(
    worker: str, running: Running, at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    @contextmanager
    def killed() -> Iterator[None]:
        killer = threading.Timer(0.4, lambda: kill(running, worker))
        killer.start()
        yield
        killer.join()
        time.sleep(0.1)

    before = running.state()[worker]["starts"]
    walk(at, outside, coordinator, killed)

    eventually(lambda: running.state()[worker]["starts"] > before, what="the worker started again")
