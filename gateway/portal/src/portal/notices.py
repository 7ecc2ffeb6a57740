"""«Έγινε»: what the page before did, named in the address by a word of ours, never by free text."""

from dataclasses import dataclass

from flask import request
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

DONE: dict[str, LazyString] = {
    "created": _l("Η τηλεδιάσκεψη δημιουργήθηκε."),
    "created-without-some": _l(
        "Η τηλεδιάσκεψη δημιουργήθηκε, αλλά κάποιοι συμμετέχοντες δεν προστέθηκαν. "
        "Ελέγξτε τον πίνακα και προσθέστε όσους λείπουν."
    ),
    "over_capacity": _l(
        "Δεν προστέθηκε: η τηλεδιάσκεψη έχει συμπληρώσει το μέγιστο πλήθος συμμετεχόντων. "
        "Μπορείτε να το αυξήσετε από την «Επεξεργασία»."
    ),
    "saved": _l("Οι αλλαγές αποθηκεύτηκαν."),
    "cancelled": _l("Η τηλεδιάσκεψη ακυρώθηκε. Όσοι είχαν προσκληθεί ενημερώνονται με email."),
    "handed-over": _l("Η τηλεδιάσκεψη παραδόθηκε. Ο νέος Συντονιστής ενημερώνεται με email."),
    "handed-over-many": _l("Οι τηλεδιασκέψεις παραδόθηκαν. Ο νέος Συντονιστής ενημερώνεται με email."),
    "handed-over-some": _l(
        "Κάποιες τηλεδιασκέψεις δεν παραδόθηκαν: ολοκληρώθηκαν ή ακυρώθηκαν στο μεταξύ, ή τις ανέλαβε άλλος."
    ),
    "none-chosen": _l("Επιλέξτε τουλάχιστον μία τηλεδιάσκεψη για παράδοση."),
    "none-to-hand-over": _l("Δεν υπάρχουν πια τηλεδιασκέψεις για παράδοση."),
    "ended": _l("Η τηλεδιάσκεψη τερματίστηκε."),
    "added": _l("Ο συμμετέχων προστέθηκε."),
    "person-gone": _l("Δεν προστέθηκε: ο λογαριασμός δεν είναι πια ενεργός."),
    "already": _l("Συμμετέχει ήδη στην τηλεδιάσκεψη."),
    "removed": _l("Ο συμμετέχων αφαιρέθηκε. Αν είχε προσκληθεί, ενημερώνεται με email."),
    "email-added": _l("Η διεύθυνση προστέθηκε. Ανοίξτε τον σύνδεσμο επιβεβαίωσης που της στείλαμε."),
    "email-sent": _l("Στείλαμε νέο σύνδεσμο επιβεβαίωσης. Ο προηγούμενος δεν ισχύει πια."),
    "email-removed": _l("Η διεύθυνση αφαιρέθηκε."),
    "email-primary": _l("Το βασικό email άλλαξε. Ενημερώνουμε με email την προηγούμενη διεύθυνση."),
    "session-ended": _l("Η συνεδρία τερματίστηκε."),
    "sessions-ended": _l("Όλες οι άλλες συνεδρίες τερματίστηκαν."),
    "two-factor-off": _l("Ο έλεγχος ταυτότητας δύο παραγόντων απενεργοποιήθηκε."),
    "invited": _l("Οι προσκλήσεις στέλνονται. Η κατάστασή τους φαίνεται στον πίνακα των συμμετεχόντων."),
    "groups-added": _l("Τα μέλη των ομάδων συμμετέχουν στην τηλεδιάσκεψη."),
    "groups-added-without-some": _l(
        "Κάποια μέλη των ομάδων δεν προστέθηκαν: ο λογαριασμός τους είναι απενεργοποιημένος ή η τηλεδιάσκεψη έχει "
        "συμπληρώσει το μέγιστο πλήθος συμμετεχόντων."
    ),
    "groups-empty": _l("Οι ομάδες που επιλέξατε δεν έχουν μέλη."),
    "group-created": _l("Η ομάδα δημιουργήθηκε."),
    "group-deleted": _l("Η ομάδα διαγράφηκε."),
    "member-added": _l("Ο χρήστης προστέθηκε στην ομάδα."),
    "member-already": _l("Ο χρήστης είναι ήδη στην ομάδα."),
    "member-removed": _l("Ο χρήστης αφαιρέθηκε από την ομάδα."),
    "person-disabled": _l("Ο λογαριασμός απενεργοποιήθηκε και οι συνεδρίες του τερματίστηκαν."),
    "person-enabled": _l("Ο λογαριασμός ενεργοποιήθηκε ξανά."),
    "two-factor-reset": _l("Ο έλεγχος δύο παραγόντων επαναφέρθηκε."),
    "client-revoked": _l("Η εφαρμογή ανακλήθηκε."),
    "secret-told": _l(
        "Το μυστικό εμφανίστηκε μία φορά, μόλις δημιουργήθηκε, και δεν εμφανίζεται ξανά. Αν χάθηκε, δημιουργήστε νέο."
    ),
    "unit-created": _l("Η Οργανική Μονάδα δημιουργήθηκε."),
    "unit-renamed": _l("Η Οργανική Μονάδα μετονομάστηκε."),
    "unit-closed": _l("Η Οργανική Μονάδα έκλεισε."),
    "institution-created": _l("Ο φορέας δημιουργήθηκε, μαζί με το «Γενικό Τμήμα» του."),
    "institution-closed": _l("Ο φορέας έκλεισε."),
    "institution-reopened": _l("Ο φορέας άνοιξε ξανά."),
    "role-asked": _l("Το αίτημα υποβλήθηκε. Θα ενημερωθείτε με email όταν απαντηθεί."),
    "role-withdrawn": _l("Το αίτημα αποσύρθηκε."),
    "request-accepted": _l("Το αίτημα έγινε δεκτό. Ο αιτών έχει πλέον τον ρόλο και ενημερώνεται με email."),
    "request-rejected": _l("Το αίτημα απορρίφθηκε. Ο αιτών ενημερώνεται με email."),
    "person-invited": _l("Η πρόσκληση στάλθηκε."),
    "invitation-resent": _l("Η πρόσκληση στάλθηκε ξανά. Ο προηγούμενος σύνδεσμος δεν ισχύει πια."),
    "invitation-revoked": _l("Η πρόσκληση ανακλήθηκε."),
    "collaboration-asked": _l("Το αίτημα συνεργασίας στάλθηκε. Θα ενημερωθείτε με email όταν απαντηθεί."),
    "collaboration-asked-some": _l("Το αίτημα δεν στάλθηκε σε όλους: κάποιοι δεν είναι πια Συντονιστές του Φορέα σας."),
    "collaboration-accepted": _l(
        "Αποδεχθήκατε το αίτημα. Σε λίγα δευτερόλεπτα οι τηλεδιασκέψεις του Συντονιστή θα εμφανίζονται στις δικές σας."
    ),
    "collaboration-ended": _l("Το αίτημα ή η συνεργασία διαγράφηκε."),
    "stepped-down": _l("Ο ρόλος σας άλλαξε."),
    "coordinator-asked": _l(
        "Η πρόσκληση στέλνεται. Ο λογαριασμός εκκρεμεί μέχρι να την αποδεχτεί ο κάτοχος του email."
    ),
    "coordinator-asked-again": _l("Η πρόσκληση στέλνεται ξανά, με νέο σύνδεσμο. Ο προηγούμενος δεν ισχύει πια."),
    "invitation-just-sent": _l("Η πρόσκληση μόλις στάλθηκε. Περιμένετε ένα λεπτό πριν τη στείλετε ξανά."),
    "coordinator-uninvited": _l("Η πρόσκληση αποσύρθηκε. Ο σύνδεσμός της δεν ισχύει πια και ο ρόλος δεν δίνεται."),
    "invitation-closed": _l("Η πρόσκληση δεν είναι πια ανοικτή: έγινε δεκτή ή αποσύρθηκε στο μεταξύ."),
    "coordinator-recognised": _l("Ο ρόλος δόθηκε."),
    "demoted": _l("Ο ρόλος του Συντονιστή αφαιρέθηκε. Είναι πλέον απλός χρήστης και ενημερώνεται με email."),
    "coordinator-no-longer": _l("Δεν είναι πια Συντονιστής: ο ρόλος είχε ήδη αφαιρεθεί."),
}


NOT_QUITE = {
    "already",
    "collaboration-asked-some",
    "over_capacity",
    "person-gone",
    "created-without-some",
    "groups-added-without-some",
    "groups-empty",
    "member-already",
    "secret-told",
    "handed-over-some",
    "none-chosen",
    "none-to-hand-over",
    "invitation-just-sent",
    "invitation-closed",
    "coordinator-no-longer",
}


@dataclass(frozen=True)
class Notice:
    """What to say, and whether it went as wished."""

    words: LazyString
    fine: bool


def asked_for() -> Notice | None:
    """The notice this address asks for."""
    done = request.args.get("done", "")
    return Notice(DONE[done], done not in NOT_QUITE) if done in DONE else None
