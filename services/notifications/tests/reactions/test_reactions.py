from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.ids import new_id
from chassis.timers import TimerRow
from notifications.models import Message, Person
from notifications.rules.messages import Lane, State, Template

from .. import facts
from ..facts import (
    CLAIM_LOST,
    COLLABORATION,
    DISABLED,
    ENABLED,
    FLAGGED,
    HANDED_OVER,
    INACTIVE,
    INVITATION,
    INVITED,
    LAPSED,
    PERSON,
    PRIMARY_CHANGED,
    PROOF,
    ROLE_ACCEPTED,
    ROLE_ASKED,
    ROLE_REJECTED,
    SIGN_IN_CLOSED,
    TWO_FACTOR,
    UNCOORDINATED,
    UNINVITED,
)


def messages(session: Session) -> list[Message]:
    return list(session.scalars(select(Message).order_by(Message.sequence, Message.id)))


@pytest.mark.parametrize(
    ("type_", "template"),
    [
        (PROOF, Template.email_proof),
        (PRIMARY_CHANGED, Template.primary_email_changed),
        (INVITATION, Template.platform_invitation),
        (INVITED, Template.conference_invitation),
        (UNINVITED, Template.conference_cancelled),
    ],
)
def test_a_fact_queues_one_mail_however_often_it_comes(
    session: Session, deliver, type_: str, template: Template
) -> None:
    id_ = new_id()

    outcomes = [deliver(type_, facts.example(type_), id=id_, correlation_id="c-1") for _ in range(2)]

    assert outcomes == ["done", "duplicate"]
    (message,) = messages(session)
    assert (message.template, message.fact_id, message.correlation_id) == (template, id_, "c-1")


def test_a_fact_replayed_after_its_inbox_row_was_dropped_queues_nothing_more(session: Session, deliver) -> None:
    """The unique key is the second line: inbox rows are kept for days only, and messages longer."""
    data, id_ = facts.invited(), new_id()
    deliver(INVITED, data, id=id_)
    session.connection().exec_driver_sql("DELETE FROM inbox")

    outcome = deliver(INVITED, data, id=id_)

    assert outcome == "done"
    assert len(messages(session)) == 1


def test_a_proof_goes_the_urgent_lane_and_an_invitation_the_other(session: Session, deliver) -> None:
    deliver(PROOF, facts.proof())
    deliver(INVITED, facts.invited())

    assert {message.lane for message in messages(session)} == {Lane.urgent, Lane.ordinary}
    assert set(session.execute(select(TimerRow.name, TimerRow.subject))) == {("send", "urgent"), ("send", "ordinary")}


def test_a_resent_invitation_replaces_the_unsent_one(session: Session, deliver) -> None:
    first = facts.invitation(token="old")
    deliver(INVITATION, first, sequence=1)
    deliver(INVITATION, {**first, "sealed": facts.sealed(email="n@example.org", token="new")}, sequence=2)

    assert [message.state for message in messages(session)] == [State.superseded, State.queued]


def test_an_unsent_invitation_is_superseded_by_its_cancellation(session: Session, deliver) -> None:
    invitation = facts.invited()
    deliver(INVITED, invitation, sequence=1)

    deliver(UNINVITED, facts.uninvited(invitation), sequence=2)

    before, after = messages(session)
    assert (before.state, before.data) == (State.superseded, {})
    assert after.template is Template.conference_cancelled


def test_an_invitation_that_arrives_after_its_cancellation_is_never_sent(session: Session, deliver) -> None:
    invitation = facts.invited()

    deliver(UNINVITED, facts.uninvited(invitation, reason="removed"), sequence=2)
    deliver(INVITED, invitation, sequence=1)

    before, after = messages(session)
    assert (before.template, before.state) == (Template.conference_invitation, State.superseded)
    assert after.template is Template.conference_removed


def test_others_are_not_touched_by_a_cancellation(session: Session, deliver) -> None:
    gone, stays = facts.invited(), facts.invited()
    for invitation in (gone, stays):
        deliver(INVITED, invitation)

    deliver(UNINVITED, facts.uninvited(gone), sequence=2)

    states = {str(message.about): message.state for message in messages(session) if message.sequence == 1}
    assert states == {gone["participation_id"]: State.superseded, stays["participation_id"]: State.queued}


def test_a_persons_address_is_the_newest_told(session: Session, deliver) -> None:
    person_id = uuid4()

    for sequence, email in ((1, None), (3, "new@example.org"), (2, "old@example.org")):
        deliver(PERSON, facts.person(person_id, email), sequence=sequence)

    assert session.get_one(Person, person_id).email == "new@example.org"


@pytest.mark.parametrize(
    ("type_", "template"),
    [
        (SIGN_IN_CLOSED, Template.sign_in_closed),
        (DISABLED, Template.account_disabled),
        (ENABLED, Template.account_enabled),
        (CLAIM_LOST, Template.email_claim_lost),
    ],
)
def test_news_for_somebody_unknown_wait_until_the_address_is_known(
    session: Session, deliver, type_: str, template: Template
) -> None:
    data: dict[str, Any] = facts.example(type_)

    early = deliver(type_, data, subject=data["person_id"])
    deliver(PERSON, facts.person(data["person_id"], "n@example.org"))
    later = deliver(type_, data, subject=data["person_id"])

    assert (early, later) == ("parked", "done")
    (message,) = messages(session)
    assert (message.template, message.person_id) == (template, UUID(data["person_id"]))


@pytest.mark.parametrize(
    ("purpose", "template"),
    [
        ({}, Template.email_proof),
        ({"purpose": "activation"}, Template.email_proof),
        ({"purpose": "extra_email"}, Template.extra_email_proof),
    ],
)
def test_a_proof_says_what_the_address_is_to_become(
    session: Session, deliver, purpose: dict[str, str], template: Template
) -> None:
    """A sender of before the field means the activation."""
    deliver(PROOF, facts.proof() | purpose)

    assert [message.template for message in messages(session)] == [template]


@pytest.mark.parametrize(
    ("type_", "template"),
    [
        (SIGN_IN_CLOSED, Template.sign_in_closed),
        (FLAGGED, Template.employment_flagged),
        (LAPSED, Template.employment_lapsed),
        (INACTIVE, Template.inactivity_warned),
    ],
)
def test_news_for_a_person_are_one_mail_however_often_they_come(
    session: Session, deliver, type_: str, template: Template
) -> None:
    data, id_ = facts.example(type_), new_id()
    deliver(PERSON, facts.person(data["person_id"], "n@example.org"))

    outcomes = [deliver(type_, data, id=id_) for _ in range(2)]

    assert outcomes == ["done", "duplicate"]
    (message,) = messages(session)
    assert (message.template, str(message.person_id)) == (template, data["person_id"])


def test_news_of_one_matter_overtake_older_ones_of_the_same_only(session: Session, deliver) -> None:
    """Who has lost the role needs no warning any more; the account's deletion is another matter."""
    person_id = facts.example(FLAGGED)["person_id"]
    deliver(PERSON, facts.person(person_id, "n@example.org"))
    deliver(FLAGGED, facts.example(FLAGGED), sequence=2)
    deliver(INACTIVE, {**facts.example(INACTIVE), "person_id": person_id}, sequence=3)

    deliver(LAPSED, facts.example(LAPSED), sequence=4)

    states = {message.template: message.state for message in messages(session)}
    assert states == {
        Template.employment_flagged: State.superseded,
        Template.inactivity_warned: State.queued,
        Template.employment_lapsed: State.queued,
    }


def test_no_address_name_or_token_is_readable_in_a_row(session: Session, deliver) -> None:
    deliver(PROOF, facts.proof(email="marker@example.org", token="marker-token"))
    deliver(INVITED, facts.invited(email="marker@example.org", name="ΜΑΡΚΑΔΟΡΟΣ", ticket="marker-ticket"))

    rows = str(session.connection().exec_driver_sql("SELECT message::text FROM message").all())
    assert not [word for word in ("marker", "ΜΑΡΚΑΔΟΡΟΣ") if word in rows]


def test_turning_the_second_factor_off_does_not_hide_that_it_was_turned_on(session: Session, deliver) -> None:
    on, off = ({**facts.example(TWO_FACTOR), "change": change} for change in ("activated", "deactivated"))
    early = deliver(TWO_FACTOR, on)
    deliver(PERSON, facts.person(on["person_id"], "n@example.org"))

    for told in (on, off):
        deliver(TWO_FACTOR, told)

    assert early == "parked"
    assert [(message.data["change"], message.state) for message in messages(session)] == [
        ("activated", State.queued),
        ("deactivated", State.queued),
    ]


@pytest.mark.parametrize(
    ("type_", "recipients", "template"),
    [
        (ROLE_ASKED, "approver_ids", Template.role_request_opened),
        (UNCOORDINATED, "administrator_ids", Template.institution_uncoordinated),
        (facts.LEFT, "receiver_ids", Template.coordinator_left),
    ],
)
def test_each_of_those_who_decide_gets_one_mail(
    session: Session, deliver, type_: str, recipients: str, template: Template
) -> None:
    several = [uuid4() for _ in range(3)]
    for person_id in several:
        deliver(PERSON, facts.person(person_id, f"{person_id}@example.org"))
    data, id_ = {**facts.example(type_), recipients: [str(each) for each in several]}, new_id()

    outcomes = [deliver(type_, data, id=id_, subject=uuid4()) for _ in range(2)]

    assert outcomes == ["done", "duplicate"]
    assert {message.person_id for message in messages(session)} == set(several)
    assert {message.template for message in messages(session)} == {template}
    assert len({message.about for message in messages(session)}) == 3


def test_two_requests_make_two_mails_to_one_who_decides(session: Session, deliver) -> None:
    """The later one does not take the place of the unsent earlier one."""
    leader = uuid4()
    deliver(PERSON, facts.person(leader, "l@example.org"))
    for _ in range(2):
        request_id = str(uuid4())
        data = {**facts.example(ROLE_ASKED), "role_request_id": request_id, "approver_ids": [str(leader)]}
        deliver(ROLE_ASKED, data, subject=request_id)

    assert [message.state for message in messages(session)] == [State.queued, State.queued]


def test_two_who_left_make_two_mails_to_one_who_answers_for_the_institution(session: Session, deliver) -> None:
    leader = uuid4()
    deliver(PERSON, facts.person(leader, "l@example.org"))

    for _ in range(2):
        deliver(facts.LEFT, {**facts.example(facts.LEFT), "receiver_ids": [str(leader)]}, subject=uuid4())

    assert [message.state for message in messages(session)] == [State.queued, State.queued]


def test_what_was_left_where_nobody_is_to_hear_of_it_makes_no_mail(session: Session, deliver) -> None:
    assert deliver(facts.LEFT, {**facts.example(facts.LEFT), "receiver_ids": []}, subject=uuid4()) == "done"
    assert messages(session) == []


def test_who_decides_but_was_erased_meanwhile_keeps_nobody_else_waiting(session: Session, deliver) -> None:
    stays, gone = uuid4(), uuid4()
    deliver(PERSON, facts.person(stays, "s@example.org"))
    deliver(facts.ERASED, {**facts.example(facts.ERASED), "person_id": str(gone), "sealed": None}, subject=gone)

    outcome = deliver(ROLE_ASKED, {**facts.example(ROLE_ASKED), "approver_ids": [str(gone), str(stays)]})

    assert outcome == "done"
    asked = [message for message in messages(session) if message.template is Template.role_request_opened]
    assert [message.person_id for message in asked] == [stays]


@pytest.mark.parametrize(
    ("type_", "template"),
    [(ROLE_ACCEPTED, Template.role_request_accepted), (ROLE_REJECTED, Template.role_request_rejected)],
)
def test_the_applicant_is_told_of_the_answer(session: Session, deliver, type_: str, template: Template) -> None:
    data = facts.example(type_)
    early = deliver(type_, data)
    deliver(PERSON, facts.person(data["person_id"], "n@example.org"))

    assert (early, deliver(type_, data)) == ("parked", "done")
    assert (messages(session)[-1].template, str(messages(session)[-1].person_id)) == (template, data["person_id"])


def test_whose_conferences_went_to_somebody_and_who_has_them_now_are_each_told_of_each(
    session: Session, deliver
) -> None:
    """The same person may give and receive within a minute: no such mail takes another's place."""
    giver, receiver = facts.examples(HANDED_OVER)
    receiver = {**receiver, "person_id": giver["person_id"]}
    early = deliver(HANDED_OVER, giver)
    deliver(PERSON, facts.person(giver["person_id"], "n@example.org"))

    for told in (receiver, giver):
        deliver(HANDED_OVER, told)

    assert early == "parked"
    assert [(message.template, message.state) for message in messages(session)] == [
        (Template.conference_received, State.queued),
        (Template.conference_handed_over, State.queued),
    ]


OWNER, COLLABORATOR = (facts.example(COLLABORATION)[f"{side}_person_id"] for side in ("owner", "collaborator"))


@pytest.mark.parametrize(
    ("what", "template", "reader"),
    [
        ("pending", Template.collaboration_requested, COLLABORATOR),
        ("active", Template.collaboration_accepted, OWNER),
        ("rejected", Template.collaboration_rejected, OWNER),
        ("ended_by_owner", Template.collaboration_ended, COLLABORATOR),
        ("ended_by_collaborator", Template.collaboration_ended, OWNER),
    ],
)
def test_of_a_collaboration_the_other_one_is_told(session: Session, deliver, what, template, reader) -> None:
    data = facts.collaboration(what)
    assert deliver(COLLABORATION, data, subject=data["collaboration_id"]) == "parked", "the address is not known yet"
    for person_id in (OWNER, COLLABORATOR):
        deliver(PERSON, facts.person(person_id, f"{person_id}@example.org"), subject=person_id)

    deliver(COLLABORATION, data, subject=data["collaboration_id"])

    (message,) = messages(session)
    assert (message.template, message.person_id) == (template, UUID(reader))


def test_of_what_comes_without_words_nobody_is_told(session: Session, deliver) -> None:
    for person_id in (OWNER, COLLABORATOR):
        deliver(PERSON, facts.person(person_id, f"{person_id}@example.org"), subject=person_id)
    data = {name: value for name, value in facts.collaboration("pending").items() if name != "sealed"}

    assert deliver(COLLABORATION, data, subject=data["collaboration_id"]) == "done"
    assert messages(session) == []


@pytest.mark.parametrize("what", ["cancelled", "eligibility_ended"])
def test_what_is_over_before_its_mail_was_sent_is_told_to_nobody(session: Session, deliver, what: str) -> None:
    for person_id in (OWNER, COLLABORATOR):
        deliver(PERSON, facts.person(person_id, f"{person_id}@example.org"), subject=person_id)
    asked, over = facts.collaboration("pending"), facts.collaboration(what)
    deliver(COLLABORATION, asked, subject=asked["collaboration_id"], sequence=1)

    deliver(COLLABORATION, over, subject=asked["collaboration_id"], sequence=2)

    assert [(message.state, message.data) for message in messages(session)] == [(State.superseded, {})]


@pytest.mark.parametrize(
    ("type_", "template"),
    [
        (facts.SURNAME_DIFFERS, Template.coordinator_surname_differs),
        (facts.DECLINED, Template.coordinator_invitation_needless),
    ],
)
def test_the_inviter_is_told_what_became_of_an_invitation(
    session: Session, deliver, type_: str, template: Template
) -> None:
    data, inviter = facts.example(type_), uuid4()
    deliver(PERSON, facts.person(inviter, "inviter@example.org"))

    outcomes = [
        deliver(type_, {**data, "inviter_id": str(inviter)}),
        deliver(type_, {**data, "inviter_id": None}),
    ]

    assert outcomes == ["done", "done"]
    (message,) = messages(session)
    assert (message.template, message.person_id) == (template, inviter)


def test_an_inviter_who_was_erased_is_told_nothing(session: Session, deliver) -> None:
    inviter = uuid4()
    deliver(facts.ERASED, {**facts.example(facts.ERASED), "person_id": str(inviter), "sealed": None}, subject=inviter)

    outcome = deliver(facts.DECLINED, {**facts.example(facts.DECLINED), "inviter_id": str(inviter)})

    assert outcome == "done"
    assert Template.coordinator_invitation_needless not in {message.template for message in messages(session)}


def test_who_lost_a_role_is_told(session: Session, deliver) -> None:
    data = facts.example(facts.DEMOTED)
    deliver(PERSON, facts.person(data["person_id"], "n@example.org"))

    deliver(facts.DEMOTED, data, subject=data["person_id"])

    assert [message.template for message in messages(session)] == [Template.role_taken]
