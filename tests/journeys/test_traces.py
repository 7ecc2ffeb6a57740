"""A marker person leaves no trace where personal data does not belong: logs, metrics, public events, addresses."""

import json
import re
from collections.abc import Iterable

import pika
import pytest
import requests

from runner.running import Running
from tests.journeys.listening import ear
from tests.journeys.outside import Outside, eventually, link_in
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


def logs(running: Running) -> Iterable[tuple[str, str]]:
    for log in sorted(running.suite.logs.glob("*.log*")):
        if not log.name.startswith("sandbox"):  # the outside world may know
            yield log.name, log.read_text(errors="replace")


def figures(running: Running) -> Iterable[tuple[str, str]]:
    """Of every process: where it says that it is ready, the gateway apart, whose own port the public does not reach."""
    said_ready = [process.ready for process in running.processes.all() if process.name not in ("sandbox", "gateway")]
    for ready in [*said_ready, running.suite.url("gateway.ops") + "/health/ready"]:
        address = ready.replace("/health/ready", "/metrics")
        answer = requests.get(address, timeout=10)
        assert answer.ok, address
        yield address, answer.text


def addresses_in(pages: dict[str, str]) -> Iterable[tuple[str, str]]:
    """Where a page's links and forms lead, and what it fetches."""
    for path, page in pages.items():
        found = re.findall(r'(?:href|action|src)="([^"]*)"', page)
        assert found, path
        yield f"addresses on {path}", "\n".join(found)


def read_by(reader: Visitor, *paths: str) -> dict[str, str]:
    return {path: reader.call("GET", path, expect=200).text for path in paths}


def amqp(running: Running) -> str:
    return running.processes.service("notifications", "worker").environment["AMQP_URL"]


def test_the_marker_person_is_found_nowhere(
    running: Running, at: Addresses, outside: Outside, coordinator: Visitor
) -> None:
    with ear(amqp(running)) as listener:
        person, address = activated(at, outside, PERSONA)
        persona = outside.personas()[PERSONA]
        conference = plan_now(coordinator, participants=[{"email": address}])
        here = f"/api/v1/conferences/{conference['id']}"
        coordinator.post(f"{here}/invitations", {}, expect=202)
        mail = outside.mail_with(address, str(conference["title"]))
        person.get("/api/v1/conferences?scope=current")
        coordinator.get("/api/v1/people", params={"search": persona["surname"]})
        page, mine = f"/conferences/{conference['id']}", ("/", "/conferences")
        seen = read_by(coordinator, page, f"{page}?search={persona['surname']}", f"{page}/live", "/conferences")
        assert address in seen[page], "the page itself does name the person"
        seen |= read_by(person, *mine)
        links = re.findall(r"https?://[^\s\"<>]+", mail["text"] + (mail["html"] or ""))
        assert link_in(mail, "/join/") in links
        coordinator.post(f"{here}/end", expect=200)
        report = read_by(coordinator, f"{page}/report")
        eventually(lambda: any("conference.scheduled" in key for _, key, _ in listener.listen()), what="a public fact")
    secrets = {persona["taxid"], persona["surname"], persona["name"], address, address.split("@")[0]}

    assert not leaks([*logs(running), *figures(running), *listener.impersonal_so_far()], secrets)
    # What somebody typed into the search box is in that page's own address, and nowhere in one of ours.
    assert not leaks([*addresses_in(seen), *addresses_in(report), ("mail", "\n".join(links))], secrets)


PLANTED = "ΜΑΡΚΑΡΗΣ"
MARKERS = {PLANTED, "marker@staff.example"}


@pytest.mark.parametrize(
    "planted", ['{"event": "signed in", "surname": "ΜΑΡΚΑΡΗΣ"}', "GET /confirm?email=marker%40staff.example"]
)
def test_a_leak_planted_in_a_log_is_found(running: Running, planted: str) -> None:
    log = running.suite.logs / "planted.log"
    log.write_text(f'{{"event": "ready"}}\n{planted}\n')
    try:
        assert [leak.partition(":")[0] for leak in leaks(logs(running), MARKERS)] == [log.name]
    finally:
        log.unlink()


@pytest.mark.parametrize(
    ("exchange", "kind", "found"),
    [
        ("epresence.public", "conferences.conference", True),
        ("epresence.internal", "conferences.conference", True),
        ("epresence.internal", "identity.person", False),  # this family may name people
    ],
)
def test_a_leak_planted_in_a_fact_is_found(running: Running, exchange: str, kind: str, found: bool) -> None:
    type_ = f"gr.epresence.{kind}.planted.v1"
    with ear(amqp(running)) as listener, pika.BlockingConnection(pika.URLParameters(amqp(running))) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        channel.basic_publish(exchange, type_, json.dumps({"type": type_, "data": {"surname": PLANTED}}).encode())
        eventually(lambda: any(key == type_ for _, key, _ in listener.listen()), what="the planted fact")

    assert bool(leaks(listener.impersonal_so_far(), MARKERS)) is found


@pytest.mark.parametrize(
    "planted", ["/conferences?q=%CE%9C%CE%91%CE%A1%CE%9A%CE%91%CE%A1%CE%97%CE%A3", "/confirm/ΜΑΡΚΑΡΗΣ"]
)
def test_a_leak_planted_in_an_address_is_found(planted: str) -> None:
    assert leaks(addresses_in({"/": f'<p>ΜΑΡΚΑΡΗΣ <a href="{planted}">'}), MARKERS)
    assert not leaks(addresses_in({"/": '<p>ΜΑΡΚΑΡΗΣ <a href="/">'}), MARKERS)
