"""The states of an invitation to the platform, in words and with a look."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

STATES: dict[str, tuple[LazyString, str]] = {
    "pending": (_l("Εκκρεμεί"), "scheduled"),
    "accepted": (_l("Ενεργός"), "open"),
    "expired": (_l("Έληξε"), "ended"),
    "revoked": (_l("Ανακλήθηκε"), "cancelled"),
}
