"""Institutions and their units, as those who run them fill them in (S17, O6)."""

from typing import Any
from uuid import uuid4

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, StringField, TelField
from wtforms.validators import Optional

from portal import phones
from portal.forms.portal_form import PortalForm, an_address, at_most, required, stripped

NAME_MOST, CODE_MOST = 300, 50


class NewForm(PortalForm):
    """What is made once, however often the button is pressed."""

    request_key = HiddenField()

    def begin(self) -> None:
        self.request_key.data = self.request_key.data or str(uuid4())


class UnitForm(PortalForm):
    name = StringField(
        _l("Όνομα Οργανικής Μονάδας"),
        [required(_l("Γράψτε το όνομα της Οργανικής Μονάδας.")), at_most(NAME_MOST)],
        filters=[stripped],
    )
    etag = HiddenField()


class NewUnitForm(UnitForm, NewForm):
    pass


class InstitutionForm(PortalForm):
    name = StringField(
        _l("Όνομα φορέα"),
        [required(_l("Γράψτε το όνομα του φορέα.")), at_most(NAME_MOST)],
        filters=[stripped],
    )
    contact_name = StringField(
        _l("Υπεύθυνος επικοινωνίας"),
        [at_most(200)],
        filters=[stripped],
        description=_l(
            "Κατά προτίμηση γραφείο και όχι πρόσωπο. Τα στοιχεία επικοινωνίας τα βλέπουν οι Συντονιστές του Φορέα."
        ),
    )
    contact_email = EmailField(_l("Email επικοινωνίας"), [Optional(), at_most(254), an_address()], filters=[stripped])
    contact_phone = TelField(
        _l("Τηλέφωνο επικοινωνίας"),
        [at_most(40)],
        filters=[stripped],
        description=_l("Δέκα ψηφία, π.χ. 210 123 4567· για αριθμό εξωτερικού, + και ο κωδικός της χώρας."),
    )
    employment_api_id = StringField(
        _l("Κωδικός στο μητρώο εργαζομένων"),
        [at_most(CODE_MOST)],
        filters=[stripped],
        description=_l("Με αυτόν αναγνωρίζεται ο φορέας όσων δηλώνει το Μητρώο του Δημοσίου."),
    )
    registry_code = StringField(_l("Κωδικός στο μητρώο φορέων"), [at_most(CODE_MOST)], filters=[stripped])
    etag = HiddenField()

    def show(self, institution: dict[str, Any]) -> None:
        for name in FIELDS:
            self[name].data = institution[name]
        self.contact_phone.data = phones.shown(institution["contact_phone"])

    def wanted(self) -> dict[str, Any]:
        """As the API takes it: what was left blank is removed."""
        return {"name": self.name.data} | {name: self[name].data or None for name in FIELDS if name != "name"}


class NewInstitutionForm(InstitutionForm, NewForm):
    pass


FIELDS = ("name", "contact_name", "contact_email", "contact_phone", "employment_api_id", "registry_code")
