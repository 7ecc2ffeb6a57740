"""Cursor pages. The cursor is the last row's place in the order: stable while rows come and go, flat at any depth."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, asc, cast, desc, func, literal, or_, select, true, tuple_, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import UnaryExpression

from chassis.errors import InvalidRequest

COUNTED_UP_TO = 10_000
SORTED_UP_TO = 2_000

Arm = tuple[Select[Any], Sequence[Any]]  # a query and its order


def page(
    session: Session,
    query: Select[Any],
    *,
    order: Sequence[Any],
    limit: int,
    cursor: str | None,
    present: Callable[[Any], Any],
    total: bool = False,
    searched: bool = False,
) -> dict[str, Any]:
    """`order` ends with a unique column; `column.desc()` turns one round. None of them may be null.

    `present` is given the first column of `query` (an entity), or the row when the query has several. What is
    `searched` rises and is counted; see `_places_of_few`.
    """
    columns = [_column(part) for part in order]
    falling = [_is_descending(part) for part in order]
    few = _places_of_few(session, [(query, columns)], limit=limit, cursor=cursor) if searched else None
    if few is not None:
        query, cursor = query.where(columns[-1].in_(few.ids)), None
    rows_query = query.add_columns(*columns).order_by(
        *[(desc if down else asc)(column) for column, down in zip(columns, falling, strict=True)]
    )
    if cursor is not None:
        rows_query = rows_query.where(_after(columns, falling, _decode(cursor, columns)))
    rows = session.execute(rows_query.limit(limit + 1)).all()

    width = len(query.column_descriptions)
    shown = rows[:limit]
    answer: dict[str, Any] = {
        "items": [present(row[0] if width == 1 else row[:width]) for row in shown],
        "next": _encode(shown[-1][-len(columns) :]) if len(rows) > limit else None,
    }
    if few is not None:
        answer["total"] = few.total
    elif total and (count := count_up_to(session, query)) is not None:
        answer["total"] = count
    return answer


def merged_page(
    session: Session,
    arms: Sequence[Arm],
    *,
    limit: int,
    cursor: str | None,
    present: Callable[[Any], Any],
    searched: bool = False,
) -> dict[str, Any]:
    """One list of several queries with columns alike, in a common rising order; each is read no further than needed.

    Each arm is a query and its own columns of the order. The total is counted.
    """
    few = _places_of_few(session, arms, limit=limit, cursor=cursor) if searched else None
    if few is not None:
        arms, cursor = [(query.where(columns[-1].in_(few.ids)), columns) for query, columns in arms], None
    wanted = []
    for query, columns in arms:
        keys = [column.label(f"key_{place}") for place, column in enumerate(columns)]
        arm = query.add_columns(*keys)
        if cursor is not None:
            arm = arm.where(_after(list(columns), [False] * len(columns), _decode(cursor, list(columns))))
        wanted.append(select(arm.order_by(*columns).limit(limit + 1).subquery()))
    both = union_all(*wanted).subquery()
    order = list(both.c)[-len(arms[0][1]) :]
    rows = session.execute(select(both).order_by(*order).limit(limit + 1)).all()
    shown = rows[:limit]
    answer: dict[str, Any] = {
        "items": [present(row[: -len(order)]) for row in shown],
        "next": _encode(shown[-1][-len(order) :]) if len(rows) > limit else None,
    }
    if few is not None:
        answer["total"] = few.total
        return answer
    counts = [count_up_to(session, query) for query, _ in arms]
    if None not in counts and (total := sum(count or 0 for count in counts)) <= COUNTED_UP_TO:
        answer["total"] = total
    return answer


class _Few(NamedTuple):
    ids: list[Any]
    total: int


def _places_of_few(session: Session, arms: Sequence[Arm], *, limit: int, cursor: str | None) -> _Few | None:
    """Of few rows found by a search: which are this page's, and one more. None of many: those the order finds soon.

    The planner takes what is found to be spread over the order. Names found by a word stand side by side, and a walk
    along the order meets none of them for long: so few are found first and sorted then.
    """
    found = []
    for place, (query, columns) in enumerate(arms):
        keys = [column.label(f"key_{key}") for key, column in enumerate(columns)]
        few = query.with_only_columns(*keys, maintain_column_froms=True).limit(SORTED_UP_TO + 1)
        found.append(select(few.cte(f"found_{place}").prefix_with("MATERIALIZED")))
    both = union_all(*found).cte("both")
    keys = list(both.c)
    after = _after(keys, [False] * len(keys), _decode(cursor, keys)) if cursor is not None else true()
    page = select(both).where(after).order_by(*keys).limit(limit + 1).subquery("page")
    counted = select(func.count().label("total")).select_from(both).subquery("counted")
    rows = session.execute(select(counted.c.total, list(page.c)[-1]).outerjoin_from(counted, page, true())).all()
    total = rows[0].total
    return _Few([id_ for _, id_ in rows if id_ is not None], total) if total <= SORTED_UP_TO else None


def count_up_to(session: Session, query: Select[Any], most: int = COUNTED_UP_TO) -> int | None:
    """Exact count, or None when there are more than `most`: nobody reads it and it would grow with the table."""
    inner = query.order_by(None).with_only_columns(literal(1), maintain_column_froms=True).limit(most + 1).subquery()
    count = session.scalar(select(func.count()).select_from(inner)) or 0
    return count if count <= most else None


def _column(part: Any) -> Any:
    return part.element if isinstance(part, UnaryExpression) else part


def _is_descending(part: Any) -> bool:
    return isinstance(part, UnaryExpression) and part.modifier is operators.desc_op


def _after(columns: list[Any], falling: list[bool], values: list[Any]) -> ColumnElement[bool]:
    bound = [cast(literal(value), column.type) for column, value in zip(columns, values, strict=True)]
    if len(set(falling)) == 1:  # a row comparison: one range of the index
        left, right = tuple_(*columns), tuple_(*bound)
        return left < right if falling[0] else left > right
    steps = []
    for place, (column, down) in enumerate(zip(columns, falling, strict=True)):
        same = [columns[before] == bound[before] for before in range(place)]
        steps.append(and_(*same, column < bound[place] if down else column > bound[place]))
    return or_(*steps)


def _encode(values: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, date | datetime) else value for value in values]
    plain = [str(value) if isinstance(value, UUID) else value for value in plain]
    text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)  # escaped, Greek would be thrice as long
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, columns: list[Any]) -> list[Any]:
    """Back to the columns' types; whatever does not fit was not given out by us."""
    try:
        texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return [_typed(text, column.type.python_type) for text, column in zip(texts, columns, strict=True)]
    except (ValueError, TypeError, OverflowError):
        raise InvalidCursor from None


def _typed(value: Any, wanted: type[Any]) -> Any:
    if issubclass(wanted, date) and isinstance(value, str):
        return wanted.fromisoformat(value)
    if wanted is UUID and isinstance(value, str):
        return UUID(value)
    if wanted is int and isinstance(value, int) and abs(value) < 2**63:
        return value
    if issubclass(wanted, str) and isinstance(value, str) and "\0" not in value:
        value.encode()  # half a surrogate pair is no text either
        return wanted(value)
    raise ValueError("not of this column")


class InvalidCursor(InvalidRequest):
    """A cursor we never gave out, or one of another list."""

    type = "invalid-cursor"
