"""Refusals that are about one field of what was sent, told with its place."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chassis import problems
from chassis.errors import DomainError
from chassis.web import language


@contextmanager
def saying_which_field(field_of: Mapping[type[DomainError], str]) -> Iterator[None]:
    try:
        yield
    except tuple(field_of) as refused:
        detail = problems.body(refused.type, language(), status=refused.status)["detail"]
        raise type(refused)(errors=[{"pointer": field_of[type(refused)], "detail": detail}]) from None
