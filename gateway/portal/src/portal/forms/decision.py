"""Answering a role request (S16)."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from portal.forms.portal_form import PortalForm, at_most, stripped


class RejectionForm(PortalForm):
    comment = TextAreaField(
        _l("Σχόλιο προς τον αιτούντα"),
        [at_most(2000)],
        filters=[stripped],
        description=_l("Προαιρετικό. Περιλαμβάνεται στο email που θα λάβει."),
    )
