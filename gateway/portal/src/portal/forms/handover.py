"""To whom conferences are handed over (S24)."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from portal.forms.portal_form import PortalForm, required


class HandoverForm(PortalForm):
    """Somebody of the list; `asked` once a choice was sent, so that the page is not wrong before."""

    person_id = HiddenField(_l("Συντονιστής"), [required(_l("Επιλέξτε Συντονιστή."))])
    step = HiddenField()

    @property
    def asked(self) -> bool:
        return bool(self.step.data)

    def nobody(self) -> None:
        """Chosen a moment ago, and no coordinator there any more."""
        self.person_id.errors = [_("Το πρόσωπο αυτό δεν μπορεί να αναλάβει πια. Επιλέξτε άλλον Συντονιστή.")]
