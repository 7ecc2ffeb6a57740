"""Times and texts as people read them. Athens time, because the service is Greece's; UTC everywhere else."""

import unicodedata
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

ATHENS = ZoneInfo("Europe/Athens")
DAY_AND_TIME = "EEEE d MMMM y, HH:mm"  # in Greek, MMMM is the genitive: 25 Νοεμβρίου
ZONE = {"el": "ώρα Ελλάδας, {}", "en": "Greek time, {}"}


def moment(value: str, language: str) -> str:
    local = _athens(value)
    return f"{format_datetime(local, DAY_AND_TIME, locale=language)} ({_zone(local, language)})"


def period(starts_at: str, ends_at: str, language: str) -> str:
    """One day is said once. The zone's offset is said, because an hour in October exists twice."""
    start, end = _athens(starts_at), _athens(ends_at)
    if start.date() != end.date() or start.utcoffset() != end.utcoffset():
        return f"{moment(starts_at, language)} – {moment(ends_at, language)}"
    return f"{format_datetime(start, DAY_AND_TIME, locale=language)}–{end:%H:%M} ({_zone(start, language)})"


def one_line(text: str) -> str:
    """For headers and calendar parameters, where a line break would begin another one."""
    return " ".join("".join(" " if _breaks(letter) else letter for letter in text).split())


def _breaks(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Zl", "Zp")


def _athens(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(ATHENS)


def _zone(local: datetime, language: str) -> str:
    hours = (local.utcoffset() or timedelta()).seconds // 3600
    return ZONE[language].format(f"UTC+{hours}")
