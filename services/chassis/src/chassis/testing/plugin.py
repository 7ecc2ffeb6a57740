"""Fixtures over a service's conftest fixture `service_under_test`. See README.md for what each gives."""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from chassis import clock, db, outbox, timing
from chassis.consumer import Consumer
from chassis.ids import new_id
from chassis.inbox import PREFIX
from chassis.settings import ServiceSettings
from chassis.testing.service import INTERNAL_SECRET, Provision, ServiceUnderTest


@pytest.fixture(scope="session")
def _provisions() -> Iterator[dict[str, Provision]]:
    made: dict[str, Provision] = {}
    yield made
    for provision in made.values():
        provision.drop()


@pytest.fixture(scope="session")
def _signing_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True)


@pytest.fixture
def provision(
    service_under_test: ServiceUnderTest, _provisions: dict[str, Provision], _signing_key: OKPKey
) -> Provision:
    """The service of this test, active. Kept by name: tests of several services may share one run."""
    if service_under_test.name not in _provisions:
        _provisions[service_under_test.name] = Provision(service_under_test, _signing_key)
    found = _provisions[service_under_test.name]
    found.activate()
    return found


@pytest.fixture
def settings(provision: Provision) -> ServiceSettings:
    return provision.settings


@pytest.fixture
def session(provision: Provision) -> Iterator[Session]:
    """A session whose every effect is rolled back at the end; `transaction()` joins it meanwhile."""
    with provision.engine.connect() as connection:
        outer = connection.begin()
        db.use(connection)
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            yield session
        db.use(provision.engine)
        outer.rollback()


@pytest.fixture
def database(provision: Provision) -> Iterator[Engine]:
    """Real commits, for races between threads; tables are emptied afterwards."""
    yield provision.engine
    provision.empty()


class Client:
    """The application behind its contract. It sees the rows of the test's session, and that session its effects."""

    def __init__(self, provision: Provision, session: Session | None) -> None:
        self._http = TestClient(provision.app, raise_server_exceptions=False, follow_redirects=False)
        self._session = session

    def request(self, method: str, path: str, **arguments: Any) -> Response:
        if self._session is not None:
            self._session.flush()
        answer: Response = self._http.request(method, path, **arguments)
        if self._session is not None:
            self._session.expire_all()
        return answer

    def get(self, path: str, **arguments: Any) -> Response:
        return self.request("GET", path, **arguments)

    def post(self, path: str, **arguments: Any) -> Response:
        return self.request("POST", path, **arguments)

    def put(self, path: str, **arguments: Any) -> Response:
        return self.request("PUT", path, **arguments)

    def patch(self, path: str, **arguments: Any) -> Response:
        return self.request("PATCH", path, **arguments)

    def delete(self, path: str, **arguments: Any) -> Response:
        return self.request("DELETE", path, **arguments)


@pytest.fixture
def client(request: pytest.FixtureRequest, provision: Provision) -> Client:
    """Joins `session`, unless the test asked for `database`."""
    if "database" in request.fixturenames:
        request.getfixturevalue("database")
        return Client(provision, None)
    session = request.getfixturevalue("session")
    client = Client(provision, session)
    db.use(session.get_bind())  # the first client makes the application, which bound `transaction()` to the engine
    return client


@pytest.fixture
def as_person(provision: Provision) -> Callable[..., dict[str, str]]:
    """Headers with a token signed for this test: `as_person(person_id, mfa=False, state="active", **claims)`."""

    def headers(person_id: UUID | str, *, mfa: bool = False, state: str = "active", **claims: Any) -> dict[str, str]:
        moment = int(clock.now().timestamp())
        content = {
            "iss": provision.settings.token_issuer,
            "aud": provision.settings.audience,
            "sub": str(person_id),
            "sid": str(new_id()),
            "amr": ["pwd", "mfa"] if mfa else ["pwd"],
            "state": state,
            "iat": moment,
            "exp": moment + 300,
            "jti": str(new_id()),
            **claims,
        }
        token = jwt.encode({"alg": "Ed25519", "kid": provision.key.kid}, content, provision.key, algorithms=["Ed25519"])
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
def as_gateway() -> Callable[..., dict[str, str]]:
    """Headers of a call by the gateway itself: `as_gateway(address="192.0.2.1")`."""

    def headers(address: str = "192.0.2.1") -> dict[str, str]:
        return {
            "Authorization": f"Internal {INTERNAL_SECRET}",
            "X-Internal": INTERNAL_SECRET,
            "X-Client-Address": address,
        }

    return headers


@pytest.fixture
def published() -> Callable[..., list[outbox.Fact]]:
    """Facts waiting in the outbox, oldest first: `published(session)` or `published(session, "a.b.done.v1")`."""

    def facts(session: Session, type_: str | None = None) -> list[outbox.Fact]:
        session.flush()
        rows = session.scalars(select(outbox.OutboxRow).order_by(outbox.OutboxRow.position))
        return [
            outbox.Fact(row.type, row.subject, row.sequence, row.data, row.public, row.recipient)
            for row in rows
            if type_ in (None, row.type)
        ]

    return facts


@pytest.fixture
def deliver(request: pytest.FixtureRequest, provision: Provision) -> Callable[..., str]:
    """Run a reaction as the worker would: `deliver(type, data, subject=, sequence=)` → done, duplicate, parked."""
    session = request.getfixturevalue("session") if "database" not in request.fixturenames else None
    consumer = Consumer(provision.service.reactions, timedelta(hours=provision.settings.parking_hours))

    def receive(
        type_: str,
        data: Mapping[str, Any],
        *,
        subject: UUID | str | None = None,
        sequence: int = 1,
        id: UUID | None = None,
        correlation_id: str | None = None,
    ) -> str:
        if session is not None:
            session.flush()
        outcome = consumer.take_one(
            {
                "specversion": "1.0",
                "id": str(id or new_id()),
                "source": "/test",
                "type": f"{PREFIX}{type_}",
                "subject": str(subject or new_id()),
                "time": clock.now().isoformat(),
                "sequence": sequence,
                "correlationid": correlation_id or str(new_id()),
                "data": dict(data),
            }
        )
        if session is not None:
            session.expire_all()
        return outcome

    return receive


@pytest.fixture
def run_timer(request: pytest.FixtureRequest, provision: Provision) -> Callable[[str, UUID | str], bool]:
    """Run a scheduled timer now, due or not, as the worker would; False when there is none."""
    session = request.getfixturevalue("session") if "database" not in request.fixturenames else None

    def fire(name: str, subject: UUID | str) -> bool:
        if session is not None:
            session.flush()
        timer = timing.take(provision.service.timers, timing.LEASE, name=name, subject=str(subject))
        if timer is not None:
            timing.run(provision.service.timers, timer)
        if session is not None:
            session.expire_all()
        return timer is not None

    return fire


@pytest.fixture
def eventually() -> Callable[..., Any]:
    """Wait until `probe()` is true and return what it said: `eventually(lambda: …, within=10)`."""

    def wait(probe: Callable[[], Any], within: float = 10) -> Any:
        deadline = time.monotonic() + within
        while not (found := probe()):
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {within} s")
            time.sleep(0.02)
        return found

    return wait
