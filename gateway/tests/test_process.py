"""The process: what it writes down, and how it ends."""

import json
import threading
import time
from collections.abc import Callable
from uuid import uuid4

import requests
from gateway_process import Gateway, eventually
from played_services import Reply, Suite

THING = str(uuid4())


def test_the_log_holds_operations_never_values(start: Callable[..., Gateway], suite: Suite, session: str) -> None:
    gateway = start()
    program = suite.sessions.open()
    gateway.get(f"/api/v1/things/{THING}", session=session)
    gateway.get("/api/v1/things?search=Papadopoulou", headers={"Authorization": f"Bearer {program}"})
    gateway.get("/api/v1/join/ticket-0123456789")
    gateway.get("/join/ticket-0123456789?name=Papadopoulou")
    gateway.get("/api/v1/nothing/Papadopoulou")
    gateway.post("/api/v1/things", session=session, json={"name": "Papadopoulou", "more": "Papadopoulou"})
    suite.orgs.reply = lambda _request: Reply(reset=True)
    gateway.get("/api/v1/things?search=Papadopoulou", session=session)
    suite.sessions.refuse_with = Reply(500)
    gateway.get("/api/v1/things", session=suite.sessions.open())

    figures = requests.get(f"{gateway.ops_url}/metrics", timeout=5).text
    told = gateway.log + figures

    routes = [json.loads(line).get("route") for line in gateway.log.splitlines() if line.startswith("{")]
    assert {"orgs.things.read", "orgs.things.find", "conferences.join.read", "portal", "unknown"} <= set(routes)
    for value in (session, program, THING, "ticket-0123456789", "Papadopoulou", "127.0.0.1", "phantom"):
        assert value not in told, value


def test_on_sigterm_what_is_in_hand_is_finished(start: Callable[..., Gateway], suite: Suite, session: str) -> None:
    gateway = start()
    suite.orgs.reply = lambda _request: Reply(delay=1)
    idle = requests.Session()
    idle.get(f"{gateway.url}/health/live", timeout=5)
    answers: list[int] = []
    asking = threading.Thread(
        target=lambda: answers.append(gateway.get(f"/api/v1/things/{THING}", session=session).status_code)
    )
    asking.start()
    eventually(lambda: suite.orgs.received)

    began = time.monotonic()
    gateway.stop()
    asking.join()

    assert answers == [200]
    assert time.monotonic() - began < 15  # a browser's idle connection holds nothing up, or it would be twenty
    assert gateway.process.returncode == 0
    idle.close()


def test_before_it_ends_it_says_that_it_is_not_ready(start: Callable[..., Gateway]) -> None:
    gateway = start(drain_seconds="2")
    with requests.Session() as line:
        assert line.get(f"{gateway.url}/health/ready", timeout=5).status_code == 200
        gateway.process.terminate()
        time.sleep(0.5)

        assert line.get(f"{gateway.url}/health/ready", timeout=5).status_code == 503
        assert line.get(f"{gateway.url}/health/live", timeout=5).status_code == 200
