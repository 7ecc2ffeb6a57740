"""Deleting the account: the primary address, typed (S6)."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField

from portal.forms.portal_form import PortalForm, at_most, required, stripped


class DeletionForm(PortalForm):
    email = EmailField(
        _l("Βασικό email"), [required(_l("Γράψτε το βασικό email σας.")), at_most(254)], filters=[stripped]
    )
