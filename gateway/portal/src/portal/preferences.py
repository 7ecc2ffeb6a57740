"""What a visitor chose for the eyes: language, brightness, contrast, text size. Remembered in cookies."""

from dataclasses import dataclass, fields
from typing import Any

from flask import Flask, request
from flask_babel import lazy_gettext as _l

LANGUAGE_COOKIE = "__Host-portal-language"
DISPLAY_COOKIE = "__Host-portal-display"
LANGUAGES = {"el": "Ελληνικά", "en": "English"}
YEAR_SECONDS = 365 * 24 * 3600

CHOICES: dict[str, dict[str, Any]] = {
    "brightness": {"normal": _l("Κανονική"), "low": _l("Χαμηλή"), "dark": _l("Σκούρο φόντο")},
    "contrast": {"normal": _l("Κανονική"), "high": _l("Υψηλή")},
    "text": {"100": "100%", "125": "125%", "150": "150%", "200": "200%"},
}


@dataclass(frozen=True)
class Display:
    """Each value is a key of `CHOICES`; anything else falls back to the ordinary."""

    brightness: str = "normal"
    contrast: str = "normal"
    text: str = "100"

    @property
    def classes(self) -> str:
        return f"brightness-{self.brightness} contrast-{self.contrast} text-{self.text}"


def display_of(values: Any) -> Display:
    """The choices among some submitted or remembered values."""
    chosen = {name: values.get(name) for name in CHOICES if values.get(name) in CHOICES[name]}
    return Display(**chosen)


def remembered_display() -> Display:
    parts = request.cookies.get(DISPLAY_COOKIE, "").split(".")
    return display_of(dict(zip((field.name for field in fields(Display)), parts, strict=False)))


def remember_display(response: Any, display: Display) -> None:
    value = ".".join(getattr(display, field.name) for field in fields(Display))
    _remember(response, DISPLAY_COOKIE, value)


def chosen_language() -> str:
    """Greek first; English only if it was chosen."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "el")
    return chosen if chosen in LANGUAGES else "el"


def remember_language(response: Any, language: str) -> None:
    _remember(response, LANGUAGE_COOKIE, language)


def _remember(response: Any, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=YEAR_SECONDS, secure=True, httponly=True, samesite="Lax", path="/")


def init_app(app: Flask) -> None:
    """Templates see the choices."""

    @app.context_processor
    def choices() -> dict[str, Any]:
        return {"display": remembered_display(), "display_choices": CHOICES, "languages": LANGUAGES}
