"""Signing in, activating the account and looking after it (S3–S5, S7)."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, SelectField, TelField, TextAreaField

from portal.forms.portal_form import PortalForm, an_address, at_most, required, stripped


class SignInForm(PortalForm):
    """«Είσοδος»: the name changes only if the box is ticked."""

    update_name = BooleanField(
        _l("Ενημέρωση ονοματεπωνύμου. Επιλέξτε το μόνο αν έχουν αλλάξει τα στοιχεία σας στο TaxisNet.")
    )


def terms_box() -> BooleanField:
    return BooleanField(_l("Αποδέχομαι τους όρους χρήσης"), [required(_l("Αποδεχτείτε τους όρους χρήσης."))])


def privacy_box() -> BooleanField:
    return BooleanField(
        _l("Αποδέχομαι τη δήλωση ιδιωτικότητας"), [required(_l("Αποδεχτείτε τη δήλωση ιδιωτικότητας."))]
    )


class AcceptanceForm(PortalForm):
    """The texts in force; their versions travel along, so that nobody accepts a text they did not see."""

    accept_terms = terms_box()
    accept_privacy = privacy_box()
    terms_version = HiddenField()
    privacy_version = HiddenField()


class ActivationForm(PortalForm):
    """What an account lacks before it may do anything, in the order it is asked for."""

    email = EmailField(
        _l("Βασικό email"),
        [required(_l("Συμπληρώστε το email σας.")), at_most(254), an_address()],
        filters=[stripped],
        description=_l("Θα λάβετε εκεί έναν σύνδεσμο επιβεβαίωσης, που ισχύει για 24 ώρες."),
    )
    institution_id = SelectField(
        _l("Φορέας"),
        [required(_l("Επιλέξτε τον φορέα σας."))],
        description=_l("Το μητρώο του Δημοσίου σας αναφέρει σε περισσότερους από έναν φορείς."),
    )
    accept_terms = terms_box()
    accept_privacy = privacy_box()
    terms_version = HiddenField()
    privacy_version = HiddenField()

    def leave_out(self, *, email: bool, institution: bool) -> None:
        """Do not ask for what is known: an address already proven, the only institution."""
        for name, known in (("email", email), ("institution_id", institution)):
            if known:
                del self[name]


class ProofForm(PortalForm):
    """The token of a mailed link, used by a press of a button."""

    token = HiddenField()


class ExtraEmailForm(PortalForm):
    """One more address."""

    email = EmailField(
        _l("Επιπλέον email"),
        [required(_l("Συμπληρώστε το email.")), at_most(254), an_address()],
        filters=[stripped],
        description=_l("Θα λάβει έναν σύνδεσμο επιβεβαίωσης, που ισχύει για 24 ώρες."),
    )


class DetailsForm(PortalForm):
    """How a person can be reached; the version that was read travels along."""

    phone = TelField(
        _l("Τηλέφωνο"),
        [at_most(40)],
        filters=[stripped],
        description=_l("Δέκα ψηφία, π.χ. 210 123 4567· για αριθμό εξωτερικού, + και ο κωδικός της χώρας."),
    )
    other_contact = TextAreaField(
        _l("Άλλα στοιχεία επικοινωνίας"),
        [at_most(1000)],
        filters=[stripped],
        description=_l("Για παράδειγμα εσωτερικό τηλέφωνο ή διεύθυνση γραφείου."),
    )
    unit_id = SelectField(_l("Οργανική Μονάδα"), validate_choice=False)
    etag = HiddenField()

    def offer(self, membership: dict[str, Any] | None, units: dict[str, str]) -> None:
        """The units of the own institution, if they can be had."""
        if membership is None or not units:
            del self["unit_id"]
            return
        unit = membership["unit"]
        self.unit_id.choices = units if unit["id"] in units else {unit["id"]: unit["name"]} | units

    def details(self) -> dict[str, Any]:
        """As the API takes them."""
        written = (self.other_contact.data or "").replace("\r\n", "\n")
        return {"phone": self.phone.data or None, "other_contact": written or None}
