import pytest

from notifications.letters.words import moment, one_line, period


@pytest.mark.parametrize(
    ("value", "language", "words"),
    [
        ("2026-11-25T08:00:00+00:00", "el", "Τετάρτη 25 Νοεμβρίου 2026, 10:00 (ώρα Ελλάδας, UTC+2)"),
        ("2026-11-25T08:00:00+00:00", "en", "Wednesday 25 November 2026, 10:00 (Greek time, UTC+2)"),
        ("2026-05-03T21:30:00Z", "el", "Δευτέρα 4 Μαΐου 2026, 00:30 (ώρα Ελλάδας, UTC+3)"),
        ("2026-08-15T09:05:00+03:00", "el", "Σάββατο 15 Αυγούστου 2026, 09:05 (ώρα Ελλάδας, UTC+3)"),
    ],
)
def test_a_moment_is_said_in_athens_time_with_weekday_and_genitive(value: str, language: str, words: str) -> None:
    assert moment(value, language) == words


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "words"),
    [
        (
            "2026-11-25T08:00:00Z",
            "2026-11-25T09:30:00Z",
            "Τετάρτη 25 Νοεμβρίου 2026, 10:00–11:30 (ώρα Ελλάδας, UTC+2)",
        ),
        (
            "2026-11-25T21:00:00Z",
            "2026-11-25T23:00:00Z",
            "Τετάρτη 25 Νοεμβρίου 2026, 23:00 (ώρα Ελλάδας, UTC+2)"
            " – Πέμπτη 26 Νοεμβρίου 2026, 01:00 (ώρα Ελλάδας, UTC+2)",
        ),
        (  # the clock goes back in between: 03:30 comes twice
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:30:00Z",
            "Κυριακή 25 Οκτωβρίου 2026, 03:30 (ώρα Ελλάδας, UTC+3)"
            " – Κυριακή 25 Οκτωβρίου 2026, 03:30 (ώρα Ελλάδας, UTC+2)",
        ),
    ],
)
def test_a_period_says_a_day_once_and_no_hour_twice(starts_at: str, ends_at: str, words: str) -> None:
    assert period(starts_at, ends_at, "el") == words


@pytest.mark.parametrize("letter", ["\r\n", "\n", "\x0b", "\u2028", "\x85", "\0", "\t"])
def test_one_line_has_no_line_break(letter: str) -> None:
    assert one_line(f" a{letter}Bcc: b ") == "a Bcc: b"
