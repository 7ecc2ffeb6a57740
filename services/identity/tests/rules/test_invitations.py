from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from chassis.errors import Forbidden
from identity.errors import InvitationClosed
from identity.rules.invitations import Inviter, Role, State, ensure_may_invite, ensure_open, may_manage, state_at

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
ME, OTHER, HERE, THERE = (UUID(int=number) for number in range(1, 5))


@pytest.mark.parametrize(
    ("accepted_at", "revoked_at", "expires_in", "state"),
    [
        (None, None, 1, State.pending),
        (None, None, 0, State.expired),
        (NOW, None, -1, State.accepted),
        (None, NOW, 1, State.revoked),
        (None, NOW, -1, State.revoked),
    ],
)
def test_how_an_invitation_stands(
    accepted_at: datetime | None, revoked_at: datetime | None, expires_in: int, state: State
) -> None:
    expires_at = NOW + timedelta(seconds=expires_in)

    assert state_at(NOW, accepted_at=accepted_at, revoked_at=revoked_at, expires_at=expires_at) == state


@pytest.mark.parametrize(
    ("inviter", "allowed"),
    [
        (Inviter(ME), False),
        (Inviter(ME, Role.user, HERE), False),
        (Inviter(ME, Role.unit_coordinator, HERE), True),
        (Inviter(ME, Role.institution_coordinator, HERE), True),
        (Inviter(ME, Role.user, HERE, platform_administrator=True), True),
    ],
)
def test_who_invites(inviter: Inviter, allowed: bool) -> None:
    refused = False
    try:
        ensure_may_invite(inviter)
    except Forbidden:
        refused = True

    assert refused is not allowed


@pytest.mark.parametrize(
    ("inviter", "by", "of", "allowed"),
    [
        (Inviter(ME, Role.unit_coordinator, HERE), ME, HERE, True),
        (Inviter(ME, Role.unit_coordinator, HERE), OTHER, HERE, False),
        (Inviter(ME, Role.user, HERE), ME, HERE, False),  # was a coordinator once
        (Inviter(ME, Role.institution_coordinator, HERE), OTHER, HERE, True),
        (Inviter(ME, Role.institution_coordinator, THERE), OTHER, HERE, False),
        (Inviter(ME, Role.institution_coordinator, None), OTHER, None, False),
        (Inviter(ME, Role.user, THERE, platform_administrator=True), OTHER, HERE, True),
    ],
)
def test_who_resends_and_revokes(inviter: Inviter, by: UUID, of: UUID | None, allowed: bool) -> None:
    assert may_manage(inviter, inviter_id=by, institution_id=of) is allowed


@pytest.mark.parametrize("state", [State.accepted, State.revoked])
def test_what_is_over_is_not_sent_again(state: State) -> None:
    with pytest.raises(InvitationClosed):
        ensure_open(state)


@pytest.mark.parametrize("state", [State.pending, State.expired])
def test_what_expired_may_be_sent_again(state: State) -> None:
    ensure_open(state)
