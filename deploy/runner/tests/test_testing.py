from contextlib import ExitStack, contextmanager

import pytest
from docker.errors import ImageNotFound

from runner import containers, testing


def test_an_engine_without_images_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def unfetchable():
        raise ImageNotFound("no such image")
        yield

    monkeypatch.setattr(containers, "engine_answers", lambda: True)
    monkeypatch.setattr(containers, "servers", unfetchable)

    with ExitStack() as stack:
        assert testing.in_containers(stack) is None
