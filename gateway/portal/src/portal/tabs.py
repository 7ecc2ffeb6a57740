"""Tabs of an area: links, so that they work without script; one appears when its page works for this person."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request
from flask_babel import LazyString

from portal.session import Session


@dataclass(frozen=True)
class Tab:
    """`area` is the blueprint of its pages; `roles`: nobody without one of them has a use for it."""

    area: str
    label: LazyString
    roles: frozenset[str] | None = None

    @property
    def endpoint(self) -> str:
        return f"{self.area}.page"

    @property
    def current(self) -> bool:
        return request.blueprint == self.area


def of(tabs: Iterable[Tab], session: Session | None) -> list[Tab]:
    """Those of this person."""
    held = session.role_names if session is not None else frozenset()
    return [tab for tab in tabs if tab.roles is None or tab.roles & held]
