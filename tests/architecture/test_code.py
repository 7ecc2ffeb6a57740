"""Rules about the code that people would otherwise have to remember."""

import ast
import re
from pathlib import Path

import pytest

from portal.act_words import ACTS

ROOT = Path(__file__).parents[2]
CHASSIS = ROOT / "services" / "chassis" / "src" / "chassis"
DOMAIN_WORDS = re.compile(
    r"\b(conference|participant|institution|coordinator|zoom|taxisnet|hrms|tax_id|membership|invitation|τηλεδιάσκεψ\w*)\b",
    re.IGNORECASE,
)
SOURCES = sorted(
    path
    for base in ("services", "gateway", "deploy", "tests")
    for path in (ROOT / base).rglob("*.py")
    if "migrations" not in path.parts and "build" not in path.parts
)


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", sorted(CHASSIS.rglob("*.py")), ids=lambda path: path.name)
def test_no_domain_word_enters_the_chassis(path: Path) -> None:
    found = DOMAIN_WORDS.findall(path.read_text())

    assert not found, f"{path.name} knows {sorted(set(found))}"


def test_only_the_broker_module_talks_to_the_broker() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if "pika" in imports_of(path) and "tests" not in path.parts
    }

    assert {str(Path(user).parent) for user in users} <= {"services/chassis/src/chassis/broker"}


@pytest.mark.parametrize("service", ["identity", "orgs", "conferences", "notifications"])
def test_rules_are_pure(service: str) -> None:
    """Rules never touch a session, a request, a broker or the network: decidable without a database."""
    forbidden = {"sqlalchemy", "flask", "connexion", "requests", "pika", "chassis.db"}
    for path in (ROOT / "services" / service / "src" / service / "rules").rglob("*.py"):
        assert not imports_of(path) & forbidden, path.name


@pytest.mark.parametrize("service", ["identity", "orgs", "conferences", "notifications"])
def test_only_entry_points_open_a_transaction(service: str) -> None:
    """Use cases take the session; who opens it commits it, and that is api, reactions, timers and commands."""
    for layer in ("rules", "usecases"):
        for path in (ROOT / "services" / service / "src" / service / layer).rglob("*.py"):
            assert ".commit()" not in path.read_text(), path.name


def test_modules_are_named_after_things() -> None:
    vague = {"utils.py", "util.py", "helpers.py", "common.py", "misc.py", "base.py", "manager.py", "handler.py"}

    assert not [path for path in SOURCES if path.name in vague]


def test_nothing_is_left_for_later_in_the_code() -> None:
    marks = re.compile("TO" + "DO|FIX" + "ME|XX" + "X|NotImplemented" + "Error")

    assert not [path.relative_to(ROOT).as_posix() for path in SOURCES if marks.search(path.read_text())]


NO_PERSONS_ACT = ("host.", "keys.", "projection.")  # of operators, by command: in nobody's own data


def acts_written_by(path: Path) -> set[str]:
    """What an audit row may be called, with the beginning alone of what is put together."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Act", "_keep"):
            for part in node.args:
                match part:
                    case ast.Constant(value=str(name)) | ast.JoinedStr(values=[ast.Constant(value=str(name)), *_]):
                        found.add(name)
    return found


@pytest.mark.parametrize("service", ["identity", "orgs", "conferences", "notifications"])
def test_whoever_reads_their_own_data_reads_acts_in_words(service: str) -> None:
    written = set().union(*map(acts_written_by, (ROOT / "services" / service / "src").rglob("*.py")))
    of_people = {act for act in written if not act.startswith(NO_PERSONS_ACT)}

    assert of_people
    assert {act for act in of_people if not any(known.startswith(act) for known in ACTS)} == set()
