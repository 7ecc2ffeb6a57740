import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.rules.sign_in import Citizen, Refusal, Refused, citizen_of, local_path, refusal_of

PERSON = {"taxid": "123456783   ", "lastname": "ΠΑΠΑΔΗΜΗΤΡΙΟΥ  ΑΛΕΞΙΟΥ ", "firstname": "ΒΑΣΙΛΙΚΗ"}


def test_a_natural_person_is_read_without_padding_and_with_inner_blanks() -> None:
    assert citizen_of(PERSON) == Citizen("123456783", "ΠΑΠΑΔΗΜΗΤΡΙΟΥ ΑΛΕΞΙΟΥ", "ΒΑΣΙΛΙΚΗ")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"firstname": "null"}, Refusal.legal_entity),
        ({"firstname": " NULL "}, Refusal.legal_entity),
        ({"firstname": ""}, Refusal.legal_entity),
        ({"lastname": "null"}, Refusal.legal_entity),
        ({"taxid": "123456789"}, Refusal.tax_id_invalid),
        ({"taxid": "000000000"}, Refusal.tax_id_invalid),
        ({"taxid": ""}, Refusal.provider_unavailable),
        ({"taxid": "null"}, Refusal.provider_unavailable),
    ],
)
def test_who_is_refused_for_what_taxisnet_says(change: dict[str, str], reason: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        citizen_of({**PERSON, **change})

    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ("/conferences?scope=current", "/conferences?scope=current"),
        ("/join/abc_DEF-1", "/join/abc_DEF-1"),
        (None, "/"),
        ("", "/"),
        ("conferences", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/a\\b", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/\t/evil.example", "/"),
        ("/a\nSet-Cookie: x", "/"),
        ("/auth/login?next=/", "/"),
        ("/" + "a" * 3000, "/"),
    ],
)
def test_next_is_a_path_of_ours_or_home(wanted: str | None, path: str) -> None:
    assert local_path(wanted) == path


@given(st.text())
def test_next_never_leads_away(wanted: str) -> None:
    path = local_path(wanted)

    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))


@pytest.mark.parametrize("value", [None, "", "not-a-reason", "<script>"])
def test_a_foreign_refusal_cookie_says_nothing(value: str | None) -> None:
    assert refusal_of(value) == Refusal.unknown
