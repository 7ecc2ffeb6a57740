"""Adding people to a conference and inviting them (S22), and joining by a personal link (S26)."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, SelectMultipleField, StringField
from wtforms.validators import Optional

from portal.forms.portal_form import PortalForm, an_address, at_most, required, stripped


class PersonForm(PortalForm):
    """Somebody found in the search."""

    person_id = HiddenField()
    request_key = HiddenField()


class GuestForm(PortalForm):
    """Somebody by address: a person with an account, or a guest."""

    email = EmailField(
        _l("Email"), [required(_l("Συμπληρώστε το email.")), at_most(254), an_address()], filters=[stripped]
    )
    guest_name = StringField(
        _l("Ονοματεπώνυμο επισκέπτη (προαιρετικό)"),
        [Optional(), at_most(64)],
        filters=[stripped],
        description=_l("Χρειάζεται μόνο αν δεν έχει λογαριασμό. Αν λείπει, θα του ζητηθεί πριν μπει."),
    )
    invite = BooleanField(_l("Αν δεν έχει λογαριασμό, να προσκληθεί να δημιουργήσει"))
    request_key = HiddenField()


class InvitationsForm(PortalForm):
    """Whom to write to."""

    participant_ids = SelectMultipleField(validate_choice=False)
    request_key = HiddenField()


class JoinForm(PortalForm):
    """How a guest wants to be called."""

    name = StringField(
        _l("Το όνομά σας"),
        [required(_l("Συμπληρώστε το όνομά σας.")), at_most(64)],
        filters=[stripped],
        description=_l("Με αυτό θα σας βλέπουν οι υπόλοιποι συμμετέχοντες."),
    )
