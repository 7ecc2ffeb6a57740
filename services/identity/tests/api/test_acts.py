"""Which acts of signing in are kept, and of whom (R6)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.audit import AuditDetail, AuditRow
from chassis.clock import now
from identity.clients.hrms import Finding
from identity.models import Person
from identity.parts import Parts
from identity.rules.accounts import DisabledReason, Status
from identity.rules.employment import Answer
from identity.rules.sign_in import Citizen
from identity.usecases import sessions, sign_in
from identity.usecases.sign_in import Baggage, Held

from ..factories import make_person, make_tax_id

EMPLOYED = Finding(Answer.employed, ("2047",))
SECRET = "p" * 43


def hold(session: Session, joined: Parts, tax_id: str) -> dict[str, str]:
    held = Held(Citizen(tax_id, "ΕΠΩΝΥΜΟ", "ΟΝΟΜΑ"), EMPLOYED, Baggage())
    sign_in.hold(session, held, token=SECRET, parts=joined, now=now())
    return {"Cookie": f"__Host-epresence-signin={SECRET}"}


def acts(session: Session) -> list[tuple[str, bool]]:
    """With whether it was the person who did it."""
    audit.write(session)
    rows = session.scalars(select(AuditRow).order_by(AuditRow.position)).all()
    return [(row.act, row.actor_id is not None) for row in rows]


def test_a_first_sign_in_makes_an_account_and_a_session(session: Session, joined: Parts, client: Any) -> None:
    headers = hold(session, joined, make_tax_id())

    answer = client.post("/api/v1/sign-in/confirmation", json={"update_name": False}, headers=headers)

    assert answer.status_code == 200
    assert acts(session) == [("person.registered", True), ("sign_in.completed", True)]


def test_somebody_known_who_is_not_let_in_is_kept_with_the_reason(session: Session, joined: Parts, client: Any) -> None:
    tax_id = make_tax_id()
    person = make_person(session, joined, tax_id=tax_id)
    headers = hold(session, joined, tax_id)
    person.status, person.disabled_reason = Status.disabled, DisabledReason.administrator

    answer = client.post("/api/v1/sign-in/confirmation", json={"update_name": False}, headers=headers)

    assert (answer.status_code, answer.json()["reason"]) == (403, "account-disabled")
    assert "person_id" not in answer.json()
    assert acts(session) == [("sign_in.refused", False)]
    assert session.scalars(select(AuditRow.object_id)).one() == person.id
    assert session.scalars(select(AuditDetail.details)).one() == {"reason": "account-disabled"}


def test_the_end_of_a_session_is_kept(session: Session, joined: Parts, client: Any, as_person: Callable) -> None:
    person: Person = make_person(session, joined)
    signed_in = sessions.begin(session, person, token=SECRET, now=now())

    client.post("/api/v1/sign-out", headers=as_person(person.id, sid=str(signed_in.id)))

    assert acts(session) == [("session.ended", True)]
