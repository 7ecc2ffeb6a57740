"""Sending events: validated endpoint first, three seconds to answer, three more tries, then dropped for ever."""

import itertools
import queue
import secrets
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests

from sandbox.agenda import Agenda
from sandbox.clock import Clock, wall
from sandbox.faults import Faults
from sandbox.settings import Settings
from sandbox.zoom import ids
from sandbox.zoom.signing import encoded, proof, signature

TIMEOUT_SECONDS = 3
RETRIES = (timedelta(minutes=5), timedelta(minutes=20), timedelta(minutes=60))
VALIDATE_AGAIN = timedelta(hours=72)
REORDER_HOLD = timedelta(seconds=2)
UNANSWERED_PAUSE_SECONDS = 1.0
LANES = 4  # one meeting's events go down one lane: in order, unless a fault says otherwise
KEPT = 5_000


@dataclass
class Delivery:
    number: int
    event: str
    body: bytes
    lane: int
    state: str = "waiting"  # delivered, dropped (by a fault), given_up
    attempts: list[str] = field(default_factory=list)

    def public(self) -> dict[str, Any]:
        return {"number": self.number, "event": self.event, "state": self.state, "attempts": list(self.attempts)}


class Webhooks:
    def __init__(self, settings: Settings, clock: Clock, agenda: Agenda, faults: Faults) -> None:
        self._settings = settings
        self._clock = clock
        self._agenda = agenda
        self._faults = faults
        self._numbers = itertools.count(1)
        self._lanes: list[queue.SimpleQueue[Delivery | None]] = [queue.SimpleQueue() for _ in range(LANES)]
        self._wanted = threading.Event()  # set when the endpoint is to be validated
        self._validated = threading.Event()
        self._stopped = threading.Event()
        self._threads: list[threading.Thread] = []
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT)

    @property
    def validated(self) -> bool:
        return self._validated.is_set()

    def start(self) -> None:
        if not self._settings.sandbox_zoom_webhook_url:
            return
        self._wanted.set()
        self._threads = [
            threading.Thread(target=self._validate, name="webhook-validation", daemon=True),
            *(threading.Thread(target=self._drive, args=(lane,), name="webhooks", daemon=True) for lane in self._lanes),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._wanted.set()
        self._validated.set()
        for lane in self._lanes:
            lane.put(None)
        for thread in self._threads:
            thread.join()

    def forget(self) -> None:
        """What was not delivered yet never will be; the endpoint stays validated."""
        for delivery in list(self.deliveries):
            if delivery.state == "waiting":
                delivery.state = "forgotten"
        self.deliveries.clear()

    def emit(self, event: str, meeting_id: int, payload: dict[str, Any], at: datetime) -> None:
        body = encoded({"event": event, "payload": payload, "event_ts": int(at.timestamp() * 1000)})
        delivery = Delivery(next(self._numbers), event, body, meeting_id % LANES)
        self.deliveries.append(delivery)
        fault = self._faults.take("zoom:webhooks", event)
        match fault.mode if fault else None:
            case "drop_webhooks":
                delivery.state = "dropped"
            case "reorder_webhooks":
                self._agenda.after(REORDER_HOLD, lambda: self._queue(delivery))
            case "duplicate_webhooks":
                self._queue(delivery)
                self._queue(delivery)
            case _:
                self._queue(delivery)

    def _queue(self, delivery: Delivery) -> None:
        if self._settings.sandbox_zoom_webhook_url:
            self._lanes[delivery.lane].put(delivery)

    def _drive(self, lane: "queue.SimpleQueue[Delivery | None]") -> None:
        with requests.Session() as session:
            while (delivery := lane.get()) is not None:
                self._validated.wait()
                if not self._stopped.is_set() and delivery.state != "forgotten":
                    self._try(session, delivery)

    def _try(self, session: requests.Session, delivery: Delivery) -> None:
        outcome = self._post(session, delivery.body)
        delivery.attempts.append(f"{self._clock.now().isoformat(timespec='seconds')} {outcome}")
        if outcome.startswith("2"):
            delivery.state = "delivered"
        elif delivery.state != "delivered":  # a duplicate's failure does not undo the first one's success
            tries = len(delivery.attempts)
            if tries > len(RETRIES):
                delivery.state = "given_up"
            else:
                self._agenda.after(RETRIES[tries - 1], lambda: self._queue(delivery))

    def _post(self, session: requests.Session, body: bytes) -> str:
        """Status, or the name of what went wrong. Signed anew each time: the same body, the time of sending."""
        try:
            with self._send(session, body) as answer:
                return str(answer.status_code)
        except requests.RequestException as failure:
            return type(failure).__name__

    def _send(self, session: requests.Session, body: bytes) -> requests.Response:
        timestamp = str(int(wall().timestamp()))
        return session.post(
            self._settings.sandbox_zoom_webhook_url,
            data=body,
            headers={
                "User-Agent": "Zoom Marketplace/1.0a",
                "Content-Type": "application/json; charset=utf-8",
                "clientid": self._settings.zoom_client_id,
                "authorization": secrets.token_urlsafe(16),  # the retired verification token: means nothing
                "x-zm-request-timestamp": timestamp,
                "x-zm-signature": signature(self._settings.zoom_webhook_secret, timestamp, body),
                "x-zm-trackingid": ids.tracking(),
            },
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
        )

    def _validate(self) -> None:
        with requests.Session() as session:
            while True:
                self._wanted.wait()
                if self._stopped.is_set():
                    return
                if self._answers_well(session):
                    self._wanted.clear()
                    self._validated.set()
                    self._agenda.after(VALIDATE_AGAIN, self._doubt)
                else:
                    self._stopped.wait(UNANSWERED_PAUSE_SECONDS)

    def _doubt(self) -> None:
        self._validated.clear()
        self._wanted.set()

    def _answers_well(self, session: requests.Session) -> bool:
        plain = secrets.token_urlsafe(16)
        now = int(wall().timestamp() * 1000)
        body = encoded({"event": "endpoint.url_validation", "payload": {"plainToken": plain}, "event_ts": now})
        expected = {"plainToken": plain, "encryptedToken": proof(self._settings.zoom_webhook_secret, plain)}
        try:
            with self._send(session, body) as answer:
                return bool(answer.status_code == 200 and answer.json() == expected)
        except requests.RequestException:  # an answer that is no JSON is one of these too
            return False
