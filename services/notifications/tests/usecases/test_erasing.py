"""The farewell goes out first, no other mail does, and then nothing leads to the person any more (S6)."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import clock, forgetting
from chassis.timers import TimerRow
from notifications.models import Message, Person
from notifications.rules.messages import State, Template
from notifications.usecases import erasing

from .. import facts
from ..facts import COLLABORATION, ERASED, INVITED, PERSON, PROOF, SIGN_IN_CLOSED
from ..mailbox import Mailbox

MARKER = "markaris@example.org"


def erased(person_id, *, sealed: bool = True, **changes):
    content = facts.sealed(email=MARKER, surname="ΜΑΡΚΑΡΗΣ", name="ΜΑΡΚΟΣ", token="certificate-token")
    return {
        **facts.example(ERASED), "person_id": str(person_id), "withdrawn_ids": [],
        "sealed": content if sealed else None, **changes,
    }  # fmt: skip


@pytest.fixture
def send(session: Session, run_timer):
    def run(lane: str = "ordinary") -> None:
        past = clock.now() - timedelta(seconds=1)
        session.execute(update(Message).where(Message.state == State.queued).values(due_at=past))
        run_timer("send", lane)

    return run


@pytest.fixture
def look(session: Session, run_timer):
    """Time has passed, and the erasing looks again."""

    def run(person_id) -> None:
        past = clock.now() - forgetting.QUIET
        mine = TimerRow.name == forgetting.TIMER
        session.execute(update(TimerRow).where(mine).values(payload={"since": past.isoformat()}))
        run_timer(forgetting.TIMER, person_id)

    return run


@pytest.mark.parametrize("field", ["owner_person_id", "collaborator_person_id"])
def test_nobody_is_told_any_more_of_working_together_with_them(
    session: Session, deliver, send, mailbox: Mailbox, field: str
) -> None:
    gone = uuid4()
    asked = facts.collaboration("pending", **{field: str(gone)})
    late = facts.collaboration("active", **{field: str(gone)})
    for person_id in (asked["owner_person_id"], asked["collaborator_person_id"]):
        deliver(PERSON, facts.person(person_id, "n@example.org"), subject=person_id)
    deliver(COLLABORATION, asked, subject=asked["collaboration_id"], sequence=1)

    deliver(ERASED, erased(gone, sealed=False), subject=gone, sequence=9)
    assert deliver(COLLABORATION, late, subject=asked["collaboration_id"], sequence=2) == "done"
    send()

    (message,) = session.scalars(select(Message)).all()
    assert (message.state, message.data, mailbox.mails) == (State.superseded, {}, [])


def test_the_farewell_is_sent_and_only_then_the_erasing_is_told(
    session: Session, deliver, send, look, mailbox: Mailbox, published
) -> None:
    person_id = uuid4()
    deliver(PERSON, facts.person(person_id, MARKER))

    deliver(ERASED, erased(person_id), subject=person_id, sequence=9)
    look(person_id)
    assert session.scalar(select(func.count()).select_from(Person)) == 0
    assert not published(session, "notifications.person.erased.v1")
    send()
    look(person_id)

    (mail,) = mailbox.mails
    assert mail.recipients == [MARKER]
    assert "https://epresence.example/certificate/certificate-token" in mail.get_body(("plain",)).get_content()
    message = session.scalars(select(Message)).one()
    assert (message.template, message.state, message.data) == (Template.account_erased, State.sent, {})
    (told,) = published(session, "notifications.person.erased.v1")
    assert told.data["person_id"] == str(person_id)
    rows = str(session.connection().exec_driver_sql("SELECT message::text FROM message").all())
    assert "markaris" not in rows


def test_whoever_cannot_be_written_to_is_erased_without_farewell(
    session: Session, deliver, look, mailbox: Mailbox, published
) -> None:
    person_id = uuid4()

    deliver(ERASED, erased(person_id, sealed=False), subject=person_id)
    look(person_id)

    assert not mailbox.mails
    assert published(session, "notifications.person.erased.v1")


def test_after_72_hours_the_person_is_erased_although_the_mail_server_never_took_the_farewell(
    session: Session, deliver, look, published
) -> None:
    person_id = uuid4()
    deliver(ERASED, erased(person_id), subject=person_id)
    look(person_id)
    assert not published(session, "notifications.person.erased.v1")
    long_ago = clock.now() - erasing.FAREWELL_WITHIN - timedelta(seconds=1)
    session.execute(update(Message).values(occurred_at=long_ago, queued_at=long_ago))

    look(person_id)
    look(person_id)

    message = session.scalars(select(Message)).one()
    assert (message.state, message.data) == (State.superseded, {})
    assert published(session, "notifications.person.erased.v1")


def test_no_other_mail_to_them_is_sent_any_more(session: Session, deliver, send, look, mailbox: Mailbox) -> None:
    person_id, other = uuid4(), uuid4()
    proof, invitation = uuid4(), facts.invitation(email=MARKER)
    deliver(PERSON, facts.person(person_id, MARKER))
    deliver(PROOF, facts.proof(email=MARKER, person_id=str(person_id)), subject=proof)
    deliver("identity.invitation.created.v1", invitation)
    deliver(INVITED, facts.invited(email=MARKER, person_id=str(person_id)))
    deliver(INVITED, facts.invited(email="other@example.org", person_id=str(other)))

    withdrawn = [str(proof), invitation["invitation_id"]]
    deliver(ERASED, erased(person_id, withdrawn_ids=withdrawn), subject=person_id, sequence=9)
    deliver(INVITED, facts.invited(email=MARKER, person_id=str(person_id)))  # late
    deliver(PROOF, facts.proof(email=MARKER, person_id=str(person_id)))
    assert deliver(SIGN_IN_CLOSED, {**facts.example(SIGN_IN_CLOSED), "person_id": str(person_id)}) == "done"
    send("urgent")
    send()
    look(person_id)

    assert sorted(mail.recipients[0] for mail in mailbox.mails) == [MARKER, "other@example.org"]
    assert not session.scalars(select(Message.id).where(Message.person_id == person_id)).all()
    kept = session.scalars(select(Message.data).where(Message.data != {})).all()
    assert not kept


def test_mails_to_others_no_longer_name_them_as_coordinator(session: Session, deliver, send, mailbox: Mailbox) -> None:
    data = facts.invited(email="other@example.org")
    person_id = UUID(data["coordinator"]["id"])
    data["coordinator"]["name"] = "ΜΑΡΚΑΡΗΣ ΜΑΡΚΟΣ"
    deliver(INVITED, data)
    deliver(ERASED, erased(person_id, sealed=False), subject=person_id)

    erasing.erase(session, person_id)
    send()

    (mail,) = mailbox.mails
    assert "ΜΑΡΚΑΡΗΣ" not in mail.get_body(("plain",)).get_content()


def test_many_messages_of_one_person_are_forgotten_in_portions(session: Session, deliver, look, monkeypatch) -> None:
    person_id = uuid4()
    for _ in range(3):
        deliver(INVITED, facts.invited(person_id=str(person_id)))
    session.execute(update(Message).values(state=State.sent))
    deliver(ERASED, erased(person_id, sealed=False), subject=person_id)
    monkeypatch.setattr(erasing, "PORTION", 2)

    left = []
    while erasing.erase(session, person_id) is not None:
        mine = select(func.count()).select_from(Message).where(Message.person_id == person_id)
        left.append(session.scalar(mine))

    assert left == [1, 0]
