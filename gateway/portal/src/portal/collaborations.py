"""Collaborations in words."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

# As people know them; each with the look of a state that means as much.
STATES: dict[str, tuple[LazyString, str]] = {
    "pending": (_l("Σε αναμονή"), "scheduled"),
    "active": (_l("Ενεργή"), "open"),
    "ended": (_l("Διακόπηκε"), "ended"),
}
OVER = (
    _l("Η συνεργασία δεν ισχύει πια"),
    _l(
        "Το αίτημα ακυρώθηκε ή απορρίφθηκε, ή η συνεργασία διακόπηκε. Δείτε τις συνεργασίες σας στην καρτέλα "
        "«Συνεργάτες»."
    ),
)
WORDS = {"collaboration_states": STATES}
