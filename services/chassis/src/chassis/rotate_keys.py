"""`rotate-keys | rotate-keys --status | --verify KID | --retire KID`: what an operator does about keys by hand."""

import sys
from collections import Counter

from chassis import clock, db, logs, rotation
from chassis.rotation import Keys
from chassis.settings import ServiceSettings

log = logs.get_logger(__name__)
USAGE = "usage: rotate-keys | rotate-keys --status | rotate-keys --verify KID | rotate-keys --retire KID"
STATEMENT_TIMEOUT_MS = 600_000  # counting is one slow statement a table; it blocks nobody


def main(keys: Keys, settings: ServiceSettings, arguments: list[str]) -> None:
    patient = settings.model_copy(update={"statement_timeout_ms": STATEMENT_TIMEOUT_MS})
    engine = db.connect(patient, command="rotate-keys")
    try:
        match arguments:
            case []:
                start(keys)
            case ["--status"]:
                show(keys)
            case ["--verify", kid]:
                verify(keys, kid)
            case ["--retire", kid]:
                retire(keys, kid)
            case _:
                sys.exit(USAGE)
    finally:
        engine.dispose()


def start(keys: Keys) -> None:
    with db.transaction() as session:
        tables = keys.start(session, clock.now())
    _say(f"the worker writes anew: {', '.join(tables)}" if tables else "no row here is encrypted: nothing to do")


def show(keys: Keys) -> None:
    with db.transaction() as session:
        running, counts = rotation.running(session), keys.counts(session)
    for table, progress in running.items():
        _say(
            f"{table}: pass {progress.passes}, {progress.seen} of {progress.total} rows seen,"
            f" {progress.changed} written anew, {progress.passed_over} passed over, {progress.unreadable} unreadable"
        )
    if not running:
        _say("no rotation is running")
    for name, rows in counts.items():
        _say(f"{name}: {_told(keys, rows)}")


def verify(keys: Keys, kid: str) -> None:
    """Exit status 0 only if the key may go."""
    reasons = _against(keys, kid)
    if reasons:
        sys.exit(f"{kid} must stay: {'; '.join(reasons)}")
    _say(f"nothing here needs {kid}: it may go")


def retire(keys: Keys, kid: str) -> None:
    verify(keys, kid)
    with db.transaction() as session:
        keys.retire(session, kid)
    log.info("key retired", kid=kid)


def _against(keys: Keys, kid: str) -> list[str]:
    with db.transaction() as session:
        running, needing = rotation.running(session), keys.needing(session, kid)
    reasons = [f"{name}: {rows}" for name, rows in needing.items()]
    if keys.is_in_use(kid):
        reasons.append("new values are made with it")
    if running:
        reasons.append("a rotation is running")
    return reasons


def _told(keys: Keys, rows: Counter[str]) -> str:
    if not rows:
        return "nothing"
    in_use = " (in use)"
    return ", ".join(f"{kid}{in_use if keys.is_in_use(kid) else ''} {count}" for kid, count in sorted(rows.items()))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
