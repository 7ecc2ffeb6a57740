"""The roles in words, and what stands between a person and another one."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

NAMES: dict[str, LazyString] = {
    "platform_administrator": _l("Διαχειριστής πλατφόρμας"),
    "institution_coordinator": _l("Συντονιστής Φορέα"),
    "unit_coordinator": _l("Συντονιστής Οργανικής Μονάδας"),
    "user": _l("Απλός χρήστης"),
}
COORDINATING = ("unit_coordinator", "institution_coordinator")

# Of a role request, as people know them; each with the look of a state that means as much.
STATES: dict[str, tuple[LazyString, str]] = {
    "open": (_l("ΝΕΑ"), "scheduled"),
    "accepted": (_l("ΑΠΟΔΕΚΤΗ"), "open"),
    "rejected": (_l("ΑΠΟΡΡΙΦΘΕΙΣΑ"), "cancelled"),
    "withdrawn": (_l("ΔΙΕΓΡΑΜΜΕΝΗ"), "ended"),
}
WITHDRAWN_BECAUSE: dict[str, LazyString] = {
    "applicant": _l("Το αποσύρατε εσείς."),
    "stepped_down": _l("Αποσύρθηκε με τον υποβιβασμό του ρόλου σας."),
    "role_held": _l("Έχετε ήδη τον ρόλο αυτόν ή ανώτερο."),
    "institution_left": _l("Ο φορέας δεν είναι πια δικός σας."),
    "employment_ended": _l("Το Μητρώο του Δημοσίου δεν δηλώνει πια εργασία σας."),
    "account_closed": _l("Ο λογαριασμός είχε κλείσει."),
}

# Of a coordinator, or of somebody invited to be one.
COORDINATOR_STATES: dict[str, tuple[LazyString, str]] = {
    "active": (_l("Ενεργός"), "open"),
    "disabled": (_l("Απενεργοποιημένος"), "cancelled"),
    "pending": (_l("Εκκρεμεί"), "scheduled"),
    "expired": (_l("Η πρόσκληση έληξε"), "ended"),
    "surname_differs": (_l("Άλλο επώνυμο"), "scheduled"),
}

# Why there is no form: title and advice.
OBSTACLES: dict[str, tuple[LazyString, LazyString]] = {
    "employment-pending": (
        _l("Η σχέση εργασίας σας με το Δημόσιο δεν έχει επιβεβαιωθεί ακόμη"),
        _l("Το Μητρώο του Δημοσίου δεν έχει απαντήσει ακόμη και ρωτάται ξανά. Δοκιμάστε αργότερα."),
    ),
    "not-employed": (
        _l("Δεν βρέθηκε ενεργή σχέση εργασίας σας με το Δημόσιο"),
        _l(
            "Ρόλο Συντονιστή ζητούν όσοι εργάζονται στο Δημόσιο. Αν εργάζεστε, απευθυνθείτε στη διεύθυνση προσωπικού "
            "του φορέα σας."
        ),
    ),
    "role-request-open": (
        _l("Έχετε ήδη αίτημα που περιμένει απάντηση"),
        _l("Περιμένετε την απάντηση ή αποσύρετε το αίτημα για να υποβάλετε άλλο."),
    ),
    "role-not-higher": (
        _l("Έχετε ήδη τον ανώτατο ρόλο στον φορέα σας"),
        _l("Δεν υπάρχει άλλος ρόλος να ζητήσετε."),
    ),
    "institution-not-allowed": (
        _l("Ο φορέας σας έχει κλείσει στην υπηρεσία"),
        _l("Επικοινωνήστε με την υποστήριξη για να ενταχθείτε στον σωστό φορέα."),
    ),
}
CLOSED = (_l("Το αίτημα δεν είναι πια ανοικτό"), _l("Δείτε την κατάστασή του στη λίστα."))
NOT_LOWER = (
    _l("Ο ρόλος αυτός δεν είναι κατώτερος από τον δικό σας"),
    _l("Ανοίξτε ξανά την καρτέλα και επιλέξτε κατώτερο ρόλο."),
)

WORDS = {
    "role_names": NAMES,
    "role_obstacles": OBSTACLES,
    "role_request_states": STATES,
    "coordinator_states": COORDINATOR_STATES,
    "withdrawn_because": WITHDRAWN_BECAUSE,
}
