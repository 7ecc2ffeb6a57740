"""Writing to all coordinators of the institution (S15)."""

from uuid import uuid4

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField

from portal.forms.portal_form import PortalForm, at_most, required, stripped


class CoordinatorMessageForm(PortalForm):
    """The key travels from the form over the question to the sending: a message is sent once."""

    subject = StringField(_l("Θέμα"), [required(_l("Συμπληρώστε το θέμα.")), at_most(200)], filters=[stripped])
    body = TextAreaField(
        _l("Μήνυμα"),
        [required(_l("Γράψτε το μήνυμα.")), at_most(10_000)],
        filters=[stripped, lambda text: text.replace("\r\n", "\n") if text else text],
        description=_l(
            "Απλό κείμενο, έως 10.000 χαρακτήρες. Στην αρχή του email αναφέρεται το όνομά σας και ο φορέας σας."
        ),
    )
    request_key = HiddenField(default=lambda: str(uuid4()))

    def written(self) -> dict[str, str]:
        return {"subject": self.subject.data, "body": self.body.data}
