"""What the pages of the area share."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask_babel import lazy_gettext as _l

from portal.client import Problem
from portal.session import mine, signed_in
from portal.tabs import Tab

P = ParamSpec("P")
R = TypeVar("R")

TABS = (
    Tab("admin_people", _l("Χρήστες")),
    Tab("admin_institutions", _l("Φορείς")),
    Tab("admin_clients", _l("Εφαρμογές")),
    Tab("admin_audit", _l("Ίχνος ελέγχου")),
)


def for_administrators(view: Callable[P, R]) -> Callable[P, Any]:
    """Also for pages that ask no service before they are sent."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if not mine().administers:
            raise Problem(403, "forbidden")
        return view(*args, **kwargs)

    return signed_in(guarded)
