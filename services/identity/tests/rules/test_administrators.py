"""Who acts as platform administrator."""

import pytest

from chassis.errors import Forbidden
from identity.rules.administrators import ensure_administrator


@pytest.mark.parametrize(
    ("administrator", "mfa", "reason"),
    [
        (True, True, None),
        (True, False, "second-factor-needed"),
        (False, True, "not-an-administrator"),
        (False, False, "not-an-administrator"),
    ],
)
def test_role_and_second_factor_are_both_needed(administrator: bool, mfa: bool, reason: str | None) -> None:
    if reason is None:
        ensure_administrator(administrator=administrator, mfa=mfa)
        return

    with pytest.raises(Forbidden) as refused:
        ensure_administrator(administrator=administrator, mfa=mfa)

    assert refused.value.facts == {"reason": reason}
