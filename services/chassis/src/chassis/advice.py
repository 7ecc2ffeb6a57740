"""What to do about a refused value, in the caller's language."""

from typing import Any

ADVICE: dict[str, tuple[str, str]] = {
    "required": ("Συμπληρώστε αυτό το πεδίο.", "Fill in this field."),
    "additionalProperties": ("Αφαιρέστε αυτό το πεδίο: δεν προβλέπεται.", "Remove this field: it is not known here."),
    "body": ("Στείλτε τα στοιχεία στο σώμα της κλήσης.", "Send the data in the request body."),
    "json": ("Στείλτε έγκυρο JSON.", "Send valid JSON."),
    "unstorable": ("Αφαιρέστε τους χαρακτήρες που δεν εμφανίζονται.", "Remove the characters that cannot be shown."),
    "type string": ("Γράψτε κείμενο.", "Give a text."),
    "type integer": ("Γράψτε ακέραιο αριθμό.", "Give a whole number."),
    "type number": ("Γράψτε αριθμό.", "Give a number."),
    "type boolean": ("Δώστε true ή false.", "Give true or false."),
    "type array": ("Δώστε λίστα.", "Give a list."),
    "type object": ("Δώστε αντικείμενο με πεδία.", "Give an object with fields."),
    "format uuid": ("Δώστε αναγνωριστικό UUID.", "Give an id in UUID form."),
    "format date-time": (
        "Δώστε ημερομηνία και ώρα με ζώνη, όπως 2026-11-25T08:00:00+02:00.",
        "Give a date and time with offset, such as 2026-11-25T08:00:00+02:00.",
    ),
    "format date": ("Δώστε ημερομηνία, όπως 2026-11-25.", "Give a date, such as 2026-11-25."),
    "format email": ("Γράψτε διεύθυνση e-mail, όπως onoma@foreas.gr.", "Give an e-mail address, such as name@body.gr."),
    "enum": ("Επιλέξτε ένα από τα: {}.", "Choose one of: {}."),
    "minLength": ("Γράψτε τουλάχιστον {} χαρακτήρες.", "Write at least {} characters."),
    "maxLength": ("Γράψτε έως {} χαρακτήρες.", "Write at most {} characters."),
    "minimum": ("Δώστε τουλάχιστον {}.", "Give {} or more."),
    "maximum": ("Δώστε το πολύ {}.", "Give {} or less."),
    "minItems": ("Δώστε τουλάχιστον {} στοιχεία.", "Give at least {} items."),
    "maxItems": ("Δώστε το πολύ {} στοιχεία.", "Give at most {} items."),
    "uniqueItems": ("Δώστε κάθε στοιχείο μία φορά.", "Give each item once."),
    "minProperties": ("Δώστε τουλάχιστον {} πεδία.", "Give at least {} fields."),
    "value": ("Διορθώστε αυτή την τιμή.", "Correct this value."),
}


def advice(key: str, language: str, wanted: Any = "") -> str:
    greek, english = ADVICE.get(key, ADVICE["value"])
    return (greek if language == "el" else english).format(wanted)[:500]
