"""Counters and ages. Labels hold names of operations, types and timers, never values."""

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

REQUESTS = Histogram(
    "http_request_seconds",
    "Time to answer, by operation of the contract.",
    ["operation", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
CALLS = Histogram("outgoing_call_seconds", "Calls to the outside, by client.", ["client", "operation", "outcome"])
OUTBOX_AGE = Gauge("outbox_oldest_seconds", "Age of the oldest fact not yet confirmed by the broker.")
OUTBOX_SENT = Counter("outbox_sent", "Facts confirmed by the broker.", ["type"])
OUTBOX_UNHEARD = Counter("outbox_unheard", "Facts that no queue was bound for.", ["type"])
SNAPSHOTS_SENT = Counter("snapshots_sent", "Aggregates restated to services that asked.", ["aggregate", "recipient"])
RELAY_ACTIVE = Gauge("outbox_relay_active", "1 where the service's one active relay runs.")
INBOX = Counter("inbox_facts", "Facts received, by what became of them.", ["type", "outcome"])
PARKED = Gauge("inbox_parked", "Facts waiting for another try.")
DEAD = Gauge("inbox_dead_letters", "Facts given up on.")
TIMERS = Histogram("timer_seconds", "Time spent in a due timer.", ["name", "outcome"])
TIMERS_OVERDUE = Gauge("timer_overdue_seconds", "How late the latest due timer is.")
ROTATION_LEFT = Gauge("key_rotation_rows_left", "Rows a rotation of keys has not looked at yet, by table.", ["table"])
RESTARTS = Counter("worker_loop_restarts", "Times a loop of the worker failed and began again.", ["loop"])


def render() -> tuple[bytes, str]:
    return generate_latest(), CONTENT_TYPE_LATEST
