"""What the download calls things, in the words of the pages. A name without words here is shown as it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import collaborations, roles, times
from portal.act_words import ACTS

MOMENTS = ("_at", "_since")

SERVICES = {
    "identity": _l("Λογαριασμός και σύνδεση"),
    "orgs": _l("Φορείς και ρόλοι"),
    "conferences": _l("Τηλεδιασκέψεις και παρουσίες"),
    "notifications": _l("Μηνύματα email"),
}
KINDS = {
    "account": _l("Στοιχεία λογαριασμού"),
    "emails": _l("Διευθύνσεις email"),
    "acceptances": _l("Αποδοχή όρων και ιδιωτικότητας"),
    "sessions": _l("Συνδέσεις"),
    "invitations": _l("Προσκλήσεις που αποδέχθηκα"),
    "invitations_sent": _l("Προσκλήσεις που έστειλα"),
    "owned_conferences": _l("Τηλεδιασκέψεις που δημιούργησα"),
    "groups": _l("Ομάδες χρηστών που δημιούργησα"),
    "group_memberships": _l("Ομάδες χρηστών άλλων στις οποίες είμαι"),
    "acts": _l("Ενέργειες που καταγράφηκαν"),
    "membership": _l("Φορέας και ρόλος"),
    "role_requests": _l("Αιτήματα αλλαγής ρόλου"),
    "collaborators": _l("Συνεργάτες μου"),
    "helping": _l("Συντονιστές των οποίων είμαι συνεργάτης"),
    "offers": _l("Ρόλοι που μου προσφέρθηκαν"),
    "person": _l("Ονοματεπώνυμο"),
    "addresses": _l("Επιβεβαιωμένες διευθύνσεις"),
    "participations": _l("Συμμετοχές σε τηλεδιασκέψεις"),
    "address": _l("Διεύθυνση αποστολής"),
    "messages": _l("Μηνύματα που μου στάλθηκαν"),
    "coordinator_messages": _l("Μηνύματα προς Συντονιστές που έγραψα"),
}
FIELDS = {
    "id": _l("Αναγνωριστικό"),
    "number": _l("Αριθμός"),
    "tax_id": _l("ΑΦΜ"),
    "surname": _l("Επώνυμο"),
    "name": _l("Όνομα"),
    "status": _l("Κατάσταση"),
    "state": _l("Κατάσταση"),
    "employment": _l("Εργασία στο Δημόσιο"),
    "employment_bodies": _l("Φορείς κατά το μητρώο"),
    "employment_flagged_at": _l("Σήμανση μη απασχόλησης"),
    "phone": _l("Τηλέφωνο"),
    "other_contact": _l("Άλλα στοιχεία επικοινωνίας"),
    "language": _l("Γλώσσα"),
    "created_at": _l("Δημιουργήθηκε"),
    "activated_at": _l("Ενεργός από"),
    "updated_at": _l("Άλλαξε"),
    "two_factor_since": _l("Έλεγχος δύο παραγόντων από"),
    "email": _l("Email"),
    "email_folded": _l("Email"),
    "primary": _l("Βασικό email"),
    "proof": _l("Τρόπος επιβεβαίωσης"),
    "proven_at": _l("Επιβεβαιώθηκε"),
    "document": _l("Κείμενο"),
    "version": _l("Έκδοση"),
    "accepted_at": _l("Έγινε δεκτή"),
    "revoked_at": _l("Ανάκληση"),
    "last_used_at": _l("Τελευταία χρήση"),
    "starts_at": _l("Έναρξη"),
    "ends_at": _l("Λήξη"),
    "ended_at": _l("Τερματισμός"),
    "act": _l("Ενέργεια"),
    "occurred_at": _l("Πότε"),
    "institution": _l("Φορέας"),
    "institution_id": _l("Φορέας"),
    "unit": _l("Οργανική Μονάδα"),
    "unit_id": _l("Οργανική Μονάδα"),
    "role": _l("Ρόλος"),
    "platform_administrator": _l("Διαχειριστής πλατφόρμας"),
    "reason": _l("Αιτιολογία"),
    "comment": _l("Σχόλιο"),
    "taken_at": _l("Έγινε δεκτή"),
    "title": _l("Τίτλος"),
    "description": _l("Περιγραφή"),
    "invited_at": _l("Πρόσκληση"),
    "removed_at": _l("Αφαίρεση"),
    "added_at": _l("Προσθήκη"),
    "stays": _l("Παρουσία"),
    "template": _l("Μήνυμα"),
    "subject": _l("Θέμα"),
    "body": _l("Μήνυμα"),
    "queued_at": _l("Σε αναμονή από"),
    "sent_at": _l("Στάλθηκε"),
}

CONFERENCE_STATES = {
    "scheduled": _l("Προγραμματισμένη"),
    "open": _l("Σε εξέλιξη"),
    "ended": _l("Ολοκληρώθηκε"),
    "cancelled": _l("Ακυρώθηκε"),
}
ACCOUNT_STATES = {
    "awaiting_activation": _l("Αναμένει ενεργοποίηση"),
    "active": _l("Ενεργός"),
    "disabled": _l("Απενεργοποιημένος"),
}
# By the name of the field, or by kind and name where one name means several things.
VALUES: dict[str | tuple[str, str], Mapping[str, LazyString]] = {
    "role": roles.NAMES,
    "language": {"el": _l("Ελληνικά"), "en": _l("Αγγλικά")},
    "status": ACCOUNT_STATES,
    "employment": {
        "employed": _l("Ναι, κατά το Μητρώο του Δημοσίου"),
        "pending": _l("Το Μητρώο του Δημοσίου δεν έχει απαντήσει ακόμη"),
        "none": _l("Όχι, κατά το Μητρώο του Δημοσίου"),
    },
    "proof": {
        "link": _l("Με σύνδεσμο που στάλθηκε σε αυτήν"),
        "invitation": _l("Με πρόσκληση που στάλθηκε σε αυτήν"),
        "administrator": _l("Από διαχειριστή"),
    },
    "document": {"terms": _l("Όροι χρήσης"), "privacy": _l("Δήλωση ιδιωτικότητας")},
    "template": {
        "email_proof": _l("Επιβεβαίωση email"),
        "extra_email_proof": _l("Επιβεβαίωση επιπλέον email"),
        "email_claim_lost": _l("Διεύθυνση που επιβεβαίωσε άλλος"),
        "primary_email_changed": _l("Αλλαγή βασικού email"),
        "platform_invitation": _l("Πρόσκληση στην υπηρεσία"),
        "sign_in_closed": _l("Κλείσιμο πρόσβασης"),
        "account_disabled": _l("Απενεργοποίηση λογαριασμού"),
        "account_enabled": _l("Επανενεργοποίηση λογαριασμού"),
        "two_factor_changed": _l("Αλλαγή στον έλεγχο δύο παραγόντων"),
        "employment_flagged": _l("Σήμανση μη απασχόλησης"),
        "employment_lapsed": _l("Λήξη ρόλου συντονιστή"),
        "inactivity_warned": _l("Προειδοποίηση αδράνειας"),
        "role_request_opened": _l("Αίτημα αλλαγής ρόλου προς έγκριση"),
        "role_request_accepted": _l("Αποδοχή αιτήματος αλλαγής ρόλου"),
        "role_request_rejected": _l("Απόρριψη αιτήματος αλλαγής ρόλου"),
        "institution_uncoordinated": _l("Φορέας χωρίς Συντονιστή"),
        "collaboration_requested": _l("Αίτημα συνεργασίας"),
        "collaboration_accepted": _l("Αποδοχή αιτήματος συνεργασίας"),
        "collaboration_rejected": _l("Απόρριψη αιτήματος συνεργασίας"),
        "collaboration_ended": _l("Διακοπή συνεργασίας"),
        "role_taken": _l("Αφαίρεση ρόλου συντονιστή"),
        "coordinator_surname_differs": _l("Διαφορετικό επώνυμο σε πρόσκληση"),
        "coordinator_invitation_needless": _l("Πρόσκληση που δεν χρειάστηκε"),
        "account_erased": _l("Διαγραφή λογαριασμού"),
        "conference_invitation": _l("Πρόσκληση σε τηλεδιάσκεψη"),
        "conference_cancelled": _l("Ακύρωση τηλεδιάσκεψης"),
        "conference_removed": _l("Αφαίρεση από τηλεδιάσκεψη"),
        "conference_handed_over": _l("Παράδοση τηλεδιασκέψεων"),
        "conference_received": _l("Ανάληψη τηλεδιασκέψεων"),
        "coordinator_left": _l("Τηλεδιασκέψεις χωρίς Συντονιστή"),
        "coordinator_message": _l("Μήνυμα προς τους Συντονιστές"),
    },
    ("acts", "act"): ACTS,
    ("owned_conferences", "state"): CONFERENCE_STATES,
    **{
        (kind, "state"): {state: words for state, (words, _look) in collaborations.STATES.items()}
        for kind in ("collaborators", "helping")
    },
    ("role_requests", "state"): {state: words for state, (words, _look) in roles.STATES.items()},
    ("messages", "state"): {
        "queued": _l("Σε αναμονή"),
        "sending": _l("Στέλνεται"),
        "sent": _l("Στάλθηκε"),
        "failed": _l("Απέτυχε"),
        "superseded": _l("Δεν χρειάστηκε πια"),
    },
}


def part(service: str) -> Any:
    return SERVICES.get(service, service)


def kind(name: str) -> Any:
    return KINDS.get(name, name)


def field(name: str) -> Any:
    return FIELDS.get(name, name)


def shown(name: str, value: Any, kind: str = "") -> Any:
    """A value as people read it; lists of moments as spans."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, bool):
        return _("Ναι") if value else _("Όχι")
    words = VALUES.get((kind, name)) or VALUES.get(name)
    if words and isinstance(value, str) and value in words:
        return words[value]
    if name.endswith(MOMENTS):  # people's own words may look like a moment, too
        return f"{times.day_numeric(value)} {times.clock(value)}"
    if isinstance(value, list):
        return ", ".join(str(_span(item) if isinstance(item, dict) else item) for item in value)
    return value


def _span(stay: dict[str, Any]) -> str:
    return " – ".join(str(shown(name, value)) for name, value in stay.items())


def rows(content: Any) -> list[dict[str, Any]]:
    """Whatever a kind holds, as rows: many, one or none."""
    if content is None:
        return []
    if isinstance(content, list):
        return content
    return [content] if isinstance(content, dict) else [{"email": content}]


def fields(row: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a row says; where it names what it also has the id of, the name stands for both."""
    for name, value in row.items():
        named = name.removesuffix("_id")
        if name != named and named in row:
            yield named, row[named]
        elif f"{name}_id" not in row:
            yield name, value
