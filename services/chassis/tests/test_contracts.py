"""Reading contracts: pieces of other files put in, chains of references, the catalogue of problems."""

import json

import pytest

from chassis import contracts, problems


@pytest.fixture
def folder(tmp_path, contracts_dir):
    for name in ("openapi/shared", "events", "problems"):
        (tmp_path / name).mkdir(parents=True)
    contracts.use(tmp_path)
    yield tmp_path
    contracts.use(contracts_dir)


def test_references_into_other_files_are_replaced_and_own_ones_stay(folder):
    (folder / "openapi/shared/a.yaml").write_text(
        "Outer: {type: array, items: {$ref: '#/Inner~1Part'}}\nInner/Part: {$ref: 'b.yaml#/Id'}\n"
    )
    (folder / "openapi/shared/b.yaml").write_text("Id: {type: string}\n")
    (folder / "openapi/x.yaml").write_text(
        "a: {$ref: 'shared/a.yaml#/Outer'}\nb: {$ref: '#/a'}\nc: [{$ref: 'shared/b.yaml'}]\n"
    )

    assert contracts.openapi("x.yaml") == {
        "a": {"type": "array", "items": {"type": "string"}},
        "b": {"$ref": "#/a"},
        "c": [{"Id": {"type": "string"}}],
    }


def test_every_problem_of_the_repository_is_complete(contracts_dir):
    contracts.use(contracts_dir)
    for type_, entry in contracts.problems().items():
        assert 400 <= entry["status"] < 600, type_
        assert entry.keys() <= {"status", "title", "detail", "facts"}, type_
        assert entry["title"].keys() == entry["detail"].keys() == {"el", "en"}, f"{type_}: a comma out of quotes?"
        for language in problems.LANGUAGES:
            shown = problems.body(type_, language)
            assert shown["title"], type_
            assert shown["detail"], type_


@pytest.mark.parametrize("language", problems.LANGUAGES)
def test_a_refusal_says_its_reason_in_words_where_there_are_some(contracts_dir, language):
    contracts.use(contracts_dir)
    general = contracts.problems()["forbidden"]["detail"][language]
    words = contracts.rights()["reasons"]["scope-missing"][language]

    assert problems.body("forbidden", language, facts={"reason": "scope-missing"})["detail"] == words
    assert problems.body("forbidden", language, facts={"reason": "of-nobody"})["detail"] == general
    assert problems.body("forbidden", language)["detail"] == general
    assert problems.body("conflict", language, facts={"reason": "scope-missing"})["detail"] not in (words, general)


def test_event_schema_is_found_by_type(folder):
    (folder / "events/a.b.c.v1.json").write_text(json.dumps({"type": "object", "required": ["x"]}))

    contracts.check_event("a.b.c.v1", {"x": 1})
    with pytest.raises(contracts.EventContractBroken, match="required"):
        contracts.check_event("a.b.c.v1", {})
