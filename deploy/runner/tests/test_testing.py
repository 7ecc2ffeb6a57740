import tomllib
from contextlib import ExitStack, contextmanager
from typing import IO

import pytest
from docker.errors import ImageNotFound

from runner import containers, testing
from runner.places import ROOT

PROJECT = ROOT / "pyproject.toml"


def test_an_engine_without_images_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def unfetchable():
        raise ImageNotFound("no such image")
        yield

    monkeypatch.setattr(containers, "engine_answers", lambda: True)
    monkeypatch.setattr(containers, "servers", unfetchable)

    with ExitStack() as stack:
        assert testing.in_containers(stack) is None


def test_all_is_two_halves_and_one_that_fails_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def run(command: list[str], words: IO[bytes] | None = None) -> int:
        halves.append(command[3:])
        if words is not None:
            words.write(b"the other half failed\n")
        return 0 if words is None else 1

    halves: list[list[str]] = []
    monkeypatch.setattr(testing, "with_servers", run)
    monkeypatch.setattr(testing.extras, "provide", lambda _extra: None)

    assert testing.test([]) == 1
    everything = tomllib.loads(PROJECT.read_text())["tool"]["pytest"]["ini_options"]["testpaths"]
    assert sorted(path for half in halves for path in half) == sorted(everything)
    assert b"the other half failed" in capfdbinary.readouterr().out


def test_what_is_asked_for_is_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(testing, "with_servers", lambda command: asked.append(command[3:]) or 0)
    monkeypatch.setattr(testing.extras, "provide", lambda _extra: None)

    assert testing.test(["--long", "tests/journeys"]) == 0
    assert asked == [["--long", "tests/journeys"]]
