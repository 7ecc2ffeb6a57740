"""Codes, typed from a telephone or from paper."""

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, HiddenField, StringField

from portal.forms.portal_form import PortalForm, at_most, required, stripped

REQUIRED = _l("Γράψτε τον κωδικό.")


class FirstCodeForm(PortalForm):
    """The app's first code."""

    code = StringField(
        _l("Κωδικός επιβεβαίωσης"),
        [required(REQUIRED), at_most(60)],
        filters=[stripped],
        description=_l("Ο εξαψήφιος κωδικός που δείχνει τώρα η εφαρμογή."),
    )


class CodeForm(PortalForm):
    """A code of either kind."""

    code = StringField(
        _l("Κωδικός"),
        [required(REQUIRED), at_most(60)],
        filters=[stripped],
        description=_l("Ο εξαψήφιος κωδικός της εφαρμογής ή ένας κωδικός ανάκτησης."),
    )


class RecoveryCodesForm(PortalForm):
    """The codes on the page before us, to be kept as a file: they are nowhere else."""

    recovery_codes = FieldList(HiddenField(), max_entries=10)
