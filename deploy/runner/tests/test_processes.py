"""Each process is given its own settings and nobody else's secrets."""

import re
from pathlib import Path

import pytest

from runner import keys
from runner.processes import SECRETS_OF, Process, Processes
from runner.rabbitmq import rights
from runner.suite import PORTS, Suite

# Names both sides of a conversation need; every other secret has one holder.
SHARED = {
    "INTERNAL_SECRET": {"identity", "orgs", "conferences", "notifications", "gateway"},
    "SEALING_PUBLIC_KEY": {"identity", "orgs", "conferences"},
    "IDENTITY_SEALING_PUBLIC_KEY": {"orgs", "conferences"},
}


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return keys.draw()


@pytest.fixture(scope="module")
def processes(drawn: dict[str, str]) -> list[Process]:
    database = "postgresql+psycopg://{role}:{password}@127.0.0.1:1/{database}"
    broker = "amqp://{user}:{password}@127.0.0.1:2/epresence"
    return Processes(Suite(Path("/nowhere")), drawn, database=database, broker=broker).all()


def holders(value: str, processes: list[Process]) -> set[str]:
    return {
        process.name.split(".")[0]
        for process in processes
        if any(value in setting for setting in process.environment.values())
    }


def test_a_secret_reaches_only_who_needs_it(drawn: dict[str, str], processes: list[Process]) -> None:
    for name, value in drawn.items():
        if name.startswith(("DB_", "AMQP_")):
            account = name.partition("_")[2].lower()
            expected = set() if account.endswith(("_owner", "operator")) else {account}
        else:
            expected = SHARED.get(name, {program for program, names in SECRETS_OF.items() if name in names})
        assert holders(value, processes) == expected, name


def test_nothing_of_a_developers_shell_is_passed_on(drawn: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")

    made = Processes(Suite(Path("/nowhere")), drawn, database="ours", broker="ours").all()

    assert all("HTTPS_PROXY" not in process.environment for process in made)
    assert all(process.environment.get("DATABASE_URL", "ours") == "ours" for process in made)


def test_two_suites_share_no_port() -> None:
    one, other = Suite(Path("/one")), Suite(Path("/other"), offset=1_000)

    assert not {one.port(name) for name in PORTS} & {other.port(name) for name in PORTS}


def test_keys_are_drawn_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    suite = Suite(tmp_path)

    first, second = keys.of(suite), keys.of(suite)

    assert first == second
    assert (tmp_path / keys.FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("user", "name", "allowed"),
    [
        ("orgs", "orgs.events", True),
        ("orgs", "epresence.internal", True),
        ("orgs", "identity.events", False),
        ("orgs", "orgsx.events", False),
        ("gateway", "amq.gen-JzTY20BRgKO", True),
    ],
)
def test_a_service_reads_only_its_own_queues(user: str, name: str, allowed: bool) -> None:
    assert bool(re.search(rights(user)["read"], name)) is allowed
