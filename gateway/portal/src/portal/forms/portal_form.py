"""What all forms share."""

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field
from wtforms.validators import DataRequired, Length, Regexp

ADDRESS = re.compile(r"[^@\s<>\"(),;:]+@[^@\s<>\"(),;:]+\.[^@\s.<>\"(),;:]+$")
# «Συμπληρώστε…»: what to do, not what went wrong.
REQUIRED = _l("Συμπληρώστε το πεδίο.")


class PortalForm(FlaskForm):  # type: ignore[misc]
    """The token of every post is checked once for all of them in `portal.security`."""

    class Meta:
        csrf = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.problems: list[str] = []

    @property
    def wrong(self) -> list[tuple[str | None, str]]:
        """Everything to mend, for the summary: the field's id (None for the whole form) and the words."""
        on_fields = [(field.id, str(error)) for field in self for error in field.errors]
        return [*((None, problem) for problem in self.problems), *on_fields]


def required(message: Any = REQUIRED) -> DataRequired:
    """Also for boxes that must be ticked."""
    return DataRequired(message)


def at_most(length: int) -> Length:
    return Length(max=length, message=_l("Γράψτε έως %(max)d χαρακτήρες."))


def an_address() -> Regexp:
    """Only what is plainly no address; the services decide, and a link proves."""
    return Regexp(ADDRESS, message=_l("Γράψτε μια διεύθυνση email όπως name@example.gr."))


def stripped(value: Any) -> Any:
    """A filter for fields where blanks around the words mean nothing."""
    return value.strip() if isinstance(value, str) else value


def aria(field: Field, **more: Any) -> dict[str, Any]:
    """What ties a control to its hint and its error, beside more attributes (False ones are left out)."""
    explained = ([f"{field.id}-hint"] if field.description else []) + ([f"{field.id}-error"] if field.errors else [])
    return {"aria-describedby": " ".join(explained) or False, "aria-invalid": "true" if field.errors else False} | more
