"""Inviting somebody to coordinate (S13)."""

from typing import Any
from uuid import uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, SelectField, StringField, TelField, ValidationError

from portal import places, roles
from portal.forms.portal_form import PortalForm, an_address, at_most, required, stripped


class CoordinatorForm(PortalForm):
    """The guide's fields; the role is a choice only for those who run the platform."""

    surname = StringField(_l("Επώνυμο"), [required(_l("Συμπληρώστε το επώνυμο.")), at_most(100)], filters=[stripped])
    name = StringField(_l("Όνομα"), [required(_l("Συμπληρώστε το όνομα.")), at_most(100)], filters=[stripped])
    email = EmailField(
        _l("Email"),
        [required(_l("Συμπληρώστε το email.")), at_most(254), an_address()],
        filters=[stripped],
        description=_l("Εκεί στέλνεται η πρόσκληση."),
    )
    phone = TelField(
        _l("Τηλέφωνο"),
        [at_most(40)],
        filters=[stripped],
        description=_l("Προαιρετικό. Δέκα ψηφία· για αριθμό εξωτερικού, + και ο κωδικός της χώρας."),
    )
    unit_id = SelectField(_l("Οργανική Μονάδα"), validate_choice=False)
    role = SelectField(_l("Ρόλος"), default="unit_coordinator")
    request_key = HiddenField(default=lambda: str(uuid4()))

    def offer(self, institution_id: str, *, every_role: bool) -> None:
        """The open units of the institution, and the roles that may be given there."""
        units = places.units(institution_id)
        self.unit_id.choices = list(units.items()) if len(units) == 1 else [("", _("Επιλέξτε")), *units.items()]
        if every_role:
            self.role.choices = [(role, str(roles.NAMES[role])) for role in roles.COORDINATING]
            self.unit_id.description = _l("Προαιρετικό για Συντονιστή Φορέα.")
        else:
            del self["role"]

    def validate_unit_id(self, field: SelectField) -> None:
        if not field.data and self.wanted()["role"] != "institution_coordinator":
            raise ValidationError(_("Επιλέξτε την Οργανική Μονάδα."))

    def wanted(self) -> dict[str, Any]:
        """As the API takes it."""
        return {
            "surname": self.surname.data,
            "name": self.name.data,
            "email": self.email.data,
            "phone": self.phone.data or None,
            "unit_id": self.unit_id.data or None,
            "role": self.role.data if self.role is not None else "unit_coordinator",
        }
