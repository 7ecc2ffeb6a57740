"""The terms of use and the privacy statement in force. A new version is a new file here: everybody is asked again."""

from functools import cached_property
from pathlib import Path

from identity.rules.accounts import Versions

FOLDER = Path(__file__).parent
IN_FORCE = Versions(terms="2026-11", privacy="2026-11")


class Texts:
    @cached_property
    def versions(self) -> Versions:
        return IN_FORCE

    def terms(self, language: str) -> str:
        return _read("terms", self.versions.terms, language)

    def privacy(self, language: str) -> str:
        return _read("privacy", self.versions.privacy, language)


def _read(document: str, version: str, language: str) -> str:
    return (FOLDER / f"{document}-{version}.{language}.txt").read_text("utf-8")
