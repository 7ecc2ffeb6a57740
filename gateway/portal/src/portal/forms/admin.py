"""What platform administrators fill in (O6, R6)."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    EmailField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from portal import times
from portal.forms.portal_form import PortalForm, an_address, at_most, required, stripped
from portal.forms.request_key import RequestKey

SCOPES: dict[str, LazyString] = {
    "conferences:read": _l("Τηλεδιασκέψεις του φορέα, χωρίς τους συμμετέχοντες"),
    "institutions:read": _l("Φορείς και Οργανικές Μονάδες"),
}
SERVICES: dict[str, LazyString] = {
    "identity": _l("Λογαριασμοί και σύνδεση"),
    "orgs": _l("Φορείς και ρόλοι"),
    "conferences": _l("Τηλεδιασκέψεις"),
    "notifications": _l("Ειδοποιήσεις"),
}
ACT = re.compile(r"[a-z_]+(\.[a-z_]+)?$")


def _choices(words: Mapping[str, LazyString]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in words.items()]


class TaxIdForm(PortalForm):
    """A form of its own, sent by post."""

    nobody = _l("Δεν υπάρχει λογαριασμός με αυτόν τον ΑΦΜ.")
    tax_id = StringField(
        _l("ΑΦΜ"),
        [required(_l("Συμπληρώστε τον ΑΦΜ.")), Regexp(r"[0-9]{9}$", message=_l("Ο ΑΦΜ έχει εννέα ψηφία."))],
        filters=[stripped],
        description=_l("Η αναζήτηση με ΑΦΜ καταγράφεται στο ίχνος ελέγχου, χωρίς τον ίδιο τον ΑΦΜ."),
    )


class CommentForm(PortalForm):
    admin_comment = TextAreaField(
        _l("Σχόλια Διαχειριστή"),
        [at_most(2000)],
        filters=[stripped],
        description=_l(
            "Τα βλέπουν οι διαχειριστές της πλατφόρμας και, για Συντονιστές, οι Συντονιστές του Φορέα τους."
        ),
    )
    etag = HiddenField()


class DisablementForm(PortalForm):
    reason = TextAreaField(
        _l("Λόγος"),
        [required(_l("Γράψτε τον λόγο.")), at_most(1000)],
        filters=[stripped],
        description=_l("Τον βλέπουν μόνο οι διαχειριστές της πλατφόρμας."),
    )


class ClientForm(PortalForm):
    name = StringField(_l("Ονομασία"), [required(), at_most(200)], filters=[stripped])
    contact = EmailField(
        _l("Email επικοινωνίας"),
        [required(), at_most(254), an_address()],
        filters=[stripped],
        description=_l("Σε ποιον απευθυνόμαστε για την εφαρμογή."),
    )
    scopes = SelectMultipleField(
        _l("Τι μπορεί να διαβάζει"),
        [required(_l("Επιλέξτε τουλάχιστον ένα."))],
        choices=_choices(SCOPES),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    etag = HiddenField()

    def wanted(self) -> dict[str, Any]:
        return {"name": self.name.data, "contact": self.contact.data, "scopes": self.scopes.data}


class NewClientForm(ClientForm):
    institution_id = SelectField(_l("Φορέας"), [required(_l("Επιλέξτε φορέα."))])
    request_key = RequestKey()

    def offer(self, institutions: list[dict[str, Any]]) -> None:
        found = [SelectChoice(each["id"], each["name"]) for each in institutions]
        self.institution_id.choices = [SelectChoice("", "–"), *found]


class SecretForm(PortalForm):
    overlap_hours = SelectField(
        _l("Το προηγούμενο μυστικό ισχύει ακόμη"),
        choices=_choices({"0": _l("καθόλου"), "1": _l("1 ώρα"), "24": _l("24 ώρες"), "168": _l("7 ημέρες")}),
        default="24",
    )
    request_key = RequestKey()


class TrailForm(PortalForm):
    """The filters; nothing is required."""

    service = SelectField(_l("Υπηρεσία"), choices=_choices(SERVICES), default="identity")
    act = StringField(
        _l("Πράξη"),
        [Optional(), Regexp(ACT, message=_l("Γράψτε μια πράξη όπως person.disabled ή μόνο person."))],
        filters=[stripped],
    )
    actor_id = StringField(_l("Ποιος (αναγνωριστικό)"), [Optional()], filters=[stripped])
    object_id = StringField(_l("Σε τι (αναγνωριστικό)"), [Optional()], filters=[stripped])
    since = DateField(_l("Από"), [Optional()])
    until = DateField(_l("Έως και"), [Optional()])

    def validate_actor_id(self, field: StringField) -> None:
        _ensure_id(field)

    def validate_object_id(self, field: StringField) -> None:
        _ensure_id(field)

    def filters(self) -> dict[str, Any]:
        """Whole days in Athens."""
        return {
            "act": self.act.data,
            "actor_id": self.actor_id.data,
            "object_id": self.object_id.data,
            "since": _midnight(self.since.data),
            "until": _midnight(self.until.data + timedelta(days=1)) if self.until.data else None,
        }


def _midnight(day: date | None) -> str | None:
    return times.rfc3339(times.instant(day, time())) if day else None


def _ensure_id(field: StringField) -> None:
    try:
        UUID(field.data)
    except ValueError:
        raise ValidationError(str(_l("Γράψτε ένα αναγνωριστικό όπως το δείχνει το ίχνος."))) from None
