"""Dates and times as people give them: native inputs, on Athens clocks."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal import times


class Day(DateField):  # type: ignore[misc]
    """A native date input."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Συμπληρώστε μια ημερομηνία, π.χ. 28-04-2026.")) from error


class Clock(TimeField):  # type: ignore[misc]
    """A native time input; browsers that have none send what was typed."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(_("Συμπληρώστε μια ώρα, π.χ. 09:45.")) from error


class Occurrence(RadioField):  # type: ignore[misc]
    """Which of the two equal times of an autumn night is meant; asked only then."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            _l("Η ώρα αυτή υπάρχει δύο φορές εκείνη τη νύχτα. Ποια εννοείτε;"),
            choices=[
                SelectChoice("first", _l("Την πρώτη (θερινή ώρα, πριν γυρίσουν τα ρολόγια πίσω)")),
                SelectChoice("second", _l("Τη δεύτερη (χειμερινή ώρα, αφού γυρίσουν τα ρολόγια πίσω)")),
            ],
            validate_choice=False,
            **kwargs,
        )
        self.asked = False

    @property
    def second(self) -> bool | None:
        return {"first": False, "second": True}.get(self.data or "")


def must_be_given(words: Any) -> list[InputRequired]:
    """The one rule that a date and a time have."""
    return [InputRequired(words)]


def moment(day: Day, clock: Clock, which: Occurrence) -> datetime | None:
    """The instant three fields name; None when they name none or two, and the fields then say so."""
    try:
        which.asked = times.happens_twice(day.data, clock.data)
        return times.instant(day.data, clock.data, second=which.second)
    except times.NoSuchTime as gap:
        words = _(
            "Αυτή η ώρα δεν υπάρχει: τα ρολόγια πάνε μία ώρα μπροστά. Γράψτε %(time)s.", time=times.clock(gap.next_time)
        )
        clock.errors = [*clock.errors, words]
    except times.TimeHappensTwice:
        which.errors = [*which.errors, _("Επιλέξτε ποια από τις δύο ώρες εννοείτε.")]
    return None


def put(value: datetime, day: Day, clock: Clock, which: Occurrence | None = None) -> None:
    """Fill the fields in with an instant."""
    day.data, clock.data = value.date(), value.time()
    if which is not None:
        which.data = "second" if value.fold else "first"
