"""Keys change while people sign in: old and new in use at once, one account a person all the same."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from chassis import timing
from chassis.clock import now
from chassis.crypto import KeyRing, seal
from chassis.db import transaction
from chassis.rotation import TIMER, KeysMissing
from identity import parts, queries
from identity.keys import KEYS
from identity.models import PendingSignIn, Person, SecondFactor
from identity.parts import Parts
from identity.rules.sign_in import Citizen
from identity.settings import Settings
from identity.timers import TIMERS
from identity.usecases import sessions
from identity.usecases.sign_in import Baggage, Held

from ..conftest import OUR_KEY, key_pair, key_ring
from ..factories import make_person, make_tax_id
from .test_races import EMPLOYED, at_once, confirm, counted, hold

NEW = {name: key_ring().replace("a:", "b:", 1) for name in ("encryption_keys", "lookup_keys")}


def rings(settings: Settings, *order: str) -> Parts:
    """A process that holds these keys: the suite's `old` one, the `new` one."""
    changed = {}
    for name, new in NEW.items():
        key = {"old": getattr(settings, name).get_secret_value(), "new": new}
        changed[name] = type(settings.encryption_keys)(",".join(key[word] for word in order))
    return Parts(settings.model_copy(update=changed))


@pytest.fixture
def use(settings: Settings) -> Iterator[Any]:
    """`use("new", "old")`: this process holds these keys from now on."""

    def change(*order: str) -> Parts:
        parts._parts = rings(settings, *order)
        return parts._parts

    yield change
    parts.configure(settings)


@pytest.fixture
def old_first(settings: Settings) -> Parts:
    return rings(settings, "old", "new")


@pytest.fixture
def new_first(settings: Settings) -> Parts:
    return rings(settings, "new", "old")


def held(tax_id: str) -> Held:
    return Held(Citizen(tax_id, "ΠΑΠΑΔΟΠΟΥΛΟΥ", "ΜΑΡΙΑ"), EMPLOYED, Baggage())


def found(session: Session, tax_id: str, joined: Parts) -> Person | None:
    return queries.person_by_tax_id(session, joined.lookup.lookups(tax_id))


def rotate(table: str = "person") -> None:
    with transaction() as session:
        KEYS.start(session, now())
    while (timer := timing.take(TIMERS, timing.LEASE, name=TIMER, subject=table)) is not None:
        timing.run(TIMERS, timer)


def test_first_sign_ins_of_one_person_under_old_and_new_key_make_one_account(
    database: Engine, joined: Parts, old_first: Parts, new_first: Parts
) -> None:
    for _ in range(10):
        tax_id = make_tax_id()
        with transaction() as session:
            secrets = [(process, hold(session, process, held(tax_id))) for process in (old_first, new_first) * 4]
            before = session.scalar(select(func.count()).select_from(Person))

        outcomes = at_once(lambda pair: confirm(*pair), secrets)

        assert outcomes == ["entered"] * 8
        assert counted(database, Person) == (before or 0) + 1


def test_a_process_that_lacks_a_key_in_use_makes_no_account(database: Engine, use: Any, settings: Settings) -> None:
    """Somebody forgot to give it the new key first: the person may have an account it cannot see."""
    tax_id = make_tax_id()
    new_first = use("new", "old")
    with transaction() as session:
        secret = hold(session, new_first, held(tax_id))
    assert confirm(new_first, secret) == "entered"

    old_alone = use("old")
    with transaction() as session:
        assert found(session, tax_id, old_alone) is None
        late = hold(session, old_alone, held(tax_id))

    assert confirm(old_alone, late) == KeysMissing.type
    assert counted(database, Person) == 1


def test_people_sign_in_while_their_rows_are_written_anew(database: Engine, use: Any, old_first: Parts) -> None:
    tax_ids = [make_tax_id() for _ in range(40)]
    with transaction() as session:
        for tax_id in tax_ids:
            make_person(session, old_first, tax_id=tax_id)
        secrets = [(old_first, hold(session, old_first, held(tax_id))) for tax_id in tax_ids]
    use("new", "old")

    outcomes = at_once(lambda work: work(), [rotate, *[lambda pair=pair: confirm(*pair) for pair in secrets]])

    rotate()
    assert outcomes == [None, *["entered"] * 40]
    assert counted(database, Person) == 40
    alone = KeyRing(NEW["lookup_keys"])
    with transaction() as session:
        assert all(queries.person_by_tax_id(session, alone.lookups(tax_id)) for tax_id in tax_ids)
        assert KEYS.needing(session, "a") == {}


def test_a_sign_in_begun_under_the_old_key_is_confirmed_under_the_new(database: Engine, use: Any) -> None:
    tax_id = make_tax_id()
    with transaction() as session:
        secret = hold(session, use("old", "new"), held(tax_id))

    new_first = use("new", "old")
    rotate("pending_sign_in")
    with transaction() as session:
        assert session.scalars(select(PendingSignIn.content)).one().startswith("b:")

    assert confirm(new_first, secret) == "entered"


def test_after_the_rotation_the_new_key_alone_suffices(database: Engine, use: Any, old_first: Parts) -> None:
    tax_id = make_tax_id()
    with transaction() as session:
        person_id = make_person(session, old_first, tax_id=tax_id).id
    use("new", "old")

    rotate()

    alone = use("new")
    with transaction() as session:
        assert KEYS.needing(session, "a") == {}
        KEYS.retire(session, "a")
    with transaction() as session:
        person = found(session, tax_id, alone)
        assert person is not None
        assert person.id == person_id
        assert alone.encryption.decrypt(person.tax_id) == tax_id
        assert KEYS.missing(session) is None


def test_an_authenticator_still_fits_after_the_rotation(database: Engine, use: Any, old_first: Parts) -> None:
    with transaction() as session:
        active, enrolling = (make_person(session, old_first).id for _ in range(2))
        secret = old_first.encryption.encrypt("JBSWY3DPEHPK3PXP")
        session.add(SecondFactor(person_id=active, secret=secret, activated_at=now(), told_steps=[]))
        being_set_up = {"enrolling_secret": secret, "enrolling_by": b"session", "enrolling_at": now()}
        session.add(SecondFactor(person_id=enrolling, told_steps=[], **being_set_up))
    use("new", "old")

    rotate("second_factor")

    alone = use("new").encryption
    with transaction() as session:
        kept = [factor.secret or factor.enrolling_secret for factor in session.scalars(select(SecondFactor))]
    assert [alone.decrypt(secret) for secret in kept if secret] == ["JBSWY3DPEHPK3PXP"] * 2


def test_writing_anew_is_no_change_of_the_person(database: Engine, use: Any, old_first: Parts) -> None:
    """No new version, no fact: whoever edits meanwhile is not told that somebody else did."""
    with transaction() as session:
        person = make_person(session, old_first)
        before = (person.version, person.changed_at)
    use("new", "old")

    rotate()

    with transaction() as session:
        person = session.scalars(select(Person)).one()
        assert (person.version, person.changed_at) == before
        assert person.tax_id.startswith("b:")


def test_tokens_of_the_old_signing_key_are_good_until_they_expire(
    session: Session, joined: Parts, settings: Settings
) -> None:
    old, new = joined.signing.keys[0], key_pair("Ed25519", "s2")
    both = settings.model_copy(
        update={
            "signing_keys": type(settings.signing_keys)(
                json.dumps({"keys": [new.as_dict(private=True), old.as_dict(private=True)]})
            )
        }
    )
    person, moment = make_person(session, joined), now()
    sessions.begin(session, person, token="secret", now=moment)

    def token_of(process: Parts) -> str:
        issued = sessions.exchange(session, token="secret", audience="orgs", prolong=False, parts=process, now=moment)
        return issued.token

    before, after = token_of(joined), token_of(Parts(both))
    published = KeySet.import_key_set({"keys": [key.as_dict(private=False) for key in Parts(both).signing.keys]})

    for token, kid in ((before, old.kid), (after, new.kid)):
        decoded = jwt.decode(token, published, algorithms=["Ed25519"])
        assert decoded.header["kid"] == kid
        assert decoded.claims["sub"] == str(person.id)


def test_what_was_sealed_to_either_key_of_ours_opens(settings: Settings) -> None:
    new = key_pair("X25519", "i2")
    pair = {"keys": [key.as_dict(private=True) for key in (new, OUR_KEY)]}
    both = Parts(
        settings.model_copy(update={"identity_sealing_private_key": type(settings.signing_keys)(json.dumps(pair))})
    )

    assert [both.unseal(seal(key.as_dict(private=False), {"n": 1})) for key in (new, OUR_KEY)] == [{"n": 1}] * 2
