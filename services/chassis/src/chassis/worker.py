"""`worker`: sends the outbox, takes facts, retries parked ones, runs timers. SIGTERM: finish what is in hand, go."""

import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import ParamSpec

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import (
    broker,
    clock,
    consumer,
    db,
    guessing,
    health,
    idempotency,
    logs,
    metrics,
    ops,
    relay,
    rotation,
    timing,
)
from chassis.broker import Later, Listener
from chassis.consumer import Consumer
from chassis.inbox import DeadLetterRow, ParkedRow, Reactions
from chassis.outbox import OutboxRow
from chassis.settings import ServiceSettings
from chassis.timers import TimerRow, Timers

log = logs.get_logger(__name__)
TIMERS_AT_ONCE = 4
IDLE_SECONDS = 0.5
FIGURES_SECONDS = 5
TIDY_SECONDS = 300
FIRST_RESTART_SECONDS, LONGEST_RESTART_SECONDS = 0.25, 15.0

P = ParamSpec("P")
Work = Callable[[threading.Event], None]


def run(settings: ServiceSettings, package: str, reactions: Reactions, timers: Timers) -> None:
    stop = threading.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_, lambda *_: stop.set())
    engine = db.connect(settings, command="worker")
    taker = Consumer(reactions, timedelta(hours=settings.parking_hours))
    server = ops.serve(settings, package)
    loops = start(
        stop,
        {
            "relay": lambda stop: _relay(settings, reactions, stop),
            "consumer": lambda stop: _consume(settings, reactions, taker, stop),
            "parked": lambda stop: _repeat(taker.retry_one, stop),
            "timers": lambda stop: _run_timers(timers, timedelta(seconds=settings.timer_lease_seconds), stop),
            "upkeep": _keep_up,
        },
    )
    log.info("worker started", loops=[loop.name for loop in loops])
    stop.wait()
    health.drain()
    deadline = time.monotonic() + settings.stop_seconds
    for loop in loops:
        loop.join(max(0.0, deadline - time.monotonic()))
    late = [loop.name for loop in loops if loop.is_alive()]
    server.shutdown()
    engine.dispose()
    log.info("worker stopped", late=late)


def start(stop: threading.Event, works: dict[str, Work]) -> list[threading.Thread]:
    """Each in its thread, begun again when it fails: one broken part leaves the others at work."""
    threads = [
        threading.Thread(target=_forever, args=(name, work, stop), name=name, daemon=True)
        for name, work in works.items()
    ]
    for thread in threads:
        thread.start()
    return threads


def declare(settings: ServiceSettings, reactions: Reactions, seconds: float = 0) -> None:
    """Queue and bindings, waiting so long for a broker that is still coming up."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            broker.declare(settings, reactions)
            return
        except broker.Away:
            if time.monotonic() >= deadline:
                raise
            time.sleep(0.5)


def _forever(name: str, work: Work, stop: threading.Event) -> None:
    pause = FIRST_RESTART_SECONDS
    while not stop.is_set():
        started = time.monotonic()
        try:
            work(stop)
        except Exception as error:
            away = isinstance(error, broker.Away) or db.is_away(error)
            log.warning("loop failed, begins again", loop=name, exc_info=None if away else error, away=away)
            metrics.RESTARTS.labels(name).inc()
            ran_well = time.monotonic() - started > 60
            pause = FIRST_RESTART_SECONDS if ran_well else min(pause * 2, LONGEST_RESTART_SECONDS)
            stop.wait(pause)


def _relay(settings: ServiceSettings, reactions: Reactions, stop: threading.Event) -> None:
    declare(settings, reactions)  # an exchange that is missing would refuse the first fact
    relay.run(settings, stop)


def _consume(settings: ServiceSettings, reactions: Reactions, taker: Consumer, stop: threading.Event) -> None:
    declare(settings, reactions)
    Listener(settings).run(stop, _or_later(taker.take), _or_later(consumer.bury_undeliverable))


def _or_later(take: Callable[P, None]) -> Callable[P, None]:
    def guarded(*arguments: P.args, **named: P.kwargs) -> None:
        try:
            take(*arguments, **named)
        except Exception as error:
            if db.is_away(error):
                raise Later from error
            raise

    return guarded


def _repeat(one: Callable[[], bool], stop: threading.Event) -> None:
    while not stop.is_set():
        if not one():
            stop.wait(IDLE_SECONDS)


def _run_timers(timers: Timers, lease: timedelta, stop: threading.Event) -> None:
    """One thread takes what is due and hands it to a few others, so that a slow one holds up nobody."""
    free = threading.Semaphore(TIMERS_AT_ONCE)
    with ThreadPoolExecutor(TIMERS_AT_ONCE, thread_name_prefix="timer") as pool:
        while not stop.is_set():
            if not free.acquire(timeout=IDLE_SECONDS):
                continue
            timer = None
            try:
                timer = timing.take(timers, lease)
            finally:
                if timer is None:
                    free.release()
            if timer is None:
                stop.wait(IDLE_SECONDS)
            else:
                pool.submit(timing.run, timers, timer).add_done_callback(lambda _: free.release())


def _keep_up(stop: threading.Event) -> None:
    tidied_at = 0.0
    while not stop.is_set():
        with db.transaction() as session:
            _figures(session)
        if time.monotonic() - tidied_at > TIDY_SECONDS:
            for forget in (guessing.forget, idempotency.forget, consumer.forget):
                with db.transaction() as session:
                    forget(session)
            tidied_at = time.monotonic()
        stop.wait(FIGURES_SECONDS)


def _figures(session: Session) -> None:
    moment = clock.now()
    oldest = session.scalar(select(func.min(OutboxRow.occurred_at)))
    latest = session.scalar(select(func.min(TimerRow.due_at)))
    metrics.OUTBOX_AGE.set((moment - oldest).total_seconds() if oldest else 0)
    metrics.TIMERS_OVERDUE.set(max(0.0, (moment - latest).total_seconds()) if latest else 0)
    metrics.PARKED.set(session.scalar(select(func.count()).select_from(ParkedRow)) or 0)
    metrics.ROTATION_LEFT.clear()
    for table, progress in rotation.running(session).items():
        metrics.ROTATION_LEFT.labels(table).set(progress.left)
    metrics.DEAD.set(session.scalar(select(func.count()).select_from(DeadLetterRow)) or 0)
