"""A marker person leaves no trace where personal data does not belong: logs, metrics, public events, addresses."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
import requests

from runner.running import Running
from tests.journeys.listening import ear
from tests.journeys.outside import Outside, eventually
from tests.journeys.test_main_job import activated, plan_now
from tests.journeys.visitor import Addresses, Visitor

PERSONA = "user-6"


def leaks(texts: Iterable[tuple[str, str]], secrets: Iterable[str]) -> list[str]:
    """Which place shows which secret; compared without case, also percent-encoded or escaped as JSON does."""
    forms = {
        form.lower()
        for secret in secrets
        for form in (secret, requests.utils.quote(secret), json.dumps(secret)[1:-1], secret.replace("@", "%40"))
    }
    return [f"{place}: {form}" for place, text in texts for form in forms if form in text.lower()]


def published(running: Running) -> Iterable[tuple[str, str]]:
    for log in sorted(running.suite.logs.glob("*.log*")):
        if not log.name.startswith("sandbox"):  # the outside world may know
            yield log.name, log.read_text(errors="replace")
    for process in running.processes.all():
        if process.name != "sandbox" and process.ready:
            address = process.ready.replace("/health/ready", "/metrics")
            answer = requests.get(address, timeout=10)
            if answer.ok:
                yield address, answer.text


def test_the_marker_person_is_found_nowhere(
    running: Running, at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    with ear(running.processes.service("notifications", "worker").environment["AMQP_URL"]) as listener:
        person, address = activated(at, outside, PERSONA)
        persona = outside.personas()[PERSONA]
        conference = plan_now(coordinator, participants=[{"email": address}])
        coordinator.post(f"/api/v1/conferences/{conference['id']}/invitations", {}, expect=202)
        outside.mail_with(address, str(conference["title"]))
        person.get("/api/v1/conferences?scope=current")
        coordinator.get("/api/v1/people", params={"search": persona["surname"]})
        eventually(lambda: any("conference.scheduled" in key for _, key, _ in listener.listen()), what="a public fact")
    secrets = {persona["taxid"], persona["surname"], address, address.split("@")[0]}

    assert not leaks([*published(running), *listener.impersonal_so_far()], secrets)
    assert not re.search(
        "|".join(map(re.escape, secrets)), requests.get(at.gateway + "/api/v1/openapi.json", timeout=10).text
    )


@pytest.mark.parametrize(
    "planted", ['{"event": "signed in", "surname": "ΜΑΡΚΑΡΗΣ"}', "GET /confirm?email=marker%40staff.example"]
)
def test_a_planted_leak_is_found(tmp_path: Path, planted: str) -> None:
    log = tmp_path / "identity.web.log"
    log.write_text(f'{{"event": "ready"}}\n{planted}\n')

    assert leaks([(log.name, log.read_text())], {"ΜΑΡΚΑΡΗΣ", "marker@staff.example"})
