"""What must hold for every contract, whoever wrote it."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from chassis import contracts

ROOT = Path(__file__).parents[2]
CONTRACTS = ROOT / "contracts"
EVENTS = sorted((CONTRACTS / "events").glob("*.json"))
PROBLEMS = sorted((CONTRACTS / "problems").glob("*.yaml"))
SERVICES = ("identity", "orgs", "conferences", "notifications")


def asyncapi() -> dict[str, Any]:
    return yaml.safe_load((CONTRACTS / "events" / "asyncapi.yaml").read_text())


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_example_of_an_event_validates_against_its_schema(path: Path) -> None:
    schema = contracts.event_schema(path)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())

    assert schema["examples"], "an event without example cannot be tested by its listeners"
    for example in schema["examples"]:
        validator.validate(example)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_every_event_is_listed_in_asyncapi_with_a_sender(path: Path) -> None:
    assert path.stem in json.dumps(asyncapi()), f"{path.stem} is missing in asyncapi.yaml"
    assert path.stem.split(".")[0] in SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_every_reaction_is_to_an_event_that_has_a_schema(service: str) -> None:
    reactions = ROOT / "services" / service / "src" / service / "reactions.py"
    if not reactions.exists():
        return
    types = set(
        re.findall(r'"((?:identity|orgs|conferences|notifications)\.[a-z_]+\.[a-z_]+\.v\d)"', reactions.read_text())
    )

    assert types <= {path.stem for path in EVENTS}


@pytest.mark.parametrize("path", PROBLEMS, ids=lambda path: path.stem)
def test_every_problem_speaks_both_languages(path: Path) -> None:
    for name, problem in (yaml.safe_load(path.read_text()) or {}).items():
        assert re.fullmatch(r"[a-z0-9-]+", name)
        assert 400 <= problem["status"] < 600
        for part in ("title", "detail"):
            assert set(problem[part]) == {"el", "en"}, f"{name}: {part}: is a comma in an unquoted text?"
            assert all(problem[part].values()), f"{name}: {part}"


def test_no_problem_is_defined_twice() -> None:
    names = [name for path in PROBLEMS for name in yaml.safe_load(path.read_text()) or {}]

    assert len(names) == len(set(names))
