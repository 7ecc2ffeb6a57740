import pytest

from identity.errors import EmailConfirmed, EmailPrimary, EmailsFull, EmailUnconfirmed
from identity.rules import addresses


@pytest.mark.parametrize(("extra", "free"), [(0, 3), (1, 2), (2, 1), (3, 0), (4, 0)])
def test_there_are_three_places(extra: int, free: int) -> None:
    assert addresses.free(extra) == free


@pytest.mark.parametrize(("extra", "fits"), [(0, True), (2, True), (3, False), (4, False)])
def test_one_more_fits_while_a_place_is_free(extra: int, fits: bool) -> None:
    if fits:
        addresses.ensure_room(extra)
    else:
        with pytest.raises(EmailsFull):
            addresses.ensure_room(extra)


def test_what_may_be_done_with_which_address() -> None:
    addresses.ensure_removable(primary=False)
    addresses.ensure_unproven(proven=False)
    addresses.ensure_proven(proven=True)
    with pytest.raises(EmailPrimary):
        addresses.ensure_removable(primary=True)
    with pytest.raises(EmailConfirmed):
        addresses.ensure_unproven(proven=True)
    with pytest.raises(EmailUnconfirmed):
        addresses.ensure_proven(proven=False)
