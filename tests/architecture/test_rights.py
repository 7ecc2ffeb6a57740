"""contracts/rights.yaml against the rest: every reason has its words, every act its place in the contracts."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
RIGHTS: dict[str, Any] = yaml.safe_load((ROOT / "contracts" / "rights.yaml").read_text("utf-8"))
REASONS: dict[str, dict[str, str]] = RIGHTS["reasons"]
SECTIONS = {name: section for name, section in RIGHTS.items() if name != "reasons"}
NO_REASONS = {"+", "hidden"}
SOURCES = sorted(path for place in ("services", "gateway") for path in (ROOT / place).rglob("src/**/*.py"))


def in_cells() -> set[str]:
    rows = [row for section in SECTIONS.values() for row in section["acts"].values()]
    return {word for row in rows for word in row.values()} - NO_REASONS


def raised() -> set[str]:
    """What any code refuses with, as it is written there; words that come by a name stand in a cell."""
    found = {word for path in SOURCES for word in reasons_in(ast.parse(path.read_text("utf-8")))}
    assert found, "the search finds nothing"
    return found


def reasons_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Forbidden":
            for keyword in node.keywords:
                yield from (
                    part.value
                    for part in ast.walk(keyword.value)
                    if isinstance(part, ast.Constant) and isinstance(part.value, str)
                )


def test_the_search_for_reasons_sees_them() -> None:
    code = 'raise Forbidden(reason="one" if x else "two")\nraise Forbidden(reason="three")\nraise Gone(reason="four")'

    assert set(reasons_in(ast.parse(code))) == {"one", "two", "three"}


def test_every_reason_has_its_words_and_no_words_are_left_over() -> None:
    assert in_cells() | raised() == set(REASONS)


@pytest.mark.parametrize("reason", REASONS)
def test_the_words_are_a_sentence_or_two_in_both_languages(reason: str) -> None:
    assert set(REASONS[reason]) == {"el", "en"}
    for text in REASONS[reason].values():
        assert text[0].isupper()
        assert text.endswith(".")
        assert len(text) <= 200


@pytest.mark.parametrize("section", SECTIONS)
def test_each_row_has_a_cell_for_each_relation(section: str) -> None:
    relations = set(SECTIONS[section]["relations"])

    assert {act for act, row in SECTIONS[section]["acts"].items() if set(row) != relations} == set()


def test_each_act_can_be_asked_about() -> None:
    """GET /permissions: in the list of the service that the section names, and in no other."""
    listed = yaml.safe_load((ROOT / "contracts" / "openapi" / "shared" / "permissions.yaml").read_text("utf-8"))
    acts = {name.removesuffix("Act").lower(): set(part["enum"]) for name, part in listed.items() if "enum" in part}

    for service, known in acts.items():
        assert known == {
            f"{name}.{act}" for name, part in SECTIONS.items() if part["service"] == service for act in part["acts"]
        }
    assert {part["service"] for part in SECTIONS.values()} == set(acts)
