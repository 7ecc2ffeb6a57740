"""Claims, proofs and changes of addresses at once, with real commits (S7)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.crypto import token
from chassis.db import transaction
from chassis.errors import DomainError
from chassis.outbox import OutboxRow
from identity import queries
from identity.models import EmailProof, Person, PersonEmail
from identity.parts import Parts
from identity.rules.erasing import Reason
from identity.usecases import erasing, extra_emails

from ..factories import make_email, make_person
from .test_races import at_once, counted, prove


def add(joined: Parts, person_id: UUID, email: str, secret: str | None = None) -> str:
    try:
        with transaction() as session:
            extra_emails.add(
                session, person_id=person_id, email=email, token=secret or token(), parts=joined, now=now()
            )
    except DomainError as refused:
        return refused.type
    return "added"


def act(story: Callable[..., Any], joined: Parts, person_id: UUID, email_id: UUID, **more: Any) -> str:
    try:
        with transaction() as session:
            story(session, person_id=person_id, email_id=email_id, parts=joined, now=now(), **more)
    except DomainError as refused:
        return refused.type
    return "done"


def people(joined: Parts, count: int) -> list[UUID]:
    with transaction() as session:
        return [make_person(session, joined).id for _ in range(count)]


def test_of_fifty_addresses_added_at_once_three_fit(database: Engine, joined: Parts) -> None:
    (person_id,) = people(joined, 1)

    outcomes = Counter(at_once(partial(add, joined, person_id), [f"extra{n}@example.org" for n in range(50)]))

    assert outcomes == {"added": 3, "emails-full": 47}
    assert counted(database, PersonEmail, PersonEmail.primary.is_(False)) == 3
    assert counted(database, EmailProof) == 3


def test_of_fifty_accounts_that_prove_one_address_one_wins_and_the_others_are_told(
    database: Engine, joined: Parts
) -> None:
    secrets = {person_id: token() for person_id in people(joined, 50)}
    claims = [add(joined, person_id, "wanted@example.org", secret) for person_id, secret in secrets.items()]

    outcomes = Counter(at_once(partial(prove, joined), list(secrets.values())))

    assert claims[:5] == ["added"] * 5
    assert outcomes["proven"] == 1
    assert outcomes["spent"] + outcomes["lost"] == 49
    assert counted(database, PersonEmail, PersonEmail.address_key == "wanted@example.org") == 1
    assert counted(database, OutboxRow, OutboxRow.type == "identity.person.email_proven.v1") == 1
    losers = claims.count("added") - 1
    assert counted(database, OutboxRow, OutboxRow.type == "identity.email_claim.lost.v1") == losers


def test_claiming_while_somebody_proves_it_ends_as_taken_or_as_lost(database: Engine, joined: Parts) -> None:
    for _ in range(10):
        address, secret = f"{token(8)}@example.org", token()
        winner, *others = people(joined, 4)
        add(joined, winner, address, secret)

        acts = [partial(prove, joined, secret), *(partial(add, joined, other, address) for other in others)]
        outcomes = at_once(lambda one: one(), acts)

        assert outcomes[0] == "proven"
        assert set(outcomes[1:]) <= {"added", "email-taken"}
        with Session(database) as session:
            owners = session.scalars(select(PersonEmail.person_id).where(PersonEmail.email == address)).all()
        assert owners == [winner], "a claim made before the proof ended with it"


def test_what_the_loser_does_meanwhile_finds_the_claim_gone(database: Engine, joined: Parts) -> None:
    """Sending again, removing and proving wait for each other; none dies of another."""
    for story, more in ((extra_emails.resend, {"token": "fresh"}), (extra_emails.remove, {})):
        for n in range(10):
            address, secret = f"{token(8)}@example.org", token()
            winner, loser = people(joined, 2)
            add(joined, winner, address, secret)
            add(joined, loser, address)
            with Session(database) as session:
                mine = (PersonEmail.person_id == loser, PersonEmail.email == address)
                email_id = session.scalars(select(PersonEmail.id).where(*mine)).one()
            told = {**more, **({"token": f"fresh-{n}"} if more else {})}

            outcomes = at_once(
                lambda one: one(),
                [partial(prove, joined, secret), partial(act, story, joined, loser, email_id, **told)],
            )

            assert outcomes[0] == "proven"
            assert outcomes[1] in ("done", "not-found")
            with Session(database) as session:
                assert session.get(PersonEmail, email_id) is None


def test_of_two_made_primary_at_once_there_is_one_and_both_old_ones_are_told(database: Engine, joined: Parts) -> None:
    with transaction() as session:
        person = make_person(session, joined)
        extra = [make_email(person, f"extra{n}@example.org", primary=False) for n in range(3)]
        session.flush()
        person_id, ids = person.id, [row.id for row in extra]

    outcomes = at_once(partial(act, extra_emails.make_primary, joined, person_id), ids)

    assert outcomes == ["done"] * 3
    assert counted(database, PersonEmail, PersonEmail.primary) == 1
    assert counted(database, OutboxRow, OutboxRow.type == "identity.primary_email.changed.v1") == 3


def test_an_address_removed_while_it_is_made_primary_is_one_or_the_other(database: Engine, joined: Parts) -> None:
    for n in range(10):
        with transaction() as session:
            person = make_person(session, joined)
            row = make_email(person, f"extra{n}@example.org", primary=False)
            session.flush()
            person_id, email_id = person.id, row.id

        outcomes = at_once(
            lambda story: act(story, joined, person_id, email_id),  # noqa: B023 - used within its turn
            [extra_emails.remove, extra_emails.make_primary],
        )

        assert sorted(outcomes) in (["done", "not-found"], ["done", "email-primary"])
        with Session(database) as session:
            primary = session.get_one(Person, person_id).proven_primary
        assert primary is not None


def test_a_link_followed_while_its_account_is_erased_is_spent(
    database: Engine, joined: Parts, client: Any, eventually: Callable
) -> None:
    """The link is still known when it is looked up; the account is gone when its row is had."""
    with transaction() as session:
        person_id, secret = make_person(session, joined).id, token()
    add(joined, person_id, "extra@example.org", secret)

    with ThreadPoolExecutor() as pool:
        with transaction() as session:
            person = queries.person_for_update(session, person_id)
            answer = pool.submit(client.post, "/api/v1/email-confirmations", json={"token": secret})
            eventually(lambda: somebody_waits(database))
            erasing.begin(session, person, reason=Reason.requested, now=now())
        refused = answer.result()

    assert (refused.status_code, refused.json()["type"]) == (410, "/problems/token-spent")


def somebody_waits(database: Engine) -> bool:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with database.connect() as connection:  # a transaction of its own: activity is read once in each
        return connection.scalar(text(waiting)) == 1


def test_fifty_requests_for_a_link_at_once_send_five(
    database: Engine, joined: Parts, client: Any, as_person: Callable
) -> None:
    (person_id,) = people(joined, 1)
    add(joined, person_id, "extra@example.org")
    with Session(database) as session:
        email_id = session.scalars(select(PersonEmail.id).where(PersonEmail.primary.is_(False))).one()
    headers = as_person(person_id)
    client.get("/health/live")  # connexion builds itself on its first request, one at a time
    path = f"/api/v1/account/emails/{email_id}/confirmation"

    outcomes = Counter(at_once(lambda _: client.post(path, headers=headers).status_code, list(range(50))))

    assert outcomes == {202: 5, 429: 45}
