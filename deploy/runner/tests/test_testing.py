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


def test_all_is_several_runs_and_one_that_fails_is_not_hidden(
    monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    def run(command: list[str], words: IO[bytes] | None = None) -> int:
        runs.append(command[3:])
        if words is not None:
            words.write(f"{command[3]} failed\n".encode())
        return 0 if words is None else 1

    runs: list[list[str]] = []
    monkeypatch.setattr(testing, "with_servers", run)
    monkeypatch.setattr(testing.extras, "provide", lambda _extra: None)

    assert testing.test([]) == 1
    said = capfdbinary.readouterr().out
    assert b"tests/journeys failed" in said
    assert b"tests/browser failed" in said


def test_each_test_is_in_one_of_the_runs() -> None:
    asked = [path for run in testing.RUNS for path in run if not path.startswith("--")]
    left_out = [option.removeprefix("--ignore=") for run in testing.RUNS for option in run if option.startswith("--")]
    everything = tomllib.loads(PROJECT.read_text())["tool"]["pytest"]["ini_options"]["testpaths"]

    assert sorted(asked) == sorted(everything + left_out)


def test_what_is_asked_for_is_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    monkeypatch.setattr(testing, "with_servers", lambda command: asked.append(command[3:]) or 0)
    monkeypatch.setattr(testing.extras, "provide", lambda _extra: None)

    assert testing.test(["--long", "tests/journeys"]) == 0
    assert asked == [["--long", "tests/journeys"]]
