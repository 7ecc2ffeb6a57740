"""The second factor through the whole suite: on by a user, asked for at the next sign-in, told by mail (S10)."""

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from runner.running import Running
from tests.journeys import authenticator
from tests.journeys.authenticator import Authenticator
from tests.journeys.identities import replica, restart
from tests.journeys.outside import Outside, eventually
from tests.journeys.test_main_job import activated
from tests.journeys.test_traces import figures, leaks, logs
from tests.journeys.visitor import Addresses, Visitor

PERSONA = "user-5"
PATH = "/api/v1/account/two-factor"
MISTYPED = "MISTYPED-BUT-NEARLY-MY-CODE"  # six digits would be found in any log, as part of a time or an id


@pytest.fixture(scope="module")
def person(at: Addresses) -> tuple[Visitor, str]:
    return activated(at, Outside(at.sandbox), PERSONA)


@pytest.fixture
def phone(at: Addresses, person: tuple[Visitor, str]) -> Iterator[Authenticator]:
    """On, for one test."""
    visitor, _ = person
    assert visitor.sign_in(PERSONA) == "done"
    visitor.turn_two_factor_on(PERSONA)
    telephone = authenticator.of(at.gateway, PERSONA)
    yield telephone
    last = Visitor(at)
    last.sign_in_by_two_factors(PERSONA)
    last.post(f"{PATH}/deactivation", {"code": telephone.code()})


def told(outside: Outside, address: str, subject: str) -> bool:
    return any(subject in mail["subject"] for mail in outside.mails_to(address))


def test_once_on_every_sign_in_asks_for_a_code(
    at: Addresses, outside: Outside, person: tuple[Visitor, str], phone: Authenticator, running: Running
) -> None:
    visitor, address = person
    again = Visitor(at)
    assert again.sign_in(PERSONA) == "two_factor"
    again.call("GET", "/api/v1/session", expect=401)
    wrong = again.post("/api/v1/sign-in/two-factor", {"code": phone.wrong_code()}, expect=422)
    assert wrong["attempts_left"] == 4
    again.post("/api/v1/sign-in/two-factor", {"code": MISTYPED}, expect=422)
    code = phone.code()

    again.post("/api/v1/sign-in/two-factor", {"code": code})

    assert again.get(PATH)["active"]
    spent = again.post(f"{PATH}/recovery-codes", {"code": code}, expect=409)
    assert spent["type"] == "/problems/code-spent"
    codes = again.post(f"{PATH}/recovery-codes", {"code": phone.code()})["recovery_codes"]
    visitor.sign_in(PERSONA)
    visitor.post("/api/v1/sign-in/two-factor", {"code": codes[0].lower()})
    eventually(lambda: told(outside, address, "turned on"), what="the mail about turning it on")
    eventually(lambda: told(outside, address, "A recovery code was used"), what="the mail about the recovery code")
    plain = [each.replace("-", "") for each in codes]
    assert not leaks([*logs(running), *figures(running)], [phone.secret, MISTYPED, *codes, *plain]), (
        "nothing of it is in logs and figures"
    )


def test_wrong_codes_count_at_every_replica_and_over_a_restart(
    running: Running, at: Addresses, person: tuple[Visitor, str]
) -> None:
    """Five end a sign-in, ten close the authenticator, wherever they were heard; the recovery codes stay good."""
    visitor, _ = person
    assert visitor.sign_in(PERSONA) == "done"
    recovery, phone = visitor.turn_two_factor_on(PERSONA), authenticator.of(at.gateway, PERSONA)
    with replica(running) as second:
        doors = [running.suite.url("identity.web"), second]
        for _ in range(2):
            guesser = Visitor(at)
            assert guesser.sign_in(PERSONA) == "two_factor"
            answers = [answer_to(guesser, door, phone.wrong_code()) for door in doors]
            restart(running)
            answers += [answer_to(guesser, door, phone.wrong_code()) for door in [*doors, doors[0]]]
            assert [answer.get("attempts_left") for answer in answers] == [4, 3, 2, 1, 0]
            assert answer_to(guesser, second, phone.code())["status"] == 401, "the sign-in is over"
        late = Visitor(at)
        assert late.sign_in(PERSONA) == "two_factor"
        for door in doors:
            assert answer_to(late, door, phone.code())["type"] == "/problems/too-many-attempts"

    late.post("/api/v1/sign-in/two-factor", {"code": recovery[0]})
    late.post(f"{PATH}/deactivation", {"code": recovery[1]})


def answer_to(guesser: Visitor, door: str, code: str) -> dict[str, Any]:
    """Of one replica, past the gateway."""
    return dict(guesser.call("POST", f"{door}/api/v1/sign-in/two-factor", json={"code": code}).json())


def test_an_administrator_signs_in_by_two_factors_only(at: Addresses) -> None:
    administrator = Visitor(at)

    administrator.sign_in_as_administrator()

    roles = [role["role"] for role in administrator.get("/api/v1/session")["roles"]]
    assert "platform_administrator" in roles
    assert administrator.get(PATH)["required"]
    last = {"code": authenticator.of(at.gateway, "admin").wrong_code()}
    assert administrator.post(f"{PATH}/deactivation", last, expect=409)["type"] == "/problems/two-factor-required"
    administrator.get("/api/v1/institutions")


def test_an_administrator_resets_somebodys_and_the_sessions_end_everywhere(
    at: Addresses, outside: Outside, person: tuple[Visitor, str]
) -> None:
    visitor, address = person
    visitor.sign_in(PERSONA)
    visitor.turn_two_factor_on(PERSONA)
    person_id = visitor.get("/api/v1/session")["person"]["id"]
    administrator = Visitor(at)
    administrator.sign_in_as_administrator()

    administrator.post(f"/api/v1/admin/people/{person_id}/two-factor/reset")

    eventually(
        lambda: visitor.call("GET", "/api/v1/session").status_code == 401, within=3, what="the end of the session"
    )
    eventually(lambda: told(outside, address, "Support has removed"), what="the mail about the reset")
    assert visitor.sign_in(PERSONA) == "done"


def test_the_last_administrators_is_reset_by_a_command(running: Running, at: Addresses, outside: Outside) -> None:
    administrator = Visitor(at)
    administrator.sign_in_as_administrator()
    number = str(administrator.get("/api/v1/session")["person"]["number"])
    command = running.processes.service("identity", "reset-two-factor", number)

    subprocess.run(command.command, env=command.environment, check=True, capture_output=True, timeout=60)

    eventually(
        lambda: administrator.call("GET", "/api/v1/session").status_code == 401, within=3, what="the session's end"
    )
    assert administrator.sign_in("admin") == "two_factor_setup"
    administrator.turn_two_factor_on("admin")
    assert administrator.get(PATH)["active"]
