"""Telephone numbers as people write them, in the one form that is kept (E.164)."""

import re

SPACING = re.compile(r"[\s.\-‐‑–()\[\]/]+")
GREEK = re.compile(r"[2678]\d{9}")
INTERNATIONAL = re.compile(r"\+[1-9]\d{7,14}")
GREECE = "+30"


def e164(text: str) -> str | None:
    """`+302101234567` for «210 123 4567», «0030 210-1234567» and the like; None for what can be no number."""
    number = SPACING.sub("", text)
    if not number.isascii():
        return None
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if GREEK.fullmatch(number):
        return GREECE + number
    if number.startswith(GREECE):
        return number if GREEK.fullmatch(number.removeprefix(GREECE)) else None
    return number if INTERNATIONAL.fullmatch(number) else None


def grouped(number: str) -> str:
    """As it is read: «210 123 4567»; a foreign one as it is kept."""
    national = number.removeprefix(GREECE)
    if national == number or not GREEK.fullmatch(national):
        return number
    return f"{national[:3]} {national[3:6]} {national[6:]}"
