import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.text import folded


@pytest.mark.parametrize(
    ("written", "sought"),
    [
        ("Υπουργείο Εσωτερικών", "ΥΠΟΥΡΓΕΙΟ ΕΣΩΤΕΡΙΚΩΝ"),
        ("Δήμος Αθηναίων", "δημοσ αθηναιων"),
        ("Μαΐου", "μαιου"),
        ("ΰ ΐ", "Ϋ Ϊ"),
        ("  Γενικό \n Τμήμα ", "γενικο τμημα"),
        ("Ἀθῆναι", "αθηναι"),
        ("Straße", "STRASSE"),
        ("e\u0301cole", "École"),
    ],
)
def test_accents_capitals_final_sigma_and_spaces_make_no_difference(written: str, sought: str) -> None:
    assert folded(written) == folded(sought)


def test_different_words_stay_different() -> None:
    assert folded("Δήμος") != folded("Δήμοι")


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
