"""What to do about a value that a rule refused, in the caller's language; rules say it as a word."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chassis.errors import DomainError
from chassis.web import language

ADVICE: Mapping[str, Mapping[str, str]] = {
    "to-the-minute": {"el": "Δώστε ακέραιο λεπτό.", "en": "Give a whole minute."},
    "not-in-the-past": {
        "el": "Η έναρξη μπορεί να είναι το πολύ 15 λεπτά πριν.",
        "en": "The start may be at most 15 minutes ago.",
    },
    "in-the-future": {"el": "Η λήξη πρέπει να είναι στο μέλλον.", "en": "The end must be in the future."},
    "15-minutes-to-24-hours": {
        "el": "Η διάρκεια πρέπει να είναι από 15 λεπτά έως 24 ώρες.",
        "en": "It must last 15 minutes to 24 hours.",
    },
    "unit-not-allowed": {
        "el": "Επιλέξτε δική σας Οργανική Μονάδα ή τον φορέα.",
        "en": "Choose a unit of yours, or the institution.",
    },
    "group-not-found": {
        "el": "Η ομάδα δεν υπάρχει πια. Επιλέξτε άλλη.",
        "en": "The group is no longer there. Choose another.",
    },
    "person-not-found": {
        "el": "Δεν βρέθηκε χρήστης με αυτό το email. Στην ομάδα μπαίνουν μόνο όσοι έχουν λογαριασμό.",
        "en": "No user with this email was found. Only people with an account can be in a group.",
    },
    "no-such-time": {"el": "Δεν υπάρχει τέτοια ημερομηνία ή ώρα.", "en": "There is no such date or time."},
    "name-required": {"el": "Γράψτε το όνομά σας.", "en": "Give your name."},
}


@contextmanager
def advising() -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        for fault in error.facts.get("errors", ()):
            fault["detail"] = ADVICE.get(fault["detail"], {}).get(language(), fault["detail"])
        raise
