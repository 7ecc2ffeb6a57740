"""Platform administrators find people, see why somebody cannot sign in, shut and open accounts (O6, O2)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pyotp import random_base32
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import audit
from chassis.audit import Act, AuditRow
from chassis.clock import now
from chassis.ids import new_id
from chassis.testing.statements import counted
from identity.models import BrowserSession, Membership, Person, WrongCodes
from identity.parts import Parts
from identity.rules.accounts import DisabledReason, Status
from identity.rules.employment import Employment
from identity.rules.invitations import Role
from identity.rules.two_factor import Kind
from identity.usecases import people, sessions, two_factor

from ..factories import make_email, make_institution, make_membership, make_person, make_second_factor, make_tax_id

PEOPLE = "/api/v1/admin/people"


@pytest.fixture
def administrator(session: Session, joined: Parts) -> Person:
    person = make_person(session, joined, surname="ΔΙΑΧΕΙΡΙΣΤΗΣ", name="ΔΗΜΗΤΡΑ")
    make_membership(session, person.id, platform_administrator=True)
    return person


@pytest.fixture
def admin(administrator: Person, as_person: Callable) -> dict[str, str]:
    return as_person(administrator.id, mfa=True)


def numbers(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [item["number"] for item in answer.json()["items"]]


def shut(client: Any, admin: dict[str, str], person: Person, reason: str = "Ζητήθηκε από τον φορέα.") -> Any:
    return client.post(f"{PEOPLE}/{person.id}/disablement", json={"reason": reason}, headers=admin)


OPERATIONS = [
    ("GET", PEOPLE, None),
    ("POST", f"{PEOPLE}-lookups", {"tax_id": "123456783"}),
    ("GET", f"{PEOPLE}/{{id}}", None),
    ("PATCH", f"{PEOPLE}/{{id}}", {"admin_comment": "…"}),
    ("POST", f"{PEOPLE}/{{id}}/disablement", {"reason": "…"}),
    ("POST", f"{PEOPLE}/{{id}}/enablement", None),
]
CALLERS = [
    ({"role": Role.user}, True, "not-an-administrator"),
    ({"role": Role.unit_coordinator}, True, "not-an-administrator"),
    ({"role": Role.institution_coordinator}, True, "not-an-administrator"),
    ({"role": Role.user, "platform_administrator": True}, False, "second-factor-needed"),
    (None, True, "not-an-administrator"),
]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
@pytest.mark.parametrize(("membership", "mfa", "reason"), CALLERS)
def test_nobody_else_may(
    session: Session,
    joined: Parts,
    client: Any,
    as_person: Callable,
    method: str,
    path: str,
    body: Any,
    membership: dict[str, Any] | None,
    mfa: bool,
    reason: str,
) -> None:
    caller, other = make_person(session, joined), make_person(session, joined)
    if membership is not None:
        make_membership(session, caller.id, **membership)
    headers = as_person(caller.id, mfa=mfa) | {"If-Match": "*"}

    answer = client.request(method, path.format(id=other.id), json=body, headers=headers)

    assert (answer.status_code, answer.json()["reason"]) == (403, reason)
    assert other.status == Status.active


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_an_administrator_shut_since_may_not_any_more(
    client: Any, administrator: Person, admin: dict[str, str], method: str, path: str, body: Any
) -> None:
    administrator.status, administrator.disabled_reason = Status.disabled, DisabledReason.administrator

    answer = client.request(method, path.format(id=new_id()), json=body, headers=admin | {"If-Match": "*"})

    assert (answer.status_code, answer.json()["reason"]) == (403, "not-an-administrator")


def test_people_are_found_by_number_address_and_words(
    session: Session, joined: Parts, client: Any, admin: dict[str, str]
) -> None:
    maria = make_person(session, joined, surname="ΠΑΠΑΔΟΠΟΎΛΟΥ", name="Μαρία-Ελένη", email="Maria@Example.org")
    make_email(maria, "second@example.org", primary=False)
    make_person(session, joined, surname="ΝΙΚΟΛΑΟΥ", name="ΜΑΡΙΑ")
    session.flush()

    for wanted in (str(maria.number), "maria@example.ORG", " second@example.org", "παπαδοπουλου", "μαρια παπαδ"):
        assert numbers(client.get(PEOPLE, params={"search": wanted}, headers=admin)) == [maria.number], wanted
    assert numbers(client.get(PEOPLE, params={"search": "aria@example.org"}, headers=admin)) == [], "in full only"
    assert numbers(client.get(PEOPLE, params={"search": "100%_"}, headers=admin)) == []


def test_a_new_name_is_found_and_the_old_one_no_longer(
    session: Session, joined: Parts, client: Any, admin: dict[str, str]
) -> None:
    person = make_person(session, joined, surname="ΠΑΛΙΟΥ")
    person.surname = "ΚΑΙΝΟΥΡΓΙΟΥ"

    assert numbers(client.get(PEOPLE, params={"search": "καινουργιου"}, headers=admin)) == [person.number]
    assert numbers(client.get(PEOPLE, params={"search": "παλιου"}, headers=admin)) == []


def test_all_people_come_in_pages_newest_first(
    session: Session, joined: Parts, client: Any, admin: dict[str, str], administrator: Person
) -> None:
    made = [make_person(session, joined).number for _ in range(3)]

    first = client.get(PEOPLE, params={"limit": 2}, headers=admin)
    second = client.get(PEOPLE, params={"limit": 2, "cursor": first.json()["next"]}, headers=admin)

    assert numbers(first) + numbers(second) == [*reversed(made), administrator.number]
    assert client.get(PEOPLE, params={"cursor": "x"}, headers=admin).json()["type"] == "/problems/invalid-cursor"


def test_a_page_costs_the_same_statements_for_one_person_and_for_fifty(
    session: Session, joined: Parts, client: Any, admin: dict[str, str]
) -> None:
    client.get(PEOPLE, headers=admin)
    with counted(session) as one:
        client.get(PEOPLE, headers=admin)
    for _ in range(50):
        make_membership(session, make_person(session, joined).id)
    session.flush()
    with counted(session) as fifty:
        assert len(numbers(client.get(PEOPLE, headers=admin))) == 50

    assert len(one) == len(fifty) <= 4, fifty


def test_the_tax_id_finds_its_person_and_is_kept_nowhere(
    session: Session, joined: Parts, client: Any, admin: dict[str, str], administrator: Person
) -> None:
    tax_id = make_tax_id()
    person = make_person(session, joined, tax_id=tax_id)

    found = client.post(f"{PEOPLE}-lookups", json={"tax_id": tax_id}, headers=admin)
    missing = client.post(f"{PEOPLE}-lookups", json={"tax_id": make_tax_id()}, headers=admin)
    audit.write(session)

    assert found.json()["number"] == person.number
    assert missing.status_code == 404
    rows = session.scalars(select(AuditRow).where(AuditRow.act == "person.looked_up").order_by(AuditRow.position))
    assert [(row.actor_id, row.object_id) for row in rows] == [(administrator.id, person.id), (administrator.id, None)]
    assert session.scalar(select(audit.AuditDetail)) is None


def test_an_account_is_seen_whole_but_for_its_tax_id(
    session: Session, joined: Parts, client: Any, admin: dict[str, str]
) -> None:
    tax_id = make_tax_id()
    person = make_person(session, joined, tax_id=tax_id, phone="+302101234567")
    institution = make_institution(session)
    make_membership(session, person.id, Role.unit_coordinator, institution_id=institution.id)
    people.accept(session, person, joined.texts.versions, now())
    sessions.begin(session, person, token="s" * 43, now=now())

    answer = client.get(f"{PEOPLE}/{person.id}", headers=admin)

    seen = answer.json()
    assert answer.headers["ETag"] == f'"{person.version}"'
    assert (seen["masked_tax_id"], seen["institution_name"]) == (f"*****{tax_id[-4:]}", institution.name)
    assert tax_id not in answer.text
    assert (seen["sessions"], seen["phone"]) == (1, "+302101234567")
    assert seen["sign_in"] == {"possible": True, "reasons": [], "refusals": []}


@pytest.mark.parametrize(
    ("facts", "code", "possible"),
    [
        ({"status": Status.disabled, "disabled_reason": DisabledReason.not_employed}, "not-employed", False),
        ({"status": Status.awaiting_activation}, "address-unproven", True),
        ({"status": Status.awaiting_activation, "email": "p@example.org"}, "activation-unfinished", True),
        ({}, "terms-not-accepted", True),
        ({"employment": Employment.pending}, "employment-pending", True),
        ({"employment": Employment.none}, "employment-none", True),
        ({"employment": Employment.none, "employment_flagged_at": now()}, "employment-ended", True),
    ],
)
def test_why_somebody_cannot_sign_in_is_said(
    session: Session,
    joined: Parts,
    client: Any,
    admin: dict[str, str],
    facts: dict[str, Any],
    code: str,
    possible: bool,
) -> None:
    person = make_person(session, joined, **facts)

    seen = client.get(f"{PEOPLE}/{person.id}", headers=admin).json()["sign_in"]

    assert seen["possible"] is possible
    assert code in [reason["code"] for reason in seen["reasons"]]


def test_a_second_factor_is_seen_with_its_day(
    session: Session, joined: Parts, client: Any, admin: dict[str, str]
) -> None:
    on, underway, off = (make_person(session, joined) for _ in range(3))
    make_second_factor(session, joined, on)
    two_factor.enrol(
        session, person=underway, by=b"browser", code=None, secret=random_base32(), parts=joined, now=now()
    )

    since = [
        client.get(f"{PEOPLE}/{each.id}", headers=admin).json()["two_factor_since"] for each in (on, underway, off)
    ]

    assert since[0] is not None
    assert since[1:] == [None, None], "one that is being set up is none yet"


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ({Kind.totp: 5}, [10]),
        ({Kind.totp: 5, Kind.recovery: 2}, [13, 10]),
        ({Kind.totp: None}, []),
        ({Kind.totp: -1, Kind.recovery: -60}, []),
    ],
    ids=["one", "each on its own", "wrong codes and no block yet", "over"],
)
def test_a_block_after_wrong_codes_is_said_while_it_runs(
    session: Session,
    joined: Parts,
    client: Any,
    admin: dict[str, str],
    blocks: dict[Kind, int | None],
    said: list[int],
) -> None:
    """Times in minutes: how long a block still runs, how long ago it began."""
    person, moment = make_person(session, joined), now()
    people.accept(session, person, joined.texts.versions, moment)
    make_second_factor(session, joined, person)
    for kind, minutes in blocks.items():
        until = None if minutes is None else moment + timedelta(minutes=minutes)
        session.add(WrongCodes(person_id=person.id, kind=kind, at=[], blocked_until=until))
    session.flush()

    seen = client.get(f"{PEOPLE}/{person.id}", headers=admin).json()["sign_in"]

    assert seen["possible"], "they may try later, or with the other kind"
    assert [(reason["code"], reason["shut"]) for reason in seen["reasons"]] == [("codes-blocked", False)] * len(said)
    begun = [moment - datetime.fromisoformat(reason["since"]) for reason in seen["reasons"]]
    assert begun == [timedelta(minutes=minutes) for minutes in said]


def test_earlier_refusals_are_shown_newest_first(
    session: Session, joined: Parts, client: Any, admin: dict[str, str]
) -> None:
    person = make_person(session, joined)
    for reason in ("not-employed", "account-disabled"):
        audit.record(session, Act("sign_in.refused", None, person.id, {"reason": reason}))
    audit.write(session)

    seen = client.get(f"{PEOPLE}/{person.id}", headers=admin).json()["sign_in"]["refusals"]

    assert [refusal["reason"] for refusal in seen] == ["account-disabled", "not-employed"]


def test_shutting_ends_every_session_tells_the_person_and_is_kept(
    session: Session,
    joined: Parts,
    client: Any,
    admin: dict[str, str],
    administrator: Person,
    published: Callable,
) -> None:
    person = make_person(session, joined)
    for secret in ("a" * 43, "b" * 43):
        sessions.begin(session, person, token=secret, now=now())

    seen = shut(client, admin, person).json()
    audit.write(session)

    assert seen["status"] == "disabled"
    assert seen["disablement"]["reason"] == "Ζητήθηκε από τον φορέα."
    assert seen["disablement"]["by"] == {"id": str(administrator.id), "name": "ΔΙΑΧΕΙΡΙΣΤΗΣ ΔΗΜΗΤΡΑ"}
    assert seen["sign_in"]["reasons"][0]["code"] == "disabled"
    assert session.scalars(select(BrowserSession).where(BrowserSession.person_id == person.id)).all() == []
    assert [fact.data["reason"] for fact in published(session, "identity.session.revoked.v1")] == [
        "account-disabled",
        "account-disabled",
    ]
    (changed,) = published(session, "identity.person.changed.v1")
    assert (changed.data["status"], changed.data["disabled_reason"]) == ("disabled", "administrator")
    (told,) = published(session, "identity.person.disabled.v1")
    assert told.data == {"person_id": str(person.id), "language": "el"}, "why is for administrators"
    row = session.scalars(select(AuditRow).where(AuditRow.act == "person.disabled")).one()
    assert (row.actor_id, row.object_id) == (administrator.id, person.id)


def test_shutting_twice_changes_nothing_more(
    session: Session, joined: Parts, client: Any, admin: dict[str, str], published: Callable
) -> None:
    person = make_person(session, joined)
    shut(client, admin, person)

    again = shut(client, admin, person, "Άλλος λόγος")

    assert again.json()["disablement"]["reason"] == "Ζητήθηκε από τον φορέα."
    assert len(published(session, "identity.person.disabled.v1")) == 1


def test_opening_gives_back_what_there_was(
    session: Session, joined: Parts, client: Any, admin: dict[str, str], published: Callable
) -> None:
    active = make_person(session, joined, activated_at=now())
    newcomer = make_person(session, joined, status=Status.awaiting_activation)

    for person, status in ((active, "active"), (newcomer, "awaiting_activation")):
        shut(client, admin, person)
        opened = client.post(f"{PEOPLE}/{person.id}/enablement", headers=admin)
        assert (opened.json()["status"], opened.json()["disablement"]) == (status, None)

    (told,) = published(session, "identity.person.enabled.v1")
    assert told.subject == str(active.id), "who has no address cannot be told"


def test_what_the_register_closed_no_administrator_opens(
    session: Session, joined: Parts, client: Any, admin: dict[str, str], published: Callable
) -> None:
    person = make_person(
        session, joined, status=Status.disabled, disabled_reason=DisabledReason.not_employed, email="p@example.org"
    )

    refused = client.post(f"{PEOPLE}/{person.id}/enablement", headers=admin)
    shut(client, admin, person)
    opened = client.post(f"{PEOPLE}/{person.id}/enablement", headers=admin)

    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/not-disabled")
    assert (opened.json()["status"], opened.json()["disabled_reason"]) == ("disabled", "not_employed")
    assert published(session, "identity.person.enabled.v1") == []


def test_administrators_do_not_shut_themselves_out(client: Any, admin: dict[str, str], administrator: Person) -> None:
    answer = shut(client, admin, administrator)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/own-account")
    assert administrator.status == Status.active


def test_the_last_administrator_stays(
    session: Session, joined: Parts, client: Any, admin: dict[str, str], administrator: Person
) -> None:
    """The caller's own account is not counted when it is not active: it could not help the platform."""
    last = make_person(session, joined)
    make_membership(session, last.id, platform_administrator=True)
    administrator.status = Status.awaiting_activation

    answer = shut(client, admin, last)

    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/last-administrator")


def test_a_comment_needs_the_version_that_was_read(
    session: Session, joined: Parts, client: Any, admin: dict[str, str], administrator: Person
) -> None:
    person = make_person(session, joined)
    path, body = f"{PEOPLE}/{person.id}", {"admin_comment": "Αλλάζει φορέα."}
    etag = client.get(path, headers=admin).headers["ETag"]

    unread = client.patch(path, json=body, headers=admin)
    written = client.patch(path, json=body, headers=admin | {"If-Match": etag})
    stale = client.patch(path, json={"admin_comment": None}, headers=admin | {"If-Match": etag})
    audit.write(session)

    assert (unread.status_code, written.status_code, stale.status_code) == (428, 200, 412)
    assert written.json()["admin_comment"] == "Αλλάζει φορέα."
    rows = session.scalars(select(AuditRow).where(AuditRow.act == "person.commented")).all()
    assert [row.actor_id for row in rows] == [administrator.id], "who wrote is kept; what, on the account alone"


def test_nobody_is_there(client: Any, admin: dict[str, str]) -> None:
    for method, path, body in OPERATIONS[2:]:
        answer = client.request(method, path.format(id=new_id()), json=body, headers=admin | {"If-Match": "*"})
        assert answer.status_code == 404, (method, path)


def test_the_membership_is_not_needed(session: Session, joined: Parts, client: Any, admin: dict[str, str]) -> None:
    person = make_person(session, joined)

    seen = client.get(f"{PEOPLE}/{person.id}", headers=admin).json()

    assert session.get(Membership, person.id) is None
    assert seen["roles"] == [{"role": "user", "institution_id": None, "unit_id": None}]
