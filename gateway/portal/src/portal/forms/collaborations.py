from wtforms import SelectMultipleField

from portal.forms.portal_form import PortalForm


class CandidatesForm(PortalForm):
    """Whom to ask."""

    person_ids = SelectMultipleField(validate_choice=False, default=())
