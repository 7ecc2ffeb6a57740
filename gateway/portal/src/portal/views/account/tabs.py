"""The tabs of «Ο Λογαριασμός μου», in the guide's order."""

from flask_babel import lazy_gettext as _l

from portal.session import COORDINATORS
from portal.tabs import Tab

TABS = (
    Tab("account_details", _l("Επεξεργασία Στοιχείων Λογαριασμού")),
    Tab("account_emails", _l("Διαχείριση Email")),
    Tab("account_role", _l("Αίτημα αλλαγής ρόλου")),
    Tab("account_collaborators", _l("Συνεργάτες"), COORDINATORS),
    Tab("account_two_factor", _l("Two Factor Authentication")),
    Tab("account_sessions", _l("Συνεδρίες")),
)
