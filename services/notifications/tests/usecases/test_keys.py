"""Our sealing key stays until no mail waits that was sealed to it."""

import pytest

from chassis import crypto, rotate_keys
from chassis.db import transaction
from notifications.keys import KEYS

from .. import facts


def test_mails_that_wait_are_counted_by_the_key_they_were_sealed_to(database, deliver, settings, capsys):
    deliver(facts.PROOF, facts.proof())

    with transaction() as session:
        assert KEYS.needing(session, "test") == {"sealed mails": 1}
        assert KEYS.missing(session) is None, "there is no ring here that could lack a key"
    with pytest.raises(SystemExit, match="test must stay: sealed mails: 1"):
        rotate_keys.main(KEYS, settings, ["--verify", "test"])


def test_a_mail_sealed_to_the_previous_key_is_opened_with_the_set(settings):
    private = [facts.PRIVATE_KEY.as_dict(private=True)]
    newer = facts.OKPKey.generate_key("X25519", {"kid": "newer"}, private=True)
    both = {"keys": [newer.as_dict(private=True), *private]}

    assert crypto.unseal(both, facts.sealed(token="t")) == {"token": "t"}
