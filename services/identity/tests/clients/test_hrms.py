"""Three answers, whatever the register says and however."""

import json
from pathlib import Path
from typing import Any

import pytest

from identity.clients.hrms import NOT_EMPLOYED, UNAVAILABLE, FileDirectory, Finding, NoDirectory, finding_of
from identity.rules.employment import Answer


def employed(*bodies: str) -> Finding:
    return Finding(Answer.employed, bodies)


@pytest.mark.parametrize(
    ("status", "content", "expected"),
    [
        (200, {"data": {"employmentInfos": [{"primary": True, "organicOrganizationId": 2047}]}}, employed("2047")),
        (200, {"data": {"employmentInfos": [{"primary": True, "organicOrganizationId": "0731"}]}}, employed("0731")),
        (
            200,
            {
                "data": {
                    "employmentInfos": [
                        {"primary": False, "organicOrganizationId": 5012},
                        {"primary": True, "organicOrganizationId": 1310},
                        {"organicOrganizationId": 5012},
                    ]
                }
            },
            employed("1310", "5012"),
        ),
        (200, {"data": {"employmentInfos": [{"primary": True}]}}, employed()),
        (200, {"data": {"employmentInfos": []}}, NOT_EMPLOYED),
        (200, {"data": {}}, NOT_EMPLOYED),
        (200, {"errorCode": "EMPLOYEE_NOT_FOUND"}, NOT_EMPLOYED),
        (404, {"errorCode": "EMPLOYEE_NOT_FOUND"}, NOT_EMPLOYED),
        (404, {"message": "no route"}, UNAVAILABLE),
        (401, {"errorCode": "AUTH"}, UNAVAILABLE),
        (429, {"errorCode": "TOO_MANY_REQUESTS"}, UNAVAILABLE),
        (503, {"errorCode": "DOWN"}, UNAVAILABLE),
        (200, {}, UNAVAILABLE),
        (200, [], UNAVAILABLE),
        (200, {"data": {"employmentInfos": "?"}}, UNAVAILABLE),
        (200, {"data": {"employmentInfos": ["?"]}}, UNAVAILABLE),
    ],
)
def test_what_an_answer_means(status: int, content: Any, expected: Finding) -> None:
    assert finding_of(status, content) == expected


def test_a_file_may_stand_in_for_the_register(tmp_path: Path) -> None:
    path = tmp_path / "employees.json"
    path.write_text(json.dumps({"123456783": ["2047"]}))

    assert FileDirectory(path).look_up("123456783") == employed("2047")
    assert FileDirectory(path).look_up("090000045") == NOT_EMPLOYED


@pytest.mark.parametrize("content", ["{", "[]", None])
def test_a_broken_file_is_an_outage(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "employees.json"
    if content is not None:
        path.write_text(content)

    assert FileDirectory(path).look_up("123456783") == UNAVAILABLE


def test_without_a_register_nobody_is_refused() -> None:
    assert NoDirectory().look_up("123456783") == UNAVAILABLE
