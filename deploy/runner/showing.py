"""What a person reads: addresses and personas, the state of processes, the health of the machine."""

from __future__ import annotations

import json
import os
import shutil
import sys

from runner import ports, programs
from runner.places import ROOT, SEED
from runner.running import Running, answers_200
from runner.suite import PORTS


def addresses(running: Running, *, seconds: float) -> None:
    url = running.suite.url
    print(f"\nReady in {seconds:.1f} s.\n")
    for title, address in (
        ("Portal", url("gateway")),
        ("API", f"{url('gateway')}/api/docs"),
        ("Sandbox (personas, mail, meetings)", url("sandbox")),
        ("Logs", str(running.suite.logs)),
    ):
        print(f"  {title:36}{address}")
    print("\nSign in as one of these (TaxisNet's page lists them too):\n")
    for persona in json.loads((SEED / "personas.json").read_text(encoding="utf-8")):
        name = f"{persona['surname']} {persona['name'] or ''}"
        print(f"  {persona['id']:32}{persona['taxid']:11}{name:34}{persona['title']}")
    print("\nStop with ./dev down.")


def status(running: Running) -> int:
    """0 when everything is ready."""
    state = running.state() if running.is_supervised() else {}
    all_ready = True
    for process in running.processes.all(running.only):
        seen = state.get(process.name, {})
        ready = answers_200(process.ready)
        all_ready &= ready
        restarts = max(seen.get("starts", 1) - 1, 0)
        word = "ready" if ready else ("starting" if seen.get("pid") else "down")
        print(f"{process.name:22}{word:10}pid {seen.get('pid') or '-'!s:9}restarts {restarts}")
    return 0 if all_ready else 1


def doctor(running: Running) -> int:
    """What this machine has and lacks; 1 when something stands in the way."""
    found = {
        "Python": sys.version.split()[0],
        "processors": os.cpu_count(),
        "PostgreSQL": programs.postgres() or "will be installed",
        "RabbitMQ": programs.rabbitmq() or "will be installed",
        "Docker": shutil.which("docker") or "none (private servers are used)",
        "Chromium": shutil.which("chromium") or "none (browser tests need it)",
        "free space": f"{shutil.disk_usage(ROOT).free >> 30} GB",
        "suite": f"{running.suite.home}, {'running' if running.is_supervised() else 'not running'}",
    }
    for name, value in found.items():
        print(f"{name:14}{value}")
    busy = (
        {}
        if running.is_supervised()
        else {n: running.suite.port(n) for n in PORTS if ports.is_busy(running.suite.port(n))}
    )
    for name, port in busy.items():
        print(f"port {port} ({name}) is taken by {ports.holder(port)}")
    return 1 if busy else 0
