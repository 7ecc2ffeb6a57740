"""An account is deleted by typing its address, at once and for good; a certificate says who else is done (S6)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from chassis import audit, clock, forgetting, timers, tombstones
from chassis.audit import AuditDetail, AuditRow
from chassis.crypto import unseal
from chassis.db import registry_of
from chassis.ids import new_id
from chassis.timers import TimerRow
from identity import queries
from identity.models import BrowserSession, EmailProof, Erasure, Invitation, OwnedConference, PendingSignIn, Person
from identity.parts import Parts
from identity.rules.accounts import Purpose, Status
from identity.rules.erasing import SERVICES, Reason
from identity.rules.invitations import Role
from identity.usecases import emails, erasing, people, sessions

from ..conftest import NOTIFICATIONS_KEY, PUBLIC_URL
from ..factories import make_email, make_institution, make_invitation, make_membership, make_person, make_tax_id
from ..world import PERSONAS

ADDRESS = "markaris@example.org"
CONFERENCE = {
    "conference_id": str(new_id()), "number": 277123, "starts_at": "2099-11-25T08:00:00+00:00",
    "ends_at": "2099-11-25T09:00:00+00:00", "ended_at": None, "state": "scheduled", "institution_id": str(new_id()),
    "unit_id": None,
}  # fmt: skip


@pytest.fixture
def marker(session: Session, joined: Parts) -> Person:
    person = make_person(
        session, joined, email=ADDRESS, surname="ΜΑΡΚΑΡΗΣ", name="ΜΑΡΚΟΣ", phone="2101234567", tax_id=make_tax_id()
    )
    people.accept(session, person, joined.texts.versions, clock.now())
    return person


@pytest.fixture
def delete(client: Any, as_person: Callable) -> Callable:
    def call(person: Person | UUID, email: str = ADDRESS, language: str = "el") -> Any:
        person_id = person if isinstance(person, UUID) else person.id
        headers = {**as_person(person_id), "Accept-Language": language}
        return client.post("/api/v1/account/deletion", json={"email": email}, headers=headers)

    return call


def everything(session: Session) -> str:
    """All rows of all tables, as a dump would show them."""
    return "\n".join(
        str(row)
        for table in registry_of("identity").metadata.sorted_tables + registry_of("chassis").metadata.sorted_tables
        for row in session.execute(text(f'SELECT "{table.name}"::text FROM "{table.name}"'))
    )


def conference_told(deliver: Callable, owner: UUID | None, sequence: int = 1, what: str = "scheduled", **facts: Any):
    data = {**CONFERENCE, "coordinator_id": str(owner) if owner else None, **facts}
    return deliver(f"conferences.conference.{what}.v1", data, subject=data["conference_id"], sequence=sequence)


def test_after_the_deletion_no_row_holds_anything_of_the_person(
    session: Session, joined: Parts, marker: Person, delete: Callable, run_timer: Callable, published: Callable
) -> None:
    person_id, tax_id, lookup = marker.id, joined.encryption.decrypt(marker.tax_id), marker.tax_lookup
    make_email(marker, "second-markaris@example.org", primary=False)
    extra = make_email(marker, "claimed-markaris@example.org", proof=None, primary=False)
    session.flush()
    emails.request_proof(session, extra, purpose=Purpose.extra_email, token="t", parts=joined, now=clock.now())
    make_membership(session, person_id)
    make_invitation(session, email=ADDRESS, surname="ΜΑΡΚΑΡΗΣ", name="ΜΑΡΚΟΣ")
    accepted = make_invitation(
        session, email="old-markaris@example.org", person_id=person_id, accepted_at=clock.now(), surname="ΜΑΡΚΑΡΗΣ"
    )
    marker.invitation_id = accepted.id
    sessions.begin(session, marker, token="s", now=clock.now())
    timers.schedule(session, "employment.recheck", person_id, clock.now(), {"retries": 1})
    people.settle(session, marker, joined.texts.versions, clock.now())  # a fact with name and address waits to be sent
    session.flush()

    answer = delete(marker, email=f"  {ADDRESS.upper()} ")

    assert answer.status_code == 202, answer.text
    assert run_timer(forgetting.TIMER, person_id)
    rows = everything(session).casefold()
    assert not [word for word in ("markaris", "μαρκαρησ", "μαρκαρης", "2101234567", tax_id) if word in rows]
    assert tombstones.is_buried(session, person_id)
    assert queries.person_by_tax_id(session, [lookup]) is None
    assert make_person(session, joined, tax_id=tax_id, email=ADDRESS).id != person_id  # somebody new
    (revoked,) = published(session, "identity.session.revoked.v1")
    assert revoked.data["reason"] == "account-deleted"
    assert session.scalars(select(BrowserSession)).all() == []


def test_the_fact_says_who_whom_to_tell_and_which_mails_are_of_no_use(
    session: Session, joined: Parts, marker: Person, delete: Callable, published: Callable
) -> None:
    invitation_id, person_id, version = make_invitation(session, email=ADDRESS).id, marker.id, marker.version

    certificate = delete(marker).json()["certificate_url"]

    (told,) = published(session, "identity.person.erased.v1")
    assert (told.subject, told.public) == (str(person_id), False)
    assert told.sequence > version
    assert told.data["withdrawn_ids"] == [str(invitation_id)]
    farewell = unseal(NOTIFICATIONS_KEY.as_dict(private=True), told.data["sealed"])
    assert farewell == {
        "email": ADDRESS, "surname": "ΜΑΡΚΑΡΗΣ", "name": "ΜΑΡΚΟΣ", "token": certificate.rpartition("/")[2],
    }  # fmt: skip
    assert certificate.startswith(f"{PUBLIC_URL}/certificate/")
    assert "markaris" not in str(told.data)


def test_the_cookie_is_taken_back(marker: Person, delete: Callable) -> None:
    cookie = delete(marker).headers["set-cookie"]

    assert cookie.startswith("__Host-epresence=;")
    assert "Max-Age=0" in cookie


def test_another_address_than_the_primary_one_changes_nothing(
    session: Session, marker: Person, delete: Callable
) -> None:
    make_email(marker, "second-markaris@example.org", primary=False)
    session.flush()

    answer = delete(marker, email="second-markaris@example.org")

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (422, "email-not-primary")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/email"]
    assert session.get(Person, marker.id) is not None
    assert not tombstones.is_buried(session, marker.id)


def test_addresses_cannot_be_tried_out_without_end(marker: Person, delete: Callable) -> None:
    wrong = [delete(marker, email=f"guess{number}@example.org").status_code for number in range(6)]

    assert wrong == [422] * 5 + [429]
    assert delete(marker).status_code == 429


@pytest.fixture
def coordinating(session: Session, marker: Person) -> None:
    make_membership(session, marker.id, Role.unit_coordinator, institution_id=UUID(CONFERENCE["institution_id"]))


def test_who_owns_planned_conferences_is_refused_with_the_list(
    session: Session, marker: Person, coordinating: None, delete: Callable, deliver: Callable
) -> None:
    listed = str(new_id())
    conference_told(deliver, marker.id)
    conference_told(
        deliver, marker.id, conference_id=listed, number=277124, title="Ανοιχτή", starts_at="2098-01-01T08:00:00+00:00",
        ends_at="2098-01-01T09:00:00+00:00",
    )  # fmt: skip
    conference_told(deliver, new_id(), conference_id=str(new_id()))

    answer = delete(marker)

    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "conferences-planned")
    assert answer.json()["conferences"] == [
        {"id": listed, "number": 277124, "title": "Ανοιχτή", "starts_at": "2098-01-01T08:00:00+00:00"},
        {"id": CONFERENCE["conference_id"], "number": 277123, "title": None, "starts_at": CONFERENCE["starts_at"]},
    ]
    assert session.get(Person, marker.id) is not None


@pytest.mark.parametrize(
    "later",
    [
        {"what": "cancelled", "state": "cancelled"},
        {"what": "ended", "state": "ended", "ended_at": "2099-11-25T08:30:00+00:00"},
        {"what": "changed", "owner": new_id()},
    ],
    ids=["cancelled", "ended", "handed over"],
)
def test_what_is_over_or_anothers_no_longer_stands_in_the_way(
    marker: Person, coordinating: None, delete: Callable, deliver: Callable, later: dict[str, Any]
) -> None:
    owner = later.pop("owner", marker.id)
    conference_told(deliver, owner, sequence=2, **later)
    conference_told(deliver, marker.id, sequence=1)  # told late

    assert delete(marker).status_code == 202


@pytest.mark.parametrize("left_by", ["stepping down", "moving to another institution"])
def test_what_has_fallen_to_the_institution_no_longer_stands_in_the_way(
    session: Session, marker: Person, delete: Callable, deliver: Callable, left_by: str
) -> None:
    moved = left_by != "stepping down"
    place = {} if moved else {"institution_id": UUID(CONFERENCE["institution_id"])}
    make_membership(session, marker.id, Role.institution_coordinator if moved else Role.user, **place)
    conference_told(deliver, marker.id)

    assert delete(marker).status_code == 202


def test_what_was_told_before_the_institution_was_kept_counts(
    session: Session, marker: Person, delete: Callable, deliver: Callable
) -> None:
    make_membership(session, marker.id, Role.unit_coordinator)
    conference_told(deliver, marker.id)
    session.execute(update(OwnedConference).values(institution_id=None))

    assert delete(marker).status_code == 409


def test_what_should_have_ended_does_not_stand_in_the_way_either(
    marker: Person, coordinating: None, delete: Callable, deliver: Callable
) -> None:
    conference_told(
        deliver, marker.id, state="open", what="opened", starts_at="2026-01-25T08:00:00+00:00",
        ends_at="2026-01-25T09:00:00+00:00",
    )  # fmt: skip

    assert delete(marker).status_code == 202


def test_whose_conferences_old_facts_do_not_say(marker: Person, delete: Callable, deliver: Callable) -> None:
    deliver("conferences.conference.scheduled.v1", CONFERENCE, subject=CONFERENCE["conference_id"])

    assert delete(marker).status_code == 202


def test_somebody_deleted_is_not_found_and_facts_about_them_have_no_effect(
    session: Session, marker: Person, delete: Callable, deliver: Callable
) -> None:
    person_id = marker.id
    delete(marker)

    assert delete(person_id).status_code == 404
    membership = {
        "person_id": str(person_id), "institution_id": str(new_id()), "unit_id": str(new_id()), "role": "user",
        "platform_administrator": False,
    }  # fmt: skip
    assert deliver("orgs.membership.changed.v1", membership, subject=person_id, sequence=9) == "done"
    assert queries.membership(session, person_id) is None
    conference_told(deliver, person_id)
    assert session.scalars(select(OwnedConference)).all() == []


def test_whoever_has_not_accepted_new_terms_may_still_leave(marker: Person, client: Any, as_person: Callable) -> None:
    headers = as_person(marker.id, state="awaiting_activation")

    assert client.post("/api/v1/account/deletion", json={"email": ADDRESS}, headers=headers).status_code == 202


def test_a_sign_in_left_open_elsewhere_makes_no_new_account(
    session: Session, joined: Parts, sandbox: Any, browser: Callable, delete: Callable
) -> None:
    persona = PERSONAS["user-2"]
    person_id = make_person(session, joined, tax_id=persona["taxid"], email=ADDRESS).id
    elsewhere = browser()
    elsewhere.through_taxisnet(sandbox, "user-2")
    other = browser()
    other.through_taxisnet(sandbox, "user-3")
    assert len(session.scalars(select(PendingSignIn)).all()) == 2

    delete(person_id)

    assert elsewhere.confirm().status_code == 401
    assert len(session.scalars(select(PendingSignIn)).all()) == 1


def test_an_invitation_that_let_in_somebody_else_stays_without_a_name(
    session: Session, joined: Parts, marker: Person, delete: Callable
) -> None:
    forwarded = make_invitation(session, email=ADDRESS, surname="ΜΑΡΚΑΡΗΣ", accepted_at=clock.now(), person_id=new_id())
    other = make_person(session, joined, invitation_id=forwarded.id)

    assert delete(marker).status_code == 202

    kept = session.scalars(select(Invitation)).one()
    assert (kept.id, kept.surname, kept.name) == (other.invitation_id, "", "")
    assert "markaris" not in kept.email + kept.address_key


def test_the_certificate_says_which_service_is_done_when(
    client: Any, session: Session, marker: Person, delete: Callable, deliver: Callable, run_timer: Callable
) -> None:
    person_id = marker.id
    path = delete(marker).json()["certificate_url"].removeprefix(PUBLIC_URL).replace("/certificate", "")
    before = client.get(f"/api/v1/certificates{path}")
    past = clock.now() - forgetting.QUIET
    session.execute(update(TimerRow).values(payload={"since": past.isoformat()}))
    run_timer(forgetting.TIMER, person_id)
    for service in ("orgs", "conferences", "notifications", "orgs"):
        done = {"person_id": str(person_id), "erased_at": "2026-11-25T06:00:31+00:00"}
        deliver(f"{service}.person.erased.v1", done, subject=person_id, sequence=2)

    after = client.get(f"/api/v1/certificates{path}")

    assert before.status_code == 200
    assert before.headers["cache-control"] == "no-store"
    assert not before.json()["complete"]
    assert {one["confirmed_at"] for one in before.json()["services"]} == {None}
    assert after.json()["complete"]
    assert [one["service"] for one in after.json()["services"]] == list(SERVICES)
    assert all(one["confirmed_at"] for one in after.json()["services"])
    assert str(person_id) not in after.text


def test_a_certificate_is_found_by_its_secret_only_and_ends(
    client: Any, session: Session, marker: Person, delete: Callable, run_timer: Callable
) -> None:
    path = delete(marker).json()["certificate_url"].removeprefix(PUBLIC_URL).replace("/certificate", "")
    assert client.get("/api/v1/certificates/something-else").status_code == 404
    session.execute(update(Erasure).values(expires_at=clock.now() - timedelta(seconds=1)))

    assert client.get(f"/api/v1/certificates{path}").status_code == 404
    run_timer("sweep", "expired")
    assert session.scalars(select(Erasure)).all() == []


def test_a_confirmation_without_certificate_changes_nothing(deliver: Callable) -> None:
    done = {"person_id": str(new_id()), "erased_at": "2026-11-25T06:00:31+00:00"}

    assert deliver("orgs.person.erased.v1", done) == "done"


def test_whoever_never_gave_an_address_is_erased_without_a_farewell(
    session: Session, joined: Parts, published: Callable
) -> None:
    person = make_person(session, joined, status=Status.awaiting_activation)

    erasing.begin(session, person, reason=Reason.never_activated, now=clock.now())

    (told,) = published(session, "identity.person.erased.v1")
    assert (told.data["sealed"], told.data["reason"]) == (None, "never-activated")


def test_that_it_happened_stays_in_the_trail_and_its_details_go(
    session: Session, marker: Person, delete: Callable, run_timer: Callable
) -> None:
    person_id = marker.id
    audit.record(session, audit.Act("account.disabled", new_id(), person_id, {"comment": "ΜΑΡΚΑΡΗΣ"}))
    delete(marker)
    audit.write(session)
    run_timer(forgetting.TIMER, person_id)

    assert session.scalars(select(AuditRow.object_id)).all()[0] == person_id
    assert session.scalars(select(AuditDetail)).all() == []
    assert audit.verify(session).broken_at is None


def test_every_table_that_names_a_person_is_thought_of() -> None:
    """New ones hang on the person's row, or are named in the use case."""
    thought_of = {"invitation", "membership", "owned_conference", "institution", "erasure"}
    hanging = {
        table.name
        for table in registry_of("identity").metadata.sorted_tables
        if any(key.ondelete == "CASCADE" for key in table.foreign_keys)
    }
    naming = {
        table.name
        for table in registry_of("identity").metadata.sorted_tables
        if any(column.name.endswith("person_id") or column.name == "email" for column in table.columns)
    }

    assert naming <= thought_of | hanging | {"person"}


def test_an_institution_stays(session: Session, marker: Person, delete: Callable) -> None:
    institution = make_institution(session, "2047")

    delete(marker)

    session.refresh(institution)
    assert session.scalars(select(EmailProof)).all() == []
