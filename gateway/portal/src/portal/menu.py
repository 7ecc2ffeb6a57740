"""The menu (S37): an item appears when its page works for this person."""

from dataclasses import dataclass

from flask import request, url_for
from flask_babel import gettext as _

from portal import tabs
from portal.session import Session
from portal.views.users.tabs import TABS as USERS


@dataclass(frozen=True)
class Item:
    """One entry; `current` marks where the person is."""

    label: str
    address: str
    current: bool


def items(session: Session | None) -> list[Item]:
    """The entries of this person."""
    entries = [("conference", _("Τηλεδιασκέψεις"), "conferences.page")] if session and session.active else []
    if session and session.active and (users := tabs.of(USERS, session)):
        entries += [("users", _("Χρήστες"), users[0].endpoint)]
    if session and session.active and session.leads:
        entries += [("institution", _("Φορέας"), "institution.page")]
    if session and session.active and session.administers:
        entries += [("admin", _("Διαχείριση"), "admin_people.page")]
    entries += [("support", _("Υποστήριξη"), "support.page")]
    here = request.blueprint or ""
    return [Item(label, url_for(endpoint), here.startswith(area)) for area, label, endpoint in entries]
