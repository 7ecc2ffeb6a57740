from uuid import UUID

import pytest

from identity.errors import ActivationIncomplete, AlreadyActive, TermsOutdated
from identity.rules.accounts import (
    Next,
    Status,
    Versions,
    address_key,
    ensure_awaiting,
    ensure_complete,
    ensure_current,
    in_order,
    next_step,
)

HERE, THERE = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("status", "proven", "accepted", "must_choose", "expected"),
    [
        (Status.awaiting_activation, False, False, False, Next.activation),
        (Status.awaiting_activation, False, True, False, Next.activation),
        (Status.awaiting_activation, True, False, True, Next.activation),
        (Status.awaiting_activation, True, False, False, Next.terms),
        (Status.active, True, False, False, Next.terms),  # a new version of the texts
        (Status.active, True, True, False, Next.done),
        (Status.active, True, True, True, Next.done),  # a second body turned up later: not asked again
    ],
)
def test_what_stands_between_a_session_and_the_platform(
    status: Status, proven: bool, accepted: bool, must_choose: bool, expected: Next
) -> None:
    assert next_step(status, has_proven_primary=proven, has_accepted=accepted, must_choose=must_choose) == expected


@pytest.mark.parametrize(
    ("email", "proven", "institution", "choices", "missing"),
    [
        ("a@example.org", None, None, [], []),
        ("a@example.org", None, None, [HERE], []),
        (None, None, None, [], ["/email"]),
        (None, "a@example.org", None, [], []),
        ("A@example.org", "a@example.org", None, [], []),
        ("b@example.org", "a@example.org", None, [], ["/email"]),
        ("a@example.org", None, None, [HERE, THERE], ["/institution_id"]),
        ("a@example.org", None, THERE, [HERE, THERE], []),
        ("a@example.org", None, THERE, [HERE], ["/institution_id"]),
        (None, None, THERE, [], ["/email", "/institution_id"]),
    ],
)
def test_which_answers_an_activation_lacks(
    email: str | None, proven: str | None, institution: UUID | None, choices: list[UUID], missing: list[str]
) -> None:
    found: list[str] = []
    try:
        ensure_complete(email=email, proven_primary=proven, institution_id=institution, choices=choices)
    except ActivationIncomplete as incomplete:
        found = incomplete.facts["pointers"]

    assert found == missing


def test_nobody_accepts_a_text_they_were_not_shown() -> None:
    with pytest.raises(TermsOutdated) as refused:
        ensure_current(Versions("1", "1"), Versions("2", "1"))

    assert refused.value.facts == {"terms_version": "2", "privacy_version": "1"}


@pytest.mark.parametrize("status", [Status.active, Status.disabled])
def test_only_an_account_that_waits_is_activated(status: Status) -> None:
    with pytest.raises(AlreadyActive):
        ensure_awaiting(status)


def test_the_chosen_institution_comes_first() -> None:
    assert in_order([HERE, THERE], THERE) == [THERE, HERE]
    assert in_order([HERE, THERE], None) == [HERE, THERE]


def test_addresses_are_the_same_whatever_their_case() -> None:
    assert address_key(" Maria@Example.ORG ") == address_key("maria@example.org")
