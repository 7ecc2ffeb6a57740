import pytest

from chassis.phones import e164, grouped


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2101234567", "+302101234567"),
        ("210 123 4567", "+302101234567"),
        ("210-123.4567", "+302101234567"),
        ("(210) 123\u00a04567", "+302101234567"),
        ("0030 697 123 4567", "+306971234567"),
        ("+30 697 123 4567", "+306971234567"),
        ("800 123 4567", "+308001234567"),
        ("7001234567", "+307001234567"),
        ("+44 20 7946 0018", "+442079460018"),
        ("0044 20 7946 0018", "+442079460018"),
        ("+12345678", "+12345678"),
        ("+123456789012345", "+123456789012345"),
    ],
)
def test_what_people_write_becomes_one_form(written: str, kept: str) -> None:
    assert e164(written) == kept


@pytest.mark.parametrize(
    "written",
    [
        "",
        "abc",
        "112",
        "210123456",
        "21012345678",
        "5101234567",
        "+30 210 123 456",
        "+30 510 123 4567",
        "+1234567",
        "+1234567890123456",
        "+0123456789",
        "210 123 4567 εσωτ. 12",
        "٢١٠١٢٣٤٥٦٧",
        "+",
        "00",
    ],
)
def test_what_can_be_no_number_is_none(written: str) -> None:
    assert e164(written) is None


@pytest.mark.parametrize(
    ("kept", "read"),
    [("+302101234567", "210 123 4567"), ("+442079460018", "+442079460018"), ("+30210", "+30210")],
)
def test_a_greek_number_is_read_in_groups(kept: str, read: str) -> None:
    assert grouped(kept) == read


def test_what_is_read_is_the_same_number_again() -> None:
    assert e164(grouped("+302101234567")) == "+302101234567"
