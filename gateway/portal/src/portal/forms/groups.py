"""Groups of users: what they are called, who is in them, and choosing them for a conference (S30)."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, SelectMultipleField, StringField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.forms.portal_form import PortalForm, an_address, at_most, required, stripped
from portal.forms.request_key import RequestKey


class GroupForm(PortalForm):
    """The guide's two fields."""

    name = StringField(
        _l("Όνομα ομάδας"), [required(_l("Συμπληρώστε το όνομα της ομάδας.")), at_most(200)], filters=[stripped]
    )
    description = StringField(
        _l("Περιγραφή ομάδας"),
        [at_most(500)],
        filters=[stripped],
        description=_l("Προτείνεται ως τίτλος όταν δημιουργείτε τηλεδιάσκεψη με την ομάδα."),
    )

    def wanted(self) -> dict[str, str]:
        """As the API takes it."""
        return {"name": self.name.data or "", "description": self.description.data or ""}


class NewGroupForm(GroupForm):
    request_key = RequestKey()


class EditGroupForm(GroupForm):
    """The version that was read travels along."""

    etag = HiddenField()


class MemberForm(PortalForm):
    """Somebody with an account, by address."""

    email = EmailField(
        _l("Εισάγετε το email του χρήστη που θέλετε να προσθέσετε"),
        [required(_l("Συμπληρώστε το email.")), at_most(254), an_address()],
        filters=[stripped],
        description=_l("Στην ομάδα μπαίνουν μόνο όσοι έχουν λογαριασμό στην υπηρεσία."),
    )


class GroupsChoice(SelectMultipleField):  # type: ignore[misc]
    """Boxes to tick, one a group. One that was deleted meanwhile is refused by the service, which says so."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            _l("Ομάδες χρηστών"),
            validate_choice=False,
            option_widget=CheckboxInput(),
            widget=ListWidget(prefix_label=False),
            description=_l("Προστίθενται όλα τα μέλη κάθε ομάδας που επιλέγετε. Κανείς δεν προστίθεται δύο φορές."),
            **more,
        )

    def offer(self, groups: Sequence[dict[str, Any]]) -> None:
        """With how many each adds."""
        self.choices = [
            (group["id"], _("%(name)s (μέλη: %(count)s)", name=group["name"], count=group["member_count"]))
            for group in groups
        ]

    @property
    def shown(self) -> bool:
        return bool(self.choices or self.errors)


class GroupsForm(PortalForm):
    """Groups to add to a conference that is there."""

    group_ids = GroupsChoice()
    request_key = HiddenField()
