import pytest

from identity.rules.tax_ids import is_valid, masked, normalised


@pytest.mark.parametrize(
    ("tax_id", "valid"),
    [
        ("090000045", True),
        ("094019245", True),
        ("123456783", True),
        ("026789125", True),  # a leading zero counts
        ("123456789", False),
        ("000000000", False),  # satisfies the sum, is nobody's
        ("12345678", False),
        ("1234567830", False),
        ("12345678Α", False),
        ("١٢٣٤٥٦٧٨٣", False),  # digits, but not ours
        ("", False),
    ],
)
def test_which_numbers_can_be_an_afm(tax_id: str, valid: bool) -> None:
    assert is_valid(tax_id) is valid


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("123456783   ", "123456783"),
        ("00123456783", "123456783"),
        ("026789125", "026789125"),
        ("001234567", "001234567"),
    ],
)
def test_padding_goes_and_leading_zeros_stay(raw: str, expected: str) -> None:
    assert normalised(raw) == expected


def test_only_the_last_four_digits_are_shown() -> None:
    assert masked("123456783") == "*****6783"
