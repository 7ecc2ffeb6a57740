"""Asking for a coordinator's role (S8)."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, TelField, TextAreaField
from wtforms.fields import SelectChoice

from portal import places, roles
from portal.forms.portal_form import PortalForm, at_most, required, stripped


class RoleRequestForm(PortalForm):
    """The guide's fields. Units stand under their institution, so that the choice needs no script."""

    phone = TelField(
        _l("Τηλέφωνο"),
        [required(_l("Συμπληρώστε το τηλέφωνό σας.")), at_most(40)],
        filters=[stripped],
        description=_l("Δέκα ψηφία, π.χ. 210 123 4567· για αριθμό εξωτερικού, + και ο κωδικός της χώρας."),
    )
    role = SelectField(_l("Ρόλος"), [required(_l("Επιλέξτε τον ρόλο που ζητάτε."))], validate_choice=False)
    institution_id = SelectField(_l("Φορέας"), [required(_l("Επιλέξτε τον φορέα."))], validate_choice=False)
    unit_id = SelectField(
        _l("Οργανική Μονάδα"),
        validate_choice=False,
        description=_l("Προαιρετικό για Συντονιστή Φορέα."),
    )
    reason = TextAreaField(
        _l("Συνοπτική περιγραφή της αναγκαιότητας του αιτήματος"),
        [required(_l("Περιγράψτε γιατί χρειάζεστε τον ρόλο.")), at_most(2000)],
        filters=[stripped],
    )
    request_key = HiddenField()

    def offer(self, institutions: Sequence[dict[str, Any]]) -> None:
        """What the service says may be asked for; a single choice is not asked."""
        self.request_key.data = self.request_key.data or str(uuid4())
        possible = {role for institution in institutions for role in institution["roles"]}
        names = {role: str(roles.NAMES[role]) for role in roles.COORDINATING if role in possible}
        self.role.choices = names if len(names) == 1 else {"": _("Επιλέξτε")} | names
        self.institution_id.choices = {"": _("Επιλέξτε")} | {each["id"]: each["name"] for each in institutions}
        several = len(institutions) > 1
        self.unit_id.choices = [
            SelectChoice("", _("Επιλέξτε")),
            *(
                SelectChoice(id_, name, optgroup=institution["name"] if several else None)
                for institution in institutions
                for id_, name in places.units(institution["id"]).items()
            ),
        ]
        if not several:
            del self["institution_id"]

    def asked(self, institutions: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """As the API takes it."""
        institution_id = self.institution_id.data if self.institution_id is not None else institutions[0]["id"]
        return {
            "phone": self.phone.data,
            "role": self.role.data,
            "institution_id": institution_id,
            "unit_id": self.unit_id.data or None,
            "reason": (self.reason.data or "").replace("\r\n", "\n"),
        }
