"""Pages of a list: opaque tokens that die after fifteen minutes; the last page has an empty one."""

import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from flask import request

from sandbox.world import current
from sandbox.zoom.errors import invalid

TOKEN_LIFE = timedelta(minutes=15)
DEFAULT_SIZE = 30

T = TypeVar("T")


def page(rows: Sequence[T], key: str, show: Callable[[T], dict[str, Any]], most: int = 300) -> dict[str, Any]:
    size, start = _size(most), _start()
    token = _issue(start + size) if start + size < len(rows) else ""
    return {
        "page_size": size,
        "total_records": len(rows),
        "next_page_token": token,
        key: [show(row) for row in rows[start : start + size]],
    }


def _size(most: int) -> int:
    asked = request.args.get("page_size", str(DEFAULT_SIZE))
    if not asked.isdecimal() or not 1 <= int(asked) <= most:
        raise invalid(("page_size", f"Must be between 1 and {most}."))
    return int(asked)


def _start() -> int:
    token = request.args.get("next_page_token")
    if not token:
        return 0
    zoom = current().zoom
    path, start, expires = zoom.pages.get(token, ("", 0, zoom.clock.now()))
    if path != request.path or expires <= zoom.clock.now():
        raise invalid(("next_page_token", "The next page token is invalid or expired."))
    return start


def _issue(start: int) -> str:
    zoom = current().zoom
    token = secrets.token_urlsafe(24)
    zoom.pages[token] = (request.path, start, zoom.clock.now() + TOKEN_LIFE)
    return token
