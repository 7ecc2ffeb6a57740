"""Whatever people do with addresses, in whatever order, an address is whose who proved it first (S7)."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from chassis.clock import now
from chassis.crypto import token
from chassis.errors import DomainError
from identity.errors import TokenSpent
from identity.models import Person
from identity.parts import Parts
from identity.rules.accounts import Proof, address_key
from identity.usecases import emails, extra_emails

from ..factories import make_person

PEOPLE = st.integers(0, 2)
ADDRESSES = st.sampled_from(["a@example.org", "A@example.org", "b@example.org", "c@example.org", "d@example.org"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), PEOPLE, ADDRESSES),
        st.tuples(st.just("prove"), st.integers(0, 30), st.none()),
        st.tuples(st.just("resend"), PEOPLE, ADDRESSES),
        st.tuples(st.just("remove"), PEOPLE, ADDRESSES),
        st.tuples(st.just("make_primary"), PEOPLE, ADDRESSES),
        st.tuples(st.just("invited"), PEOPLE, ADDRESSES),
    ),
    max_size=30,
)


@dataclass
class Story:
    """Does the steps, and remembers who owns what: the first to prove it, until they give it up."""

    session: Session
    parts: Parts
    people: list[UUID]
    tokens: list[tuple[str, UUID, str]] = field(default_factory=list)
    owners: dict[str, UUID] = field(default_factory=dict)

    def person(self, number: int) -> Person:
        return self.session.get_one(Person, self.people[number])

    def do(self, step: str, number: int, address: str | None) -> None:
        try:
            getattr(self, step)(number, address)
        except DomainError:
            self.session.expire_all()

    def add(self, number: int, address: str) -> None:
        secret = token()
        extra_emails.add(
            self.session, person_id=self.people[number], email=address, token=secret, parts=self.parts, now=now()
        )
        self.tokens.append((secret, self.people[number], address_key(address)))

    def prove(self, number: int, _: None) -> None:
        if not self.tokens:
            return
        secret, person_id, key = self.tokens[number % len(self.tokens)]
        try:
            proven = emails.confirm(self.session, token=secret, parts=self.parts, now=now())
        except TokenSpent:
            return
        if proven is not None:
            self.owned(person_id, key)

    def invited(self, number: int, address: str) -> None:
        person = self.person(number)
        if emails.own(self.session, person, address, proof=Proof.invitation, parts=self.parts, now=now()):
            self.owned(person.id, address_key(address))

    def owned(self, person_id: UUID, key: str) -> None:
        assert self.owners.setdefault(key, person_id) == person_id, "the first to prove it keeps it"

    def of(self, number: int, address: str) -> dict[str, Any]:
        rows = {row.address_key: row.id for row in self.person(number).emails}
        email_id = rows.get(address_key(address), self.people[number])
        return {"person_id": self.people[number], "email_id": email_id, "parts": self.parts, "now": now()}

    def resend(self, number: int, address: str) -> None:
        secret = token()
        extra_emails.resend(self.session, token=secret, **self.of(number, address))
        self.tokens.append((secret, self.people[number], address_key(address)))

    def remove(self, number: int, address: str) -> None:
        extra_emails.remove(self.session, **self.of(number, address))
        if self.owners.get(address_key(address)) == self.people[number]:
            del self.owners[address_key(address)]

    def make_primary(self, number: int, address: str) -> None:
        extra_emails.make_primary(self.session, **self.of(number, address))

    def check(self) -> None:
        self.session.expire_all()
        proven: dict[str, UUID] = {}
        for person_id in self.people:
            person = self.session.get_one(Person, person_id)
            assert sum(row.primary for row in person.emails) == 1
            assert person.proven_primary is not None
            assert len(person.extra_emails) <= 3
            assert len({row.address_key for row in person.emails}) == len(person.emails)
            for row in person.emails:
                if row.proven_at is not None:
                    assert row.address_key not in proven
                    proven[row.address_key] = person_id
        for person_id in self.people:
            for row in self.session.get_one(Person, person_id).emails:
                assert row.proven_at is not None or row.address_key not in proven, "a claim outlived the proof"
        mine = {key: owner for key, owner in proven.items() if not key.startswith("person")}
        assert mine == self.owners


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_an_address_belongs_to_whoever_proves_it_first(
    session: Session, joined: Parts, steps: list[tuple[str, int, str | None]]
) -> None:
    example = session.begin_nested()
    story = Story(session, joined, [make_person(session, joined).id for _ in range(3)])

    for step, number, address in steps:
        story.do(step, number, address)
        story.check()

    example.rollback()
