"""Paths that two routers read differently are nobody's."""

import pytest

PERSON = "01930000-0000-7000-8000-00000000abcd"


@pytest.mark.parametrize("path", ["/api/v1/things/%0A", "/api/v1/things/a%0Ab", "/api/v1/things%0A", "/%0A"])
def test_a_path_of_two_lines_is_not_found(client, as_person, path):
    answer = client.get(path, headers=as_person(PERSON) | {"Accept-Language": "en"})

    assert answer.status_code == 404
    assert answer.json()["type"] == "/problems/not-found"
    assert answer.headers["Content-Language"] == "en"
    assert answer.headers["Cache-Control"] == "no-store"
