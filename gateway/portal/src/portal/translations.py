"""The texts are Greek; this gives their English. The catalogue is compiled in memory: no file beside the .po."""

from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask
from flask_babel import Babel

from portal.preferences import chosen_language

CATALOGUE = Path(__file__).parent / "translations" / "en" / "LC_MESSAGES" / "messages.po"


def english() -> Translations:
    """The committed catalogue, compiled."""
    compiled = BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(compiled, read_po(file, locale="en"))
    compiled.seek(0)
    return Translations(compiled)


def init_app(app: Flask) -> None:
    """Choose the language by cookie, the clock by Athens."""
    babel = Babel(app, default_locale="el", default_timezone="Europe/Athens", locale_selector=chosen_language)
    with app.app_context():
        domain = babel.domain_instance
        domain.cache.update({("el", domain.domain[0]): NullTranslations(), ("en", domain.domain[0]): english()})
