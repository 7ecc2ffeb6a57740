"""The search for people to invite finds a person, and does not tell who is there."""

import string
from typing import Any

import pytest

from conferences.usecases import people

from ..factories import ELSEWHERE, FOREIGN_UNIT, make_institutions, make_person

MOST = 10


@pytest.fixture
def strangers(session):
    """Of another institution; what they share is what somebody would try."""
    make_institutions(session)
    return [
        make_person(
            session,
            institution_id=ELSEWHERE,
            unit_id=FOREIGN_UNIT,
            surname=f"ΑΑΑΝΤΩΝΙΟΥ {letter}{letter}",
            name="ΑΝΑΣΤΑΣΙΑ",
            email=f"aa.{number}.person@elsewhere.example",
        )
        for number, letter in enumerate("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ")
    ]


@pytest.fixture
def search(session, client, as_person):
    make_institutions(session)
    headers = as_person(make_person(session, role="institution_coordinator"))
    return lambda term: client.get("/api/v1/people", params={"search": term}, headers=headers)


@pytest.mark.parametrize("prefix", ["", "α", "αα", "a@", "%", "_", "*", "%%", "__", ".*", "**"])
def test_fewer_than_three_characters_are_refused(strangers, search, prefix: str) -> None:
    assert search(prefix).status_code == 400


TOO_SHORT = (
    *("   ", "α  ", " αα", "α α", "αα ", "a@ ", "αα αα", "α β γ", "α ν τ ω ν", "αα νν ου"),
    *("αα\u0301\u0301", "\u0301\u0301\u0301"),
)
MASKS = (
    *("%%%", "___", "***", "α%%", "α__", "%α%", "_α_", "α*α", ".*α", "^αα", "αα$", "\\%\\", "α\\%", "ααα%", "αα_ν"),
    *("%ου", "[α-ω]{3}"),
)
NOT_IN_FULL = (
    *("a@%", "%@%", "@elsewhere.example", "aa.%@elsewhere.example", "aa.1_person@elsewhere.example"),
    *("*@elsewhere.example", "a***n@elsewhere.example", "aa.1.person@", "aa.1.person@elsewhere.exampl"),
    *("aa.", "elsewhere", ".example", "person"),
)


@pytest.mark.parametrize("asked", [*TOO_SHORT, *MASKS, *NOT_IN_FULL])
def test_prefixes_masks_and_parts_of_addresses_find_nobody(strangers, search, asked: str) -> None:
    answer = search(asked)

    assert answer.status_code == 200, answer.text
    assert answer.json() == {"items": []}


@pytest.mark.parametrize("asked", ["ααα", "αντωνιου", "ααα αν", "αναστασια", "αντ ου", "ου αα αναστασια", "ΑΆΑΝΤΩΝΊΟΥ"])
def test_a_common_word_finds_few_with_their_addresses_masked(strangers, search, asked: str) -> None:
    found = search(asked).json()["items"]

    assert 0 < len(found) <= MOST
    assert all(one["masked"] and one["email"] == "a***n@elsewhere.example" for one in found)


def test_there_is_no_second_page(strangers, search, client, as_person, session) -> None:
    headers = as_person(make_person(session, role="unit_coordinator"))

    answer = search("αντωνιου").json()
    assert set(answer) == {"items"}

    for more in ({"limit": 200}, {"cursor": "W10"}, {"offset": 10}, {"page": 2}):
        refused = client.get("/api/v1/people", params={"search": "αντωνιου", **more}, headers=headers)
        assert (refused.status_code, refused.json()["type"]) == (400, "/problems/invalid-request")


def test_an_address_is_shown_to_who_wrote_it_in_full(strangers, search) -> None:
    (one,) = search("AA.3.Person@elsewhere.example").json()["items"]

    assert (one["masked"], one["person_id"]) == (False, str(strangers[3]))


def test_two_letters_are_no_way_around_three(session: Any, search) -> None:
    """One could go through the alphabet by pairs; a short name is found as it is written."""
    make_institutions(session)
    li = make_person(session, surname="ΛΙ", name="ΟΥ")
    make_person(session, surname="ΛΙΒΑΝΟΥ", name="ΟΥΡΑΝΙΑ")

    assert [one["person_id"] for one in search("λι ου").json()["items"]] == [str(li)]
    assert [one["person_id"] for one in search("ου λι").json()["items"]] == [str(li)]
    pairs = [f"{a}{b} {b}{a}" for a in string.ascii_lowercase[:5] for b in "αβγ"]
    assert all(search(pair).json() == {"items": []} for pair in pairs)


def test_whole_words_come_first_however_many_have_them_as_a_part(session: Any, search, monkeypatch) -> None:
    """Of namesakes without end only some are compared; whoever is called just so is among them all the same."""
    monkeypatch.setattr(people, "RANKED", 5)
    make_institutions(session)
    for _ in range(20):
        make_person(session, surname="ΜΑΡΙΑΚΗ", name="ΑΝΝΑΜΑΡΙΑ")
    called_so = [
        make_person(session, surname=surname, name=name)
        for surname, name in [("ΡΙΑ", "ΟΛΓΑ"), ("ΝΟΥ", "ΡΙΑ"), ("ΑΝΤΩΝΟΠΟΥΛΟΥ ΡΙΑ", "ΕΛΕΝΗ")]
    ]

    found = [one["person_id"] for one in search("ρία").json()["items"]]

    assert set(found[:3]) == {str(person) for person in called_so}
    assert len(found) == len(set(found)) == 3 + people.RANKED


def test_more_whole_words_and_shorter_names_come_first(session: Any, search) -> None:
    make_institutions(session)
    names = ("ΑΝΝΑΜΑΡΙΑ ΕΛΕΝΗ", "ΑΝΝΑΜΑΡΙΑ", "ΑΝΝΑ")
    longest, shorter, whole = [str(make_person(session, surname="ΝΙΚΟΛΑΟΥ", name=name)) for name in names]
    middle = str(make_person(session, surname="ΝΙΚΟΛΑΟΥΔΑΚΗ", name="ΑΝΝΑ"))

    found = [one["person_id"] for one in search("άννα νικολάου").json()["items"]]

    assert found == [whole, shorter, middle, longest]
