"""The tabs of «Χρήστες», in the guide's order: Διαχειριστές, Χρήστες, Ομάδες, Προς έγκριση."""

from flask_babel import lazy_gettext as _l

from portal.session import COORDINATORS
from portal.tabs import Tab

# Who runs the platform answers where there is no coordinator.
DECIDING = frozenset({"institution_coordinator", "platform_administrator"})
LEADING = frozenset({"institution_coordinator"})

TABS = (
    Tab("users_coordinators", _l("Διαχειριστές"), LEADING),
    Tab("users_people", _l("Χρήστες"), LEADING),
    Tab("users_groups", _l("Ομάδες"), COORDINATORS),
    Tab("users_requests", _l("Προς έγκριση"), DECIDING),
)
