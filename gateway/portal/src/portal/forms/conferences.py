"""Planning and editing a conference (S20, S24)."""

import re
from datetime import datetime
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from portal import times
from portal.forms.groups import GroupsChoice
from portal.forms.moments import Clock, Day, Occurrence, moment, must_be_given, put
from portal.forms.portal_form import ADDRESS, PortalForm, at_most, required, stripped
from portal.forms.request_key import RequestKey

NAMED = re.compile(r"(?P<name>[^<>]*)<\s*(?P<address>[^<>\s]+)\s*>\s*")
CAPACITIES = {str(size): str(size) for size in (300, 500, 1000)}


class DetailsForm(PortalForm):
    """What can be changed later too."""

    title = StringField(_l("Τίτλος"), [required(_l("Συμπληρώστε τον τίτλο.")), at_most(500)], filters=[stripped])
    description = TextAreaField(
        _l("Περιγραφή (προαιρετικό)"),
        [at_most(30_000)],
        description=_l("Απλό κείμενο. Περιλαμβάνεται στις προσκλήσεις."),
    )
    unit_id = SelectField(_l("Για λογαριασμό"), validate_choice=False)
    capacity = SelectField(
        _l("Μέγιστο πλήθος συμμετεχόντων"),
        choices=CAPACITIES,
        description=_l("Αν χρειάζεστε περισσότερους από 300, επιλέξτε μεγαλύτερο μέγεθος."),
    )

    def details(self) -> dict[str, Any]:
        """As the API takes them."""
        return {
            "title": self.title.data,
            "description": (self.description.data or "").replace("\r\n", "\n"),
            "unit_id": self.unit_id.data or None,
            "capacity": int(self.capacity.data),
        }


class EditForm(DetailsForm):
    """All but the times; the version that was read travels along."""

    etag = HiddenField()


class NewConferenceForm(DetailsForm):
    """A new conference, with Athens times."""

    starts_on = Day(_l("Ημερομηνία έναρξης"), must_be_given(_l("Συμπληρώστε την ημερομηνία έναρξης.")))
    starts_at = Clock(_l("Ώρα έναρξης"), must_be_given(_l("Συμπληρώστε την ώρα έναρξης.")))
    starts_which = Occurrence()
    ends_on = Day(_l("Ημερομηνία λήξης"), must_be_given(_l("Συμπληρώστε την ημερομηνία λήξης.")))
    ends_at = Clock(_l("Ώρα λήξης"), must_be_given(_l("Συμπληρώστε την ώρα λήξης.")))
    ends_which = Occurrence()
    participants = TextAreaField(
        _l("Συμμετέχοντες (προαιρετικό)"),
        [at_most(200_000)],
        description=_l(
            "Ένας σε κάθε γραμμή: email, ή «Όνομα <email>» για επισκέπτη. Μπορείτε να τους προσθέσετε και αργότερα."
        ),
    )
    group_ids = GroupsChoice()
    request_key = RequestKey()

    people: list[dict[str, str]]
    span: times.Span

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.alternative: times.Span | None = None

    def propose(self, now: datetime) -> None:
        """Fill in what an empty form suggests."""
        slot = times.next_slot(now)
        put(slot.starts_at, self.starts_on, self.starts_at)
        put(slot.ends_at, self.ends_on, self.ends_at)
        self.request_key.data = str(uuid4())

    def propose_group(self, group: dict[str, Any], now: datetime) -> None:
        """«+» of a group: a quarter of an hour from this very minute, with everybody in it (S30)."""
        self.title.data = group["description"] or group["name"]
        self.group_ids.data = [group["id"]]
        start = now.astimezone(times.ATHENS).replace(second=0, microsecond=0)
        put(start, self.starts_on, self.starts_at)
        put(start + times.QUARTER, self.ends_on, self.ends_at)

    def choose(self, alternative: str) -> None:
        """Take over one of the free times that were offered instead."""
        starts_at, _slash, ends_at = alternative.partition("/")
        self.alternative = times.Span(times.parse(starts_at), times.parse(ends_at))
        put(self.alternative.starts_at, self.starts_on, self.starts_at, self.starts_which)
        put(self.alternative.ends_at, self.ends_on, self.ends_at, self.ends_which)

    def validate_participants(self, field: Field) -> None:
        """Bad lines are named at once, before anything is booked."""
        self.people, wrong = people_in(field.data or "")
        if wrong:
            lines = ", ".join(str(number) for number in wrong)
            raise ValidationError(_("Διορθώστε τη διεύθυνση email σε αυτές τις γραμμές: %(lines)s.", lines=lines))

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.errors.keys() & {"starts_on", "starts_at", "ends_on", "ends_at"}:
            return False
        span = self.alternative or self._span()
        if span is None:
            return False
        if span.ends_at <= span.starts_at:
            self.ends_at.errors = [*self.ends_at.errors, _("Η λήξη πρέπει να είναι μετά την έναρξη.")]
            return False
        self.span = span
        return fine

    def _span(self) -> times.Span | None:
        starts_at = moment(self.starts_on, self.starts_at, self.starts_which)
        ends_at = moment(self.ends_on, self.ends_at, self.ends_which)
        return times.Span(starts_at, ends_at) if starts_at and ends_at else None

    def body(self) -> dict[str, Any]:
        """As the API takes it."""
        return self.details() | {
            "starts_at": times.rfc3339(self.span.starts_at),
            "ends_at": times.rfc3339(self.span.ends_at),
            "participants": self.people,
            **({"group_ids": self.group_ids.data} if self.group_ids.data else {}),
        }


def people_in(text: str) -> tuple[list[dict[str, str]], list[int]]:
    """People named one a line, and the numbers of the lines without a good address."""
    people: dict[str, dict[str, str]] = {}
    wrong: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        named = NAMED.fullmatch(line)
        name, address = (named["name"].strip(' "'), named["address"]) if named else ("", line.strip())
        if ADDRESS.fullmatch(address):
            people.setdefault(address.casefold(), {"email": address} | ({"name": name[:200]} if name else {}))
        else:
            wrong.append(number)
    return list(people.values()), wrong
