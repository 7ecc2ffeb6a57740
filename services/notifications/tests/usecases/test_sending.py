"""Mails on their way over a real SMTP server, well and ill."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.timers import TimerRow
from notifications.models import Message
from notifications.rules.messages import State

from .. import facts
from ..facts import INVITATION, INVITED, PERSON, PROOF, SIGN_IN_CLOSED, UNINVITED
from ..mailbox import Mailbox, lose_connection


@pytest.fixture
def send(session: Session, run_timer):
    """Everything queued falls due and the lane's timer runs."""

    def run(lane: str = "ordinary") -> None:
        past = now() - timedelta(seconds=1)
        session.execute(update(Message).where(Message.state == State.queued).values(due_at=past))
        assert run_timer("send", lane)

    return run


def only_message(session: Session) -> Message:
    return session.scalars(select(Message)).one()


def facts_told(published, session: Session) -> list[str]:
    return [fact.type for fact in published(session)]


def test_a_mail_is_sent_told_and_its_secrets_erased(
    session: Session, deliver, send, mailbox: Mailbox, published
) -> None:
    data = facts.invited(email="n@example.org")
    deliver(INVITED, data, sequence=4, correlation_id="c-7")

    send()

    (mail,) = mailbox.mails
    message = only_message(session)
    assert mail.recipients == ["n@example.org"]
    assert (mail["Message-ID"], mail["X-Correlation-ID"]) == (message.message_id, "c-7")
    assert (message.state, message.data, message.attempts, message.failure) == (State.sent, {}, 1, None)
    (told,) = published(session)
    assert told.type == "notifications.message.sent.v1"
    assert (told.subject, told.data["about"]) == (str(message.id), data["participation_id"])
    assert told.data["about_sequence"] == message.sequence == 4
    assert session.get(TimerRow, ("send", "ordinary")) is None


def test_every_kind_of_mail_goes_to_its_one_address(session: Session, deliver, send, mailbox: Mailbox) -> None:
    closed = facts.example(SIGN_IN_CLOSED)
    deliver(PERSON, facts.person(closed["person_id"], "closed@example.org"))
    deliver(PROOF, facts.proof(email="proof@example.org"))
    deliver(INVITATION, facts.invitation(email="invitation@example.org"))
    deliver(INVITED, facts.invited(email="invited@example.org"))
    deliver(SIGN_IN_CLOSED, closed)

    send("urgent")
    send("ordinary")

    assert sorted(mail.recipients for mail in mailbox.mails) == [
        ["closed@example.org"],
        ["invitation@example.org"],
        ["invited@example.org"],
        ["proof@example.org"],
    ]
    assert mailbox.connections == 2  # one for each lane, however many mails


def test_mail_to_a_known_person_goes_to_the_primary_address(session: Session, deliver, send, mailbox: Mailbox) -> None:
    person_id = str(uuid4())
    deliver(PERSON, facts.person(person_id, "primary@example.org"))
    deliver(INVITED, facts.invited(email="extra@example.org", person_id=person_id, guest=False))

    send()

    assert mailbox.mails[0].recipients == ["primary@example.org"]


def test_a_proof_goes_to_the_address_that_is_to_be_proven(session: Session, deliver, send, mailbox: Mailbox) -> None:
    person_id = str(uuid4())
    deliver(PERSON, facts.person(person_id, "primary@example.org"))
    deliver(PROOF, facts.proof(email="extra@example.org", person_id=person_id))

    send("urgent")

    assert mailbox.mails[0].recipients == ["extra@example.org"]


@pytest.mark.parametrize(
    ("command", "answer"), [("RCPT", "450 greylisted"), ("DATA", "451 try later"), ("DATA", "421 bye")]
)
def test_a_temporary_refusal_is_tried_again(
    session: Session, deliver, send, mailbox: Mailbox, command: str, answer: str
) -> None:
    mailbox.answers[command] = [answer]
    deliver(INVITED, facts.invited())

    send()
    message = only_message(session)
    assert (message.state, message.failure, message.doubtful) == (State.queued, answer[:3], False)
    assert timedelta() < message.due_at - now() <= timedelta(seconds=60)
    timer = session.get_one(TimerRow, ("send", "ordinary"))
    assert timer.due_at >= message.due_at
    send()

    assert (message.state, message.attempts) == (State.sent, 2)
    assert len(mailbox.mails) == 1


def test_one_refused_address_does_not_hold_up_the_others(
    session: Session, deliver, send, mailbox: Mailbox, published
) -> None:
    mailbox.answers["RCPT"] = ["550 no such user"]
    for _ in range(3):
        deliver(INVITED, facts.invited())

    send()

    states = sorted(message.state for message in session.scalars(select(Message)))
    assert states == [State.failed, State.sent, State.sent]
    assert mailbox.connections == 1
    (failed,) = published(session, "notifications.message.failed.v1")
    assert failed.data["reason"] == "refused"


@pytest.mark.parametrize("address", ["no-address", "a@b\r\nRCPT TO:<victim@example.org>", "νίκος@example.org", None])
def test_what_is_no_address_is_refused_without_asking_the_server(
    session: Session, deliver, send, mailbox: Mailbox, address: str | None
) -> None:
    data = facts.invited()
    deliver(INVITED, {**data, "sealed": facts.sealed(email=address, name="ΝΙΚΟΣ", ticket="t")})

    send()

    assert only_message(session).state is State.failed
    assert mailbox.connections == 0


def test_a_lost_answer_is_repeated_under_the_same_message_id(session: Session, deliver, send, mailbox: Mailbox) -> None:
    mailbox.answers["DATA"] = [lose_connection]
    deliver(INVITED, facts.invited())
    deliver(INVITED, facts.invited())

    send()
    send()

    assert len(mailbox.mails) == 3
    assert len(set(mailbox.message_ids())) == 2
    lost, other = session.scalars(select(Message).order_by(Message.attempts.desc())).all()
    assert (lost.state, lost.doubtful, lost.attempts) == (State.sent, True, 2)
    assert (other.state, other.doubtful, other.attempts) == (State.sent, False, 1)


def test_a_sealed_value_we_cannot_open_waits_for_the_right_key(
    session: Session, deliver, send, mailbox: Mailbox
) -> None:
    deliver(INVITED, {**facts.invited(), "sealed": "broken"})
    deliver(INVITED, facts.invited())

    send()

    states = {message.state: message.failure for message in session.scalars(select(Message))}
    assert states == {State.sent: None, State.queued: "Undecipherable"}


@pytest.mark.parametrize("late", [{"give_up_at": now()}, {"queued_at": now() - timedelta(days=4)}])
def test_a_mail_too_old_is_given_up(
    session: Session, deliver, send, mailbox: Mailbox, published, late: dict[str, Any]
) -> None:
    mailbox.answers["RCPT"] = ["450 never"]
    deliver(INVITED, facts.invited())
    if "queued_at" in late:
        late |= {"give_up_at": now() + timedelta(seconds=30)}
    session.execute(update(Message).values(late))

    send()

    message = only_message(session)
    assert (message.state, message.data) == (State.failed, {})
    (failed,) = published(session, "notifications.message.failed.v1")
    assert failed.data["reason"] == "expired"


def test_an_invitation_to_what_is_over_is_not_sent(session: Session, deliver, send, mailbox: Mailbox) -> None:
    over = {"starts_at": "2020-01-01T08:00:00+00:00", "ends_at": "2020-01-01T09:00:00+00:00"}
    deliver(INVITED, facts.invited(conference=over))

    send()

    assert only_message(session).state is State.failed
    assert mailbox.mails == []


def test_a_cancellation_follows_the_invitation_that_was_sent(session: Session, deliver, send, mailbox: Mailbox) -> None:
    invitation = facts.invited()
    deliver(INVITED, invitation, sequence=1)
    send()

    deliver(UNINVITED, facts.uninvited(invitation), sequence=2)
    send()

    methods = [
        part.get_param("method")
        for mail in mailbox.mails
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    ]
    assert methods == ["REQUEST", "CANCEL"]


def test_who_never_got_the_invitation_gets_no_cancellation(session: Session, deliver, send, mailbox: Mailbox) -> None:
    invitation = facts.invited()
    deliver(INVITED, invitation, sequence=1)
    deliver(UNINVITED, facts.uninvited(invitation), sequence=2)

    send()

    assert mailbox.mails == []
    assert {message.state for message in session.scalars(select(Message))} == {State.superseded}


def test_an_invitation_that_may_have_arrived_is_taken_back_and_not_repeated(
    session: Session, deliver, send, mailbox: Mailbox
) -> None:
    mailbox.answers["DATA"] = [lose_connection]
    invitation = facts.invited()
    deliver(INVITED, invitation, sequence=1)
    send()

    deliver(UNINVITED, facts.uninvited(invitation), sequence=2)
    send()

    subjects = [str(mail["Subject"]).partition(":")[0] for mail in mailbox.mails]
    assert subjects == ["Πρόσκληση σε τηλεδιάσκεψη", "Ακύρωση τηλεδιάσκεψης"]


def test_a_cancellation_waits_while_its_invitation_is_being_sent(
    session: Session, deliver, send, mailbox: Mailbox
) -> None:
    invitation = facts.invited()
    deliver(INVITED, invitation, sequence=1)
    lease = now() + timedelta(minutes=1)
    session.execute(update(Message).values(state=State.sending, attempts=1, due_at=lease))  # another worker is at it
    deliver(UNINVITED, facts.uninvited(invitation), sequence=2)

    send()
    assert mailbox.mails == []
    session.execute(update(Message).where(Message.sequence == 1).values(state=State.sent))
    send()

    assert len(mailbox.mails) == 1
