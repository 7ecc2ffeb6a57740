"""One message to all coordinators of an institution: to whom it goes, what is told of it, and who may (S15)."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.audit import AuditRow
from chassis.clock import now
from chassis.testing.statements import counted
from notifications.models import CoordinatorMessage, Message, Person
from notifications.rules.messages import State
from notifications.usecases.coordinator_messages import ERASE_TEXT

from .. import facts
from ..facts import ERASED, INSTITUTION, MEMBERSHIP, PERSON
from ..mailbox import Mailbox

TEXT = {"subject": "Νέες οδηγίες", "body": "Από Δευτέρα <b>ισχύουν</b>\nνέες οδηγίες & κανόνες."}


class World(NamedTuple):
    here: UUID
    lead: UUID
    colleague: UUID
    unit: UUID
    elsewhere: UUID

    @property
    def sent(self) -> str:
        return f"/api/v1/institutions/{self.here}/coordinator-messages"

    @property
    def options(self) -> str:
        return f"/api/v1/institutions/{self.here}/coordinator-message-options"


@pytest.fixture
def tell(deliver):
    """A person and their role, as identity and orgs tell it."""

    def told(institution_id: UUID, role: str, *, sequence: int = 1, name: str = "Ν", **changes: Any) -> UUID:
        person_id = changes.pop("person_id", None) or uuid4()
        status, administrator = changes.pop("status", "active"), changes.pop("administrator", False)
        email = f"{name.lower()}.{str(person_id)[-6:]}@example.org"
        person = facts.person(person_id, email) | {"surname": "ΠΑΠΑΔΟΠΟΥΛΟΥ", "name": name, "status": status}
        deliver(PERSON, person, subject=person_id, sequence=sequence)
        membership = facts.member(person_id, institution_id, role, platform_administrator=administrator)
        deliver(MEMBERSHIP, membership, subject=person_id, sequence=sequence)
        return person_id

    return told


@pytest.fixture
def world(session: Session, deliver, tell) -> World:
    """Two institution coordinators and one of a unit; around them whom no message is for."""
    here, elsewhere = uuid4(), uuid4()
    for institution_id, name in ((here, "Υπουργείο Ψηφιακής Διακυβέρνησης"), (elsewhere, "Δήμος")):
        data = facts.example(INSTITUTION) | {"institution_id": str(institution_id), "name": name}
        deliver(INSTITUTION, data, subject=institution_id)
    tell(here, "user", name="USER")
    tell(here, "unit_coordinator", name="DISABLED", status="disabled")
    tell(elsewhere, "institution_coordinator", name="OTHER")
    return World(
        here,
        tell(here, "institution_coordinator", name="LEAD"),
        tell(here, "institution_coordinator", name="COLLEAGUE"),
        tell(here, "unit_coordinator", name="UNIT"),
        elsewhere,
    )


@pytest.fixture
def send(session: Session, run_timer):
    def run() -> None:
        session.execute(
            update(Message).where(Message.state == State.queued).values(due_at=now() - timedelta(seconds=1))
        )
        run_timer("send", "ordinary")

    return run


def test_each_coordinator_gets_one_mail_the_sender_too_and_nobody_else(
    world: World, client, as_person, send, mailbox: Mailbox
) -> None:
    answer = client.post(world.sent, json=TEXT, headers=as_person(world.lead))

    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert answer.headers["Location"] == f"/api/v1/coordinator-messages/{told['id']}"
    assert (told["subject"], told["body"]) == (TEXT["subject"], TEXT["body"])
    assert told["sender"] == {"id": str(world.lead), "surname": "ΠΑΠΑΔΟΠΟΥΛΟΥ", "name": "LEAD"}
    assert told["counts"] == {"queued": 3, "sent": 0, "failed": 0, "dropped": 0}
    send()
    reached = sorted(mail.recipients[0].partition(".")[0] for mail in mailbox.mails)
    assert reached == ["colleague", "lead", "unit"]
    assert len(set(mailbox.message_ids())) == 3
    read = client.get(answer.headers["Location"], headers=as_person(world.colleague)).json()
    assert read["counts"] == {"queued": 0, "sent": 3, "failed": 0, "dropped": 0}


def test_the_mail_says_who_wrote_it_and_keeps_lines_and_signs(
    world: World, client, as_person, send, mailbox: Mailbox
) -> None:
    client.post(world.sent, json=TEXT, headers=as_person(world.lead))
    send()

    mail = mailbox.mails[0]
    assert mail["Subject"] == "[e:Presence] Νέες οδηγίες"
    assert "support@epresence.example" in mail["Reply-To"]
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "Ο/Η ΠΑΠΑΔΟΠΟΥΛΟΥ LEAD (Υπουργείο Ψηφιακής Διακυβέρνησης) έστειλε" in text
    assert TEXT["body"] in text
    assert "to all coordinators of your institution" in text
    html = mail.get_body(("html",)).get_content()
    assert "Από Δευτέρα &lt;b&gt;ισχύουν&lt;/b&gt;<br>νέες οδηγίες &amp; κανόνες." in html


@pytest.mark.parametrize("change", ["no coordinator", "elsewhere", "disabled", "erased"])
def test_whoever_is_no_coordinator_any_more_when_the_turn_comes_gets_none(
    world: World, client, as_person, deliver, tell, send, mailbox: Mailbox, change: str
) -> None:
    told = client.post(world.sent, json=TEXT, headers=as_person(world.lead)).json()

    if change == "erased":
        gone = {**facts.example(ERASED), "person_id": str(world.unit), "withdrawn_ids": [], "sealed": None}
        deliver(ERASED, gone, subject=world.unit, sequence=9)
    else:
        institution_id = world.elsewhere if change == "elsewhere" else world.here
        role = "user" if change == "no coordinator" else "unit_coordinator"
        status = "disabled" if change == "disabled" else "active"
        tell(institution_id, role, status=status, person_id=world.unit, sequence=2, name="UNIT")
    send()

    assert sorted(mail.recipients[0].partition(".")[0] for mail in mailbox.mails) == ["colleague", "lead"]
    place = f"/api/v1/coordinator-messages/{told['id']}"
    assert client.get(place, headers=as_person(world.lead)).json()["counts"]["dropped"] == 1
    listed = client.get(f"{place}/recipients", headers=as_person(world.lead)).json()
    (dropped,) = [each for each in listed["items"] if each["state"] == "dropped"]
    assert (dropped["person"] is None) == (change in ("elsewhere", "erased"))  # of others' people nothing is told


def test_recipients_are_told_by_name_and_never_by_address(world: World, client, as_person) -> None:
    place = client.post(world.sent, json=TEXT, headers=as_person(world.lead)).headers["Location"]

    first = client.get(f"{place}/recipients", params={"limit": 2}, headers=as_person(world.lead))
    rest = client.get(
        f"{place}/recipients", params={"limit": 2, "cursor": first.json()["next"]}, headers=as_person(world.lead)
    )

    names = {each["person"]["name"] for page in (first, rest) for each in page.json()["items"]}
    assert names == {"LEAD", "COLLEAGUE", "UNIT"}
    assert first.json()["total"] == 3
    assert "@" not in first.text + rest.text


def test_the_fourth_of_a_day_is_refused_and_told_when_to_come_back(world: World, client, as_person) -> None:
    for left in (3, 2, 1):
        assert client.get(world.options, headers=as_person(world.lead)).json()["left"] == left
        assert client.post(world.sent, json=TEXT, headers=as_person(world.lead)).status_code == 202

    refused = client.post(world.sent, json=TEXT, headers=as_person(world.colleague))

    assert (refused.status_code, refused.json()["type"]) == (429, "/problems/daily-limit")
    assert refused.json()["limit"] == 3
    assert 0 < int(refused.headers["Retry-After"]) <= 25 * 3600 + 1
    options = client.get(world.options, headers=as_person(world.lead)).json()
    assert (options["recipients"], options["limit"], options["left"]) == (3, 3, 0)


def test_yesterdays_messages_do_not_count(session: Session, world: World, client, as_person) -> None:
    for _ in range(3):
        client.post(world.sent, json=TEXT, headers=as_person(world.lead))
    session.execute(update(CoordinatorMessage).values(day=CoordinatorMessage.day - 1))

    assert client.post(world.sent, json=TEXT, headers=as_person(world.lead)).status_code == 202


def test_the_same_key_sends_once_even_when_nothing_is_left(session: Session, world: World, client, as_person) -> None:
    headers = as_person(world.lead)
    for key in ("1", "2", "3"):
        client.post(world.sent, json=TEXT, headers=headers | {"Idempotency-Key": key})

    again = client.post(world.sent, json=TEXT, headers=headers | {"Idempotency-Key": "3"})
    other = client.post(world.sent, json=TEXT | {"subject": "Άλλο"}, headers=headers | {"Idempotency-Key": "3"})

    newest = session.scalars(select(CoordinatorMessage).order_by(CoordinatorMessage.id.desc())).first()
    assert newest is not None
    assert (again.status_code, again.json()["id"]) == (202, str(newest.id))
    assert other.status_code == 422


def test_the_history_is_newest_first_and_in_pages(world: World, client, as_person, tell) -> None:
    for number in range(3):
        client.post(world.sent, json=TEXT | {"subject": f"Νο {number}"}, headers=as_person(world.lead))
    administrator = tell(world.elsewhere, "user", name="ADMINISTRATOR", administrator=True)

    first = client.get(world.sent, params={"limit": 2}, headers=as_person(world.colleague)).json()
    rest = client.get(
        world.sent, params={"limit": 2, "cursor": first["next"]}, headers=as_person(administrator, mfa=True)
    ).json()

    assert [each["subject"] for each in (*first["items"], *rest["items"])] == ["Νο 2", "Νο 1", "Νο 0"]
    assert {each["counts"]["queued"] for each in first["items"]} == {3}


def test_however_many_there_are_lists_take_as_many_statements(
    session: Session, world: World, client, as_person, tell
) -> None:
    headers, took = as_person(world.lead), []
    for _ in range(2):
        place = client.post(world.sent, json=TEXT, headers=headers).headers["Location"]
        for path in (world.sent, f"{place}/recipients"):
            with counted(session) as statements:
                assert client.get(path, headers=headers).status_code == 200
            took.append(len(statements))
        for number in range(5):
            tell(world.here, "unit_coordinator", name=f"MORE{number}")

    assert took[:2] == took[2:]
    assert max(took) <= 5


def test_an_administrator_writes_to_any_institution_there_is(world: World, client, as_person, tell) -> None:
    administrator = as_person(tell(world.elsewhere, "user", name="ADMINISTRATOR", administrator=True), mfa=True)

    sent = client.post(world.sent, json=TEXT, headers=administrator)
    unknown = client.post(f"/api/v1/institutions/{uuid4()}/coordinator-messages", json=TEXT, headers=administrator)

    assert sent.json()["counts"]["queued"] == 3  # no coordinator there, hence no copy
    assert unknown.status_code == 404


def test_to_an_institution_without_coordinators_nothing_is_sent(world: World, client, as_person, tell, deliver) -> None:
    empty = uuid4()
    deliver(INSTITUTION, facts.example(INSTITUTION) | {"institution_id": str(empty)}, subject=empty)
    administrator = as_person(tell(world.elsewhere, "user", name="ADMINISTRATOR", administrator=True), mfa=True)

    refused = client.post(f"/api/v1/institutions/{empty}/coordinator-messages", json=TEXT, headers=administrator)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/no-recipients")


@pytest.mark.parametrize(
    ("role", "here", "administrator", "reason"),
    [
        ("unit_coordinator", True, False, "institution-coordinators-only"),
        ("user", True, False, "institution-coordinators-only"),
        ("institution_coordinator", False, False, "not-your-institution"),
        ("user", True, True, "second-factor-needed"),
    ],
)
def test_others_are_told_why_not_and_do_not_see_what_was_sent(
    world: World, client, as_person, tell, role: str, here: bool, administrator: bool, reason: str
) -> None:
    place = client.post(world.sent, json=TEXT, headers=as_person(world.lead)).headers["Location"]
    headers = as_person(
        tell(world.here if here else world.elsewhere, role, name="STRANGER", administrator=administrator)
    )

    refused = [
        client.post(world.sent, json=TEXT, headers=headers),
        client.get(world.sent, headers=headers),
        client.get(world.options, headers=headers),
    ]
    hidden = [client.get(place, headers=headers), client.get(f"{place}/recipients", headers=headers)]

    assert [(answer.status_code, answer.json()["reason"]) for answer in refused] == [(403, reason)] * 3
    assert [answer.status_code for answer in hidden] == [404, 404]


def test_whoever_wrote_it_and_coordinates_no_more_does_not_see_it(world: World, client, as_person, tell) -> None:
    place = client.post(world.sent, json=TEXT, headers=as_person(world.lead)).headers["Location"]
    tell(world.here, "user", person_id=world.lead, sequence=2)

    assert client.get(place, headers=as_person(world.lead)).status_code == 404


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": ""},
        {"subject": "   "},
        {"subject": "a\nBcc: victim@example.org"},
        {"subject": "α" * 201},
        {"body": " \n "},
        {"body": "α" * 10_001},
        {"to": "everybody"},
    ],
)
def test_a_text_that_is_none_is_refused(world: World, client, as_person, changes: dict[str, str]) -> None:
    assert client.post(world.sent, json=TEXT | changes, headers=as_person(world.lead)).status_code == 400


def test_the_act_is_in_the_audit_trail_without_the_text(session: Session, world: World, client, as_person) -> None:
    told = client.post(world.sent, json=TEXT, headers=as_person(world.lead)).json()

    row = session.scalars(select(AuditRow)).one()
    assert (row.act, str(row.object_id), row.actor_id) == ("coordinator_message.sent", told["id"], world.lead)


def test_after_its_time_the_text_is_erased_and_the_counts_stay(
    session: Session, world: World, client, as_person, send, run_timer, mailbox: Mailbox
) -> None:
    place = client.post(world.sent, json=TEXT, headers=as_person(world.lead)).headers["Location"]
    send()

    assert run_timer(ERASE_TEXT, place.rpartition("/")[2])

    kept = client.get(place, headers=as_person(world.lead)).json()
    assert (kept["subject"], kept["body"], kept["counts"]["sent"]) == (None, None, 3)


def test_who_deletes_the_account_takes_the_text_along(
    session: Session, world: World, client, as_person, deliver, send, mailbox: Mailbox
) -> None:
    place = client.post(world.sent, json=TEXT, headers=as_person(world.lead)).headers["Location"]
    gone = {**facts.example(ERASED), "person_id": str(world.lead), "withdrawn_ids": [], "sealed": None}

    deliver(ERASED, gone, subject=world.lead, sequence=9)
    send()

    kept = client.get(place, headers=as_person(world.colleague)).json()
    assert (kept["sender"], kept["subject"], kept["body"]) == (None, None, None)
    assert kept["counts"] == {"queued": 0, "sent": 0, "failed": 0, "dropped": 3}
    assert not mailbox.mails
    assert session.get(Person, world.lead) is None


def test_what_i_wrote_is_among_my_data(world: World, client, as_person) -> None:
    client.post(world.sent, json=TEXT, headers=as_person(world.lead))

    export = client.get("/internal/account-export", headers=as_person(world.lead)).json()

    (written,) = export["coordinator_messages"]
    assert (written["subject"], written["body"]) == (TEXT["subject"], TEXT["body"])
