"""The roles in words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

NAMES: dict[str, LazyString] = {
    "platform_administrator": _l("Διαχειριστής πλατφόρμας"),
    "institution_coordinator": _l("Συντονιστής Φορέα"),
    "unit_coordinator": _l("Συντονιστής Οργανικής Μονάδας"),
    "user": _l("Απλός χρήστης"),
}
