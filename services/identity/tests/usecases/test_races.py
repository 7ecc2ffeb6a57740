"""Many at once, with real commits: one effect each."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.crypto import digest, token
from chassis.db import transaction
from chassis.errors import DomainError
from chassis.outbox import OutboxRow
from identity import queries
from identity.clients.hrms import Finding
from identity.errors import TokenSpent
from identity.models import BrowserSession, EmailProof, Invitation, Person, PersonEmail
from identity.parts import Parts
from identity.rules.accounts import Status
from identity.rules.employment import Answer
from identity.rules.sign_in import Citizen
from identity.usecases import confirmation, emails, sign_in
from identity.usecases.sessions import Opening
from identity.usecases.sign_in import Baggage, Held

from ..factories import make_invitation, make_person, make_tax_id

EMPLOYED = Finding(Answer.employed, ("2047",))
NOT_EMPLOYED = Finding(Answer.not_employed)


def at_once(work: Callable[[Any], Any], inputs: list[Any]) -> list[Any]:
    with ThreadPoolExecutor(len(inputs)) as pool:
        return list(pool.map(work, inputs))


def prove(joined: Parts, secret: str) -> str:
    try:
        with transaction() as session:
            proven = emails.confirm(session, token=secret, parts=joined, now=now())
    except TokenSpent:
        return "spent"
    return "proven" if proven is not None else "lost"


def claim(session: Session, joined: Parts, email: str) -> str:
    person, secret = make_person(session, joined, status=Status.awaiting_activation), token()
    claimed = emails.claim_primary(session, person, email, now())
    session.add(EmailProof(email_id=claimed.id, token_digest=digest(secret), expires_at=now().replace(year=2999)))
    return secret


def hold(session: Session, joined: Parts, held: Held) -> str:
    secret = token()
    sign_in.hold(session, held, token=secret, parts=joined, now=now())
    return secret


def confirm(joined: Parts, secret: str) -> str:
    try:
        with transaction() as session:
            confirmation.confirm(
                session,
                token=secret,
                update_name=False,
                language="el",
                opening=Opening(token()),
                parts=joined,
                now=now(),
            )
    except DomainError as refused:
        return refused.type
    return "entered"


def counted(engine: Engine, model: type, *where: Any) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def test_fifty_uses_of_one_proof_token_prove_once(database: Engine, joined: Parts) -> None:
    with transaction() as session:
        secret = claim(session, joined, "maria@example.org")

    outcomes = Counter(at_once(lambda _: prove(joined, secret), list(range(50))))

    assert outcomes == {"proven": 1, "spent": 49}
    assert counted(database, OutboxRow, OutboxRow.type == "identity.person.email_proven.v1") == 1


def test_of_fifty_who_prove_one_address_one_wins(database: Engine, joined: Parts) -> None:
    with transaction() as session:
        secrets = [claim(session, joined, f"{'maria' if n % 2 else 'MARIA'}@example.org") for n in range(50)]

    outcomes = Counter(at_once(lambda secret: prove(joined, secret), secrets))

    assert outcomes["proven"] == 1
    assert outcomes["spent"] + outcomes["lost"] == 49
    assert counted(database, PersonEmail) == 1, "the losers' claims are gone"
    assert counted(database, EmailProof) == 0
    assert counted(database, OutboxRow, OutboxRow.type == "identity.person.email_proven.v1") == 1


def test_twenty_first_sign_ins_of_one_person_make_one_account(database: Engine, joined: Parts) -> None:
    citizen = Citizen(make_tax_id(), "ΠΑΠΑΔΟΠΟΥΛΟΥ", "ΜΑΡΙΑ")
    with transaction() as session:
        secrets = [hold(session, joined, Held(citizen, EMPLOYED, Baggage())) for _ in range(20)]

    outcomes = Counter(at_once(lambda secret: confirm(joined, secret), secrets))

    assert outcomes == {"entered": 20}
    assert counted(database, Person) == 1
    assert counted(database, BrowserSession) == 20
    assert counted(database, OutboxRow, OutboxRow.type == "identity.person.changed.v1") == 1


def test_of_twenty_people_with_one_forwarded_invitation_one_enters(database: Engine, joined: Parts) -> None:
    with transaction() as session:
        invitation = make_invitation(session)
        baggage = Baggage(invitation_id=str(invitation.id))
        people = [Citizen(make_tax_id(), "ΕΠΩΝΥΜΟ", "ΟΝΟΜΑ") for _ in range(20)]
        secrets = [hold(session, joined, Held(citizen, NOT_EMPLOYED, baggage)) for citizen in people]

    outcomes = Counter(at_once(lambda secret: confirm(joined, secret), secrets))

    assert outcomes == {"entered": 1, "sign-in-refused": 19}
    assert counted(database, Person) == 1
    assert counted(database, Invitation, Invitation.accepted_at.is_not(None)) == 1


def test_proving_by_link_and_by_invitation_at_once_gives_one_owner(database: Engine, joined: Parts) -> None:
    """The two ways take their locks in one order: neither dies of the other."""
    for _ in range(5):
        address = f"{token(8)}@example.org"
        with transaction() as session:
            links = [claim(session, joined, address) for _ in range(4)]
            invitation = make_invitation(session, email=address)
            citizen = Citizen(make_tax_id(), "ΕΠΩΝΥΜΟ", "ΟΝΟΜΑ")
            entrance = hold(session, joined, Held(citizen, EMPLOYED, Baggage(invitation_id=str(invitation.id))))

        def act(secret: str, entrance: str = entrance) -> str:
            return confirm(joined, secret) if secret == entrance else prove(joined, secret)

        at_once(act, [*links, entrance])

        with Session(database) as session:
            rows = session.scalars(select(PersonEmail).where(PersonEmail.email == address)).all()
            assert [row.proven_at is not None for row in rows] == [True]


def test_replacing_a_claim_while_its_link_is_used_ends_one_way_or_the_other(database: Engine, joined: Parts) -> None:
    """Proving and claiming anew take the person first: they wait for each other and neither dies of it."""
    for _ in range(10):
        with transaction() as session:
            secret = claim(session, joined, f"{token(8)}@example.org")
            person_id = session.scalars(select(PersonEmail.person_id).order_by(PersonEmail.id.desc())).first()

        def replace(person_id: Any = person_id) -> None:
            with transaction() as session:
                person = queries.person_for_update(session, person_id)
                if person.proven_primary is None:
                    emails.claim_primary(session, person, f"{token(8)}@example.org", now())

        at_once(lambda act: act(), [replace, partial(prove, joined, secret), replace])

        with Session(database) as session:
            found = session.scalars(select(PersonEmail).where(PersonEmail.person_id == person_id)).all()
            assert len(found) == 1


def test_one_pending_sign_in_is_confirmed_once_however_often_it_is_sent(database: Engine, joined: Parts) -> None:
    citizen = Citizen(make_tax_id(), "ΠΑΠΑΔΟΠΟΥΛΟΥ", "ΜΑΡΙΑ")
    with transaction() as session:
        secret = hold(session, joined, Held(citizen, EMPLOYED, Baggage()))

    outcomes = Counter(at_once(lambda _: confirm(joined, secret), list(range(20))))

    assert outcomes == {"entered": 1, "sign-in-expired": 19}
    assert counted(database, BrowserSession) == 1
