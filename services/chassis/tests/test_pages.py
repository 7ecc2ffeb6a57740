"""Every row once, in order, whatever the direction; foreign cursors are refused."""

import base64
import json

import pytest
from sqlalchemy import select

from chassis import pages
from chassis.pages import InvalidCursor


@pytest.fixture
def things(session):
    from sample.models import Thing

    made = [Thing(name=f"n{number:02}") for number in range(23)]
    session.add_all(made)
    session.flush()
    return made


def walk(session, order, limit=5, **options):
    from sample.models import Thing

    names, cursor, turns = [], None, 0
    while True:
        page = pages.page(
            session, select(Thing), order=order, limit=limit, cursor=cursor, present=lambda thing: thing.name, **options
        )
        names += page["items"]
        cursor, turns = page["next"], turns + 1
        if cursor is None:
            return names, turns


def test_pages_hold_every_row_once_in_order(session, things):
    from sample.models import Thing

    rising = [f"n{number:02}" for number in range(23)]

    assert walk(session, [Thing.name, Thing.id]) == (rising, 5)
    assert walk(session, [Thing.name.desc(), Thing.id.desc()]) == (rising[::-1], 5)
    assert walk(session, [Thing.version, Thing.name.desc(), Thing.id]) == (rising[::-1], 5)
    assert walk(session, [Thing.name, Thing.id], limit=23) == (rising, 1)


def test_rows_that_come_while_paging_shift_nothing(session, things):
    from sample.models import Thing

    order = [Thing.name, Thing.id]
    first = pages.page(session, select(Thing), order=order, limit=5, cursor=None, present=lambda thing: thing.name)
    session.add(Thing(name="n00a"))
    session.flush()

    second = pages.page(
        session, select(Thing), order=order, limit=5, cursor=first["next"], present=lambda thing: thing.name
    )

    assert second["items"][0] == "n05"


def test_total_is_told_while_it_is_small(session, things):
    from sample.models import Thing

    page = pages.page(
        session, select(Thing), order=[Thing.id], limit=1, cursor=None, present=lambda thing: 1, total=True
    )
    assert page["total"] == 23
    assert pages.count_up_to(session, select(Thing), most=22) is None


def test_query_of_several_columns_presents_rows(session, things):
    from sample.models import Thing

    query = select(Thing.name, Thing.version)
    page = pages.page(session, query, order=[Thing.name, Thing.id], limit=1, cursor=None, present=tuple)

    assert page["items"] == [("n00", 1)]


@pytest.mark.parametrize("sorted_up_to", [23, 22])
def test_what_is_searched_is_paged_alike_whether_few_are_found_or_many(session, things, monkeypatch, sorted_up_to):
    from sample.models import Thing

    monkeypatch.setattr(pages, "SORTED_UP_TO", sorted_up_to)
    order, present = [Thing.name, Thing.id], lambda thing: thing.name
    options = {"order": order, "present": present, "total": True, "searched": True}

    assert walk(session, order, total=True, searched=True) == ([f"n{number:02}" for number in range(23)], 5)
    first = pages.page(session, select(Thing), limit=22, cursor=None, **options)
    behind = pages.page(session, select(Thing), limit=9, cursor=cursor_of(["z", str(things[0].id)]), **options)
    nobody = pages.page(session, select(Thing).where(Thing.name == "?"), limit=9, cursor=None, **options)
    assert (first["total"], len(first["items"]), first["next"] is None) == (23, 22, False)
    assert behind == {"items": [], "next": None, "total": 23}
    assert nobody == {"items": [], "next": None, "total": 0}


@pytest.mark.parametrize("sorted_up_to", [23, 22])
def test_several_queries_searched_are_one_list(session, things, monkeypatch, sorted_up_to):
    from sample.models import Thing

    monkeypatch.setattr(pages, "SORTED_UP_TO", sorted_up_to)
    halves = [select(Thing.name).where(Thing.name < "n10"), select(Thing.name).where(Thing.name >= "n10")]
    arms = [(half, [Thing.name, Thing.id]) for half in reversed(halves)]
    names, cursor = [], None

    for _ in range(3):
        page = pages.merged_page(
            session, arms, limit=8, cursor=cursor, present=lambda row: row[0], searched=True
        )  # fmt: skip
        assert page["total"] == 23
        names, cursor = names + page["items"], page["next"]

    assert (names, cursor) == ([f"n{number:02}" for number in range(23)], None)


def cursor_of(values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "é", "####", cursor_of({}), cursor_of([]), cursor_of(["a"]), cursor_of(["a", "not-an-id"]),
     cursor_of(["a\ud800", "01930000-0000-7000-8000-00000000abcd"]),
     cursor_of(["a\0", "01930000-0000-7000-8000-00000000abcd"]), cursor_of([7, None]), cursor_of([["a"], ["b"]])],
)  # fmt: skip
def test_cursor_we_did_not_give_out_is_refused(session, cursor):
    from sample.models import Thing

    with pytest.raises(InvalidCursor):
        pages.page(session, select(Thing), order=[Thing.name, Thing.id], limit=5, cursor=cursor, present=str)


def test_number_too_large_for_its_column_is_refused(session):
    from sample.models import Thing

    with pytest.raises(InvalidCursor):
        pages.page(session, select(Thing), order=[Thing.version], limit=5, cursor=cursor_of([2**70]), present=str)
