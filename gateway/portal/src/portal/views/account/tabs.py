"""The tabs of «Ο Λογαριασμός μου», in the guide's order: one appears when its page works."""

from dataclasses import dataclass

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from portal.session import Session


@dataclass(frozen=True)
class Tab:
    """`area` is the blueprint of its pages; `coordinators`: nobody else has a use for it."""

    area: str
    label: LazyString
    coordinators: bool = False

    @property
    def endpoint(self) -> str:
        return f"{self.area}.page"

    @property
    def current(self) -> bool:
        return request.blueprint == self.area


TABS = (
    Tab("account_details", _l("Επεξεργασία Στοιχείων Λογαριασμού")),
    Tab("account_emails", _l("Διαχείριση Email")),
    Tab("account_role", _l("Αίτημα αλλαγής ρόλου")),
    Tab("account_two_factor", _l("Two Factor Authentication")),
    Tab("account_sessions", _l("Συνεδρίες")),
)


def of(session: Session | None) -> list[Tab]:
    """Those of this person."""
    return [tab for tab in TABS if not tab.coordinators or (session is not None and session.coordinates)]
