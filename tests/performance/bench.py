"""`./dev bench`: what our own parts cost, measured beside the least that could stand in their place.

Both sides of a ratio are measured in turns, several times, because a machine is never the same for long.
"""

import os
import sys
from collections import defaultdict
from statistics import median

from tests.performance.doors import NGINX, REQUEST, doors
from tests.performance.facts import running_service, through_the_bare_broker, through_the_inbox
from tests.performance.load import requests_per_second

GOAL = 0.5
ROUNDS, SECONDS, CONNECTIONS = 4, 1.2, 8
FACT_ROUNDS, FACTS, WARM_UP = 3, 3_000, 500


def main() -> int:
    amqp_url, postgres_url = os.environ.get("TEST_AMQP_URL"), os.environ.get("TEST_POSTGRES_URL")
    if not amqp_url or not postgres_url:
        say("TEST_AMQP_URL and TEST_POSTGRES_URL are not set: run ./dev bench, which starts both servers")
        return 2
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    say(f"load of this machine before: {load:.1f} on {processors} processors")
    if load > processors:
        say("  it is busy with other things: believe the ratios little, the rest less")
    bench_gateway(amqp_url)
    bench_facts()
    return 0


def bench_gateway(amqp_url: str) -> None:
    figures: defaultdict[str, list[float]] = defaultdict(list)
    with doors(amqp_url) as ports:
        for port in ports.values():
            requests_per_second(port, REQUEST, seconds=0.5, connections=CONNECTIONS)
        for _ in range(ROUNDS):
            for name, port in ports.items():
                figures[name].append(requests_per_second(port, REQUEST, seconds=SECONDS, connections=CONNECTIONS))
    say(f"GET with session and query, {CONNECTIONS} connections, requests a second (median of {ROUNDS} turns)")
    for name in ("service", "nginx", "gateway"):
        if name in figures:
            say(f"  {name:22}{median(figures[name]):8.0f}")
    if NGINX:
        say_ratio("gateway ÷ nginx pass-through", figures["gateway"], figures["nginx"])
    else:
        say("  gateway ÷ nginx pass-through: not measured, this machine has no nginx (apt-get install nginx-light)")
    say_ratio("gateway ÷ service directly", figures["gateway"], figures["service"])


def bench_facts() -> None:
    through, bare = [], []
    with running_service() as settings:
        through_the_inbox(WARM_UP)
        for _ in range(FACT_ROUNDS):
            through.append(through_the_inbox(FACTS))
            bare.append(through_the_bare_broker(settings, FACTS))
    say(f"\n{FACTS} facts, a second (median of {FACT_ROUNDS} turns)")
    say(f"  {'outbox to inbox':22}{median(through):8.0f}")
    say(f"  {'bare broker, windowed':22}{median(bare):8.0f}")
    say_ratio("outbox to inbox ÷ bare windowed pika", through, bare)


def say_ratio(name: str, ours: list[float], theirs: list[float]) -> None:
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    verdict = "reached" if median(ratios) >= GOAL else "missed"
    say(f"  {name:42}{median(ratios):5.2f}   goal {GOAL} {verdict} ({min(ratios):.2f} to {max(ratios):.2f})")


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
