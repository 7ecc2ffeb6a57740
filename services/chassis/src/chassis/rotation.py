"""From one key to the next while the service runs: the worker writes every encrypted row anew, in small portions.

How far it has come is kept in the timer's row and committed with each portion, so that a killed worker's successor goes
on from there. Rows somebody holds are passed over, never waited for: the next pass finds them. Until the last one is
done, rows of either key are read and found by every process that holds both.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, bindparam, delete, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import audit, clock, logs
from chassis.audit import Act
from chassis.crypto import KeyRing, Undecipherable, sealed_to
from chassis.db import Base, transaction
from chassis.encrypted import Secrets, ring_of, secrets_of, source_of
from chassis.errors import Unavailable
from chassis.inbox import DeadLetterRow, ParkedRow
from chassis.outbox import OutboxRow
from chassis.timers import Timer, TimerRow, schedule

log = logs.get_logger(__name__)
TIMER = "keys.rotate"
PORTION_ROWS = 200
RUN_SECONDS = 5  # far below the timer's lease, and short enough for a graceful stop
NEXT_PASS = timedelta(minutes=1)
UNKNOWN = "unknown"  # no key of ours made it

Rings = Mapping[str, KeyRing]
Census = Callable[[Session], Mapping[str, int]]


class KeyUse(Base):
    """A key that rows may have been written with. Without it no process is ready, until it is retired."""

    __tablename__ = "key_use"

    ring: Mapped[str] = mapped_column(primary_key=True)
    kid: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]


class KeysMissing(Unavailable):
    """Rows are written with a key that this process does not hold: it could neither read them nor find them."""


@dataclass(frozen=True)
class Progress:
    """Of one table. `after`: the key of the last row looked at, as text; None at the beginning of a pass."""

    total: int
    after: list[str] | None = None
    seen: int = 0
    changed: int = 0
    passed_over: int = 0
    unreadable: int = 0
    passes: int = 1

    @property
    def left(self) -> int:
        return max(0, self.total - self.seen)


@dataclass(frozen=True)
class Keys:
    """The keys of a service. `counted`: what is under a key but not rewritten, such as links in people's mails."""

    package: str
    rings: Callable[[], Rings]
    counted: Mapping[str, Census]

    def tables(self) -> list[Secrets]:
        return list(secrets_of(self.package))

    # ------------------------------------------------------------------- held
    def missing(self, session: Session) -> str | None:
        """Answers health: «keys» without one that rows may need. The one in use is noted before it writes a row."""
        rings = self.rings()
        if not rings:
            return None
        noted = {(use.ring, use.kid) for use in session.scalars(select(KeyUse))}
        for name, ring in rings.items():
            if (name, ring.current) not in noted:
                note = insert(KeyUse).values(ring=name, kid=ring.current, since=clock.now())
                session.execute(note.on_conflict_do_nothing())
        lacking = sorted(f"{name} {kid}" for name, kid in noted if name in rings and kid not in rings[name].kids)
        if lacking:
            log.error("keys missing that rows need", keys=lacking)
        return "keys" if lacking else None

    def ensure_held(self, session: Session) -> None:
        """Before a row that must exist once under all keys: without one of them it might exist already, unseen."""
        if self.missing(session) is not None:
            raise KeysMissing

    # ---------------------------------------------------------------- rotation
    def start(self, session: Session, now: datetime) -> list[str]:
        """Have the worker write every row anew that is not under the keys in use; started again, it begins again."""
        tables = self.tables()
        for secrets in tables:
            total = session.scalar(select(func.count()).select_from(secrets.table)) or 0
            schedule(session, TIMER, secrets.table.name, now, asdict(Progress(total)))
        audit.record(session, Act("keys.rotation_started", details={n: r.current for n, r in self.rings().items()}))
        return [secrets.table.name for secrets in tables]

    def rotate(self, timer: Timer) -> datetime | None:
        """Portions for a few seconds, then the others' turn; at the end of a table a new pass if rows were left."""
        secrets = next(secrets for secrets in self.tables() if secrets.table.name == timer.subject)
        progress, deadline = Progress(**timer.payload), time.monotonic() + RUN_SECONDS
        while time.monotonic() < deadline:
            with transaction() as session:
                after = portion(session, secrets, self.rings(), progress)
                if after is None:
                    return self._at_the_end(session, timer, secrets, progress)
                timer.keep(session, asdict(after))
            progress = after
        return clock.now()

    def _at_the_end(self, session: Session, timer: Timer, secrets: Secrets, progress: Progress) -> datetime | None:
        log.info("keys rotated", table=secrets.table.name, **asdict(replace(progress, after=None)))
        if not progress.passed_over and self._left(session, secrets) <= progress.unreadable:
            return None  # trying the broken ones again would never end
        total = session.scalar(select(func.count()).select_from(secrets.table)) or 0
        timer.keep(session, asdict(Progress(total, changed=progress.changed, passes=progress.passes + 1)))
        return clock.now() + NEXT_PASS

    def _left(self, session: Session, secrets: Secrets) -> int:
        """Rows under a key we hold but no longer write with: a process not yet told of the new one made them."""
        rings = self.rings()
        return sum(
            rows
            for column in secrets.encrypted
            for kid, rows in encrypted_rows(session, column).items()
            if kid in rings[ring_of(column)].kids[1:]
        )

    # ------------------------------------------------------------------ counts
    def counts(self, session: Session) -> dict[str, Counter[str]]:
        """Rows per key id, of each column and of what else is counted."""
        found: dict[str, Counter[str]] = {}
        for secrets in self.tables():
            for column in secrets.encrypted:
                found[str(column)] = encrypted_rows(session, column)
            for column in secrets.lookups:
                found[str(column)] = lookup_rows(session, secrets, column, self.rings())
        return found | {name: Counter(dict(census(session))) for name, census in self.counted.items()}

    def needing(self, session: Session, kid: str) -> dict[str, int]:
        """What could no longer be read or found without this key. Empty: it may go."""
        return {name: rows[kid] for name, rows in self.counts(session).items() if rows[kid]}

    def is_in_use(self, kid: str) -> bool:
        return any(ring.current == kid for ring in self.rings().values())

    def retire(self, session: Session, kid: str) -> None:
        """Let processes be ready without it."""
        session.execute(delete(KeyUse).where(KeyUse.kid == kid))
        audit.record(session, Act("keys.retired", details={"kid": kid}))


def portion(session: Session, secrets: Secrets, rings: Rings, progress: Progress) -> Progress | None:
    """The next rows by their key; None when there are none."""
    after = progress.after
    ids = select(*secrets.key).order_by(*secrets.key).limit(PORTION_ROWS)
    if after is not None:
        place = [literal(_read(column, text), column.type) for column, text in zip(secrets.key, after, strict=True)]
        ids = ids.where(tuple_(*secrets.key) > tuple_(*place))
    wanted = session.execute(ids).all()
    if not wanted:
        return None
    rows = session.execute(
        select(*secrets.key, *secrets.columns)
        .where(tuple_(*secrets.key).in_([tuple(row) for row in wanted]))
        .with_for_update(skip_locked=True)  # waiting here while holding other rows would be a deadlock in the making
    ).all()
    changes, unreadable = [], 0
    for row in rows:
        values, failed = renewed(secrets, rings, row)
        unreadable += failed
        if values:
            old = {f"new_{column.name}": row._mapping[column] for column in secrets.columns}
            key = {f"key_{column.name}": row._mapping[column] for column in secrets.key}
            changes.append(key | old | {f"new_{name}": value for name, value in values.items()})
    if changes:
        this = [column == bindparam(f"key_{column.name}", type_=column.type) for column in secrets.key]
        new = {column.name: bindparam(f"new_{column.name}", type_=column.type) for column in secrets.columns}
        session.connection().execute(update(secrets.table).where(*this).values(new), changes)
    return replace(
        progress,
        after=[_written(value) for value in wanted[-1]],
        seen=progress.seen + len(wanted),
        changed=progress.changed + len(changes),
        passed_over=progress.passed_over + len(wanted) - len(rows),
        unreadable=progress.unreadable + unreadable,
    )


def renewed(secrets: Secrets, rings: Rings, row: Row[Any]) -> tuple[dict[str, str | bytes], bool]:
    """The columns of a row that change, under the keys in use; and whether one of them could not be read."""
    values: dict[str, str | bytes] = {}
    failed = False
    for column in secrets.encrypted:
        ring, value = rings[ring_of(column)], row._mapping[column]
        try:
            if value is not None and not ring.is_current(value):
                values[column.name] = ring.encrypt(ring.decrypt_bytes(value))
        except Undecipherable:
            failed = True
    for column in secrets.lookups:
        try:
            plain = _plain(column, rings, row)
        except Undecipherable:
            failed = True
            continue
        digest = rings[ring_of(column)].lookup(plain) if plain is not None else None
        if digest is not None and row._mapping[column] not in (None, digest):
            values[column.name] = digest
    return values, failed


def encrypted_rows(session: Session, column: Column[Any]) -> Counter[str]:
    kid = func.split_part(column, ":", 1)
    found = session.execute(select(kid, func.count()).where(column.is_not(None)).group_by(kid))
    return Counter({row[0]: row[1] for row in found})


def lookup_rows(session: Session, secrets: Secrets, column: Column[Any], rings: Rings) -> Counter[str]:
    """A digest does not say which key made it: tried with each, in memory that does not grow with the table."""
    ring, found = rings[ring_of(column)], Counter[str]()
    query = select(*secrets.columns).where(column.is_not(None)).execution_options(yield_per=1000)
    for row in session.execute(query):
        try:
            plain = _plain(column, rings, row)
            digests = ring.lookups(plain) if plain is not None else []
        except Undecipherable:
            digests = []
        made_by = dict(zip(digests, ring.kids, strict=False)).get(bytes(row._mapping[column]), UNKNOWN)
        found[made_by] += 1
    return found


def sealed_facts(session: Session) -> Counter[str]:
    """Facts that wait here with a sealed part, by the key of whoever is to open it."""
    return sum(
        (
            sealed_values(session, OutboxRow.data["sealed"]),
            sealed_values(session, ParkedRow.body["data"]["sealed"]),
            sealed_values(session, DeadLetterRow.body["data"]["sealed"]),
        ),
        Counter[str](),
    )


def sealed_values(session: Session, element: Any, *where: Any) -> Counter[str]:
    """The same of any column of JSON."""
    found = Counter[str]()
    text = element.astext
    for sealed in session.scalars(select(text).where(text.is_not(None), *where).execution_options(yield_per=1000)):
        try:
            found[sealed_to(sealed) or UNKNOWN] += 1
        except Undecipherable:
            found[UNKNOWN] += 1
    return found


def running(session: Session) -> dict[str, Progress]:
    """The rotations that are not through yet, by table."""
    timers = session.scalars(select(TimerRow).where(TimerRow.name == TIMER).order_by(TimerRow.subject))
    return {timer.subject: Progress(**timer.payload) for timer in timers}


def _plain(lookup: Column[Any], rings: Rings, row: Row[Any]) -> bytes | None:
    source = source_of(lookup)
    value = row._mapping[source]
    return None if value is None else rings[ring_of(source)].decrypt_bytes(value)


def _written(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def _read(column: Column[Any], text: str) -> Any:
    kinds: Mapping[type, Callable[[str], Any]] = {UUID: UUID, bytes: bytes.fromhex, int: int, str: str}
    return kinds[column.type.python_type](text)


def no_rings() -> Rings:
    """Of a service that encrypts nothing itself but holds what others sealed."""
    return {}
