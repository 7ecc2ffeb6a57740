"""The page «Τηλεδιασκέψεις» (S23)."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request

from portal import times
from portal.client import gateway
from portal.session import mine, signed_in

blueprint = Blueprint("conferences", __name__)
ROWS, CARDS, LEFT = 50, 12, 20
NOBODY = str(UUID(int=0))  # whose a conference is when its owner's account was deleted


@blueprint.get("/conferences")
@signed_in
def page() -> Any:
    """What runs, what comes, and for coordinators the table of one day."""
    day, readable = _day(request.args.get("date", ""))
    table = _page("day", ROWS, {"date": day.isoformat(), "as": "manager"}) if mine().manages else None
    return render_template(
        "conferences.html",
        current=_page("current", CARDS),
        future=_page("future", CARDS),
        left=_left() if mine().oversees else None,
        nobody=NOBODY,
        table=table,
        day=day,
        readable=readable,
        today=times.today(),
    )


def _left() -> dict[str, Any] | None:
    """What leaving coordinators left, if there is any."""
    left = _page("planned", LEFT, {"as": "manager", "without_coordinator": "true"})
    return left if left["items"] else None


def _page(scope: str, limit: int, narrowed: dict[str, str] | None = None) -> dict[str, Any]:
    query = {"scope": scope, "limit": limit, "cursor": request.args.get(f"{scope}_from"), **(narrowed or {})}
    page: dict[str, Any] = gateway().get("/api/v1/conferences", query).body
    return page


def _day(text: str) -> tuple[date, bool]:
    """The day asked for, today when none was; and whether it could be read."""
    try:
        return (date.fromisoformat(text), True) if text else (times.today(), True)
    except ValueError:
        return times.today(), False
