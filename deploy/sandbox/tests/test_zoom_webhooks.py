"""Events as an endpoint gets them: validated first, signed, retried, and with mischief."""

import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sandbox.server import Server
from sandbox.world import World

from .conftest import ZoomClient, make_settings
from .waiting import eventually

SECRET = b"example-secret-token"


class Endpoint(ThreadingHTTPServer):
    """The suite's side: proves itself, keeps what it gets, answers as told."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Receiver)
        self.received = []
        self.validations = 0
        self.status = 204
        self.proves_itself = True
        self.delay = 0.0
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hooks/zoom"

    def events(self, kind=None):
        told = [json.loads(body) for _, body in self.received]
        return [event for event in told if kind in (None, event["event"])]


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        event = json.loads(body)
        if event["event"] == "endpoint.url_validation":
            self.server.validations += 1
            plain = event["payload"]["plainToken"]
            proof = hmac.new(SECRET, plain.encode(), hashlib.sha256).hexdigest()
            answer = json.dumps({"plainToken": plain, "encryptedToken": proof}).encode()
            self.reply(200 if self.server.proves_itself else 500, answer)
        else:
            self.server.received.append((dict(self.headers), body))
            time.sleep(self.server.delay)
            self.reply(self.server.status, b"")

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def endpoint():
    listening = Endpoint()
    yield listening
    listening.shutdown()
    listening.server_close()


@pytest.fixture
def zoom(endpoint):
    running = Server(World(make_settings(sandbox_zoom_webhook_url=endpoint.url)))
    running.start()
    with ZoomClient(running) as client:
        yield client
    running.stop()


def attend(zoom, first_name="Μαρία"):
    """One person in and out again."""
    meeting = zoom.meeting(topic="Συνεδρίαση 14")
    registrant = zoom.registrant(meeting, first_name=first_name)
    zoom.play(meeting, registrant, "join", at="2027-03-01T10:00:00Z")
    zoom.play(meeting, registrant, "leave", at="2027-03-01T10:30:00Z")
    return meeting, registrant


def test_every_event_is_signed_over_its_bytes(zoom, endpoint):
    attend(zoom, first_name="Μαρία 😀")
    eventually(lambda: endpoint.events("meeting.ended"))

    for headers, body in endpoint.received:
        timestamp = headers["x-zm-request-timestamp"]
        digest = hmac.new(SECRET, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        assert headers["x-zm-signature"] == f"v0={digest}"
        assert abs(int(timestamp) - time.time()) < 10
    assert "Μαρία \\uD83D\\uDE00".encode() in b"".join(body for _, body in endpoint.received)


def test_payloads_have_the_ids_and_times_of_the_original(zoom, endpoint):
    meeting, registrant = attend(zoom)
    eventually(lambda: endpoint.events("meeting.ended"))
    [created], [registered] = (endpoint.events(f"meeting.{fact}") for fact in ("created", "registration_created"))
    [started], [joined], [left], [ended] = (
        endpoint.events(f"meeting.{fact}") for fact in ("started", "participant_joined", "participant_left", "ended")
    )

    assert created["payload"]["object"]["id"] == meeting["id"]
    assert registered["payload"]["object"]["registrant"]["join_url"] == registrant["join_url"]
    assert started["payload"]["object"]["host_email"] == "host01@zoom.example"
    person = joined["payload"]["object"]["participant"]
    assert joined["payload"]["object"]["id"] == str(meeting["id"])
    assert joined["event_ts"] == 1_803_895_200_000
    assert person["registrant_id"] == registrant["registrant_id"]
    assert (person["join_time"], person["email"], person["id"]) == ("2027-03-01T10:00:00Z", "p-1@alias.example", "")
    assert left["payload"]["object"]["participant"]["user_id"] == person["user_id"]
    assert left["payload"]["object"]["participant"]["leave_time"] == "2027-03-01T10:30:00Z"
    assert "<br>Reason: " in left["payload"]["object"]["participant"]["leave_reason"]
    assert ended["payload"]["object"]["end_time"] == "2027-03-01T10:30:00Z"
    assert len({event["payload"]["object"]["uuid"] for event in (started, joined, left, ended)}) == 1


def test_update_tells_only_what_changed(zoom, endpoint):
    meeting = zoom.meeting()
    zoom.api("PATCH", f"/meetings/{meeting['id']}", {"topic": "Άλλη", "settings": {"join_before_host": False}})

    [event] = eventually(lambda: endpoint.events("meeting.updated"))

    changed = {"topic": "Άλλη", "settings": {"join_before_host": False}}
    assert event["payload"]["object"] == {"id": meeting["id"]} | changed
    assert event["payload"]["old_object"]["topic"] == "Τηλεδιάσκεψη 7"


def test_nothing_is_sent_before_the_endpoint_proved_itself(zoom, endpoint):
    eventually(lambda: zoom.get("/zoom/webhooks").json()["validated"])
    endpoint.proves_itself = False
    zoom.put("/clock", json={"offset_seconds": 72 * 3600})
    eventually(lambda: not zoom.get("/zoom/webhooks").json()["validated"])
    zoom.renew()
    zoom.meeting()
    eventually(lambda: endpoint.validations >= 3)
    assert endpoint.received == []

    endpoint.proves_itself = True

    eventually(lambda: endpoint.events("meeting.created"))


def test_refused_event_is_tried_four_times_and_dropped(zoom, endpoint):
    endpoint.status = 500
    zoom.meeting()
    eventually(lambda: len(endpoint.received) == 1)
    for tries, minutes in ((2, 5), (3, 25), (4, 85)):
        zoom.put("/clock", json={"offset_seconds": minutes * 60 + 5})
        eventually(lambda tries=tries: len(endpoint.received) == tries)

    [delivery] = eventually(
        lambda: [one for one in zoom.get("/zoom/webhooks").json()["items"] if one["state"] == "given_up"]
    )
    assert len(delivery["attempts"]) == 4
    assert len({body for _, body in endpoint.received}) == 1


def test_late_answer_counts_as_none(zoom, endpoint):
    endpoint.delay = 3.3
    zoom.meeting()

    attempts = eventually(lambda: zoom.get("/zoom/webhooks").json()["items"][0]["attempts"], within=6)

    assert "Timeout" in attempts[0]


def test_duplicates(zoom, endpoint):
    zoom.put("/faults/zoom", json={"mode": "duplicate_webhooks", "operation": "meeting.participant_joined"})
    attend(zoom)
    eventually(lambda: endpoint.events("meeting.ended"))

    assert len(endpoint.events("meeting.participant_joined")) == 2
    assert len(endpoint.events("meeting.participant_left")) == 1


def test_drops(zoom, endpoint):
    zoom.put("/faults/zoom", json={"mode": "drop_webhooks", "operation": "meeting.participant_joined", "count": 1})
    attend(zoom)
    eventually(lambda: endpoint.events("meeting.ended"))

    assert endpoint.events("meeting.participant_joined") == []


def test_another_order(zoom, endpoint):
    zoom.put("/faults/zoom", json={"mode": "reorder_webhooks", "operation": "meeting.participant_joined", "count": 1})
    attend(zoom)
    eventually(lambda: endpoint.events("meeting.participant_joined"))

    kinds = [event["event"].rpartition(".")[2] for event in endpoint.events()]
    assert kinds.index("participant_joined") > kinds.index("ended")


def test_oddities_of_payloads(zoom, endpoint):
    odd = {"blank_emails": True, "missing_registrant_ids": True, "numeric_ids": True, "unknown_keys": True}
    zoom.put("/zoom/switches", json=odd)
    meeting, _ = attend(zoom)

    [joined] = eventually(lambda: endpoint.events("meeting.participant_joined"))

    told = joined["payload"]["object"]
    assert told["id"] == meeting["id"]
    assert told["participant"]["email"] == ""
    assert "registrant_id" not in told["participant"]
    assert "added_by_zoom_yesterday" in told


def test_reset_forgets_what_was_not_delivered(zoom, endpoint):
    endpoint.status = 500
    zoom.meeting()
    eventually(lambda: len(endpoint.received) == 1)

    zoom.post("/reset")
    zoom.put("/clock", json={"offset_seconds": 400})
    zoom.renew()
    endpoint.status = 204
    zoom.meeting(topic="Μετά")

    eventually(lambda: len(endpoint.received) == 2)
    assert endpoint.events()[-1]["payload"]["object"]["topic"] == "Μετά"
