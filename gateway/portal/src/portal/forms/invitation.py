"""Inviting somebody to the platform (S19)."""

from uuid import uuid4

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, StringField

from portal.forms.portal_form import PortalForm, an_address, at_most, required, stripped


class InvitationForm(PortalForm):
    surname = StringField(_l("Επώνυμο"), [required(_l("Συμπληρώστε το επώνυμο.")), at_most(200)], filters=[stripped])
    name = StringField(_l("Όνομα"), [required(_l("Συμπληρώστε το όνομα.")), at_most(200)], filters=[stripped])
    email = EmailField(
        _l("Email"),
        [required(_l("Συμπληρώστε το email.")), at_most(254), an_address()],
        filters=[stripped],
        description=_l("Εκεί στέλνεται ο σύνδεσμος της πρόσκλησης."),
    )
    request_key = HiddenField(default=lambda: str(uuid4()))

    def asked(self) -> dict[str, str]:
        return {"surname": self.surname.data, "name": self.name.data, "email": self.email.data}
