"""Formats that contracts name: checked here, because connexion's validator lets pass what it does not know."""

import pytest

from chassis.validation import FORMATS


@pytest.mark.parametrize("text", ["2026-11-25", "2028-02-29"])
def test_a_day_is_a_date(text):
    assert FORMATS.conforms(text, "date")


@pytest.mark.parametrize(
    "text", ["2000-", "2026-02-30", "2026-W01-1", "20261125", "2026-11-25T10:00:00Z", "", "٢٠٢٦-11-25"]
)
def test_what_is_no_day_is_no_date(text):
    assert not FORMATS.conforms(text, "date")


@pytest.mark.parametrize("name", ["date-time", "date", "uuid", "email"])
def test_only_texts_have_a_format(name):
    assert FORMATS.conforms(1, name)
